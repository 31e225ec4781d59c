// Property: whatever a server sends, a login ends, and without TLS the password never shows in what the relay sends.
#include <cstdint>
#include <cstdlib>

#include "common/mysql/wire/packet.h"
#include "tests/unit/common/mysql/login_dialogue.h"

using namespace postern::mysql;

static ClientPlay Play(TlsWish tls, std::string_view server_bytes) {
  ClientLogin::Options options;
  options.user = "postern";
  options.password = Secret("a-password-to-look-for");
  options.agent_capabilities = GatewayCapabilities({});
  options.tls = tls;
  options.allow_rsa_key_retrieval = true;
  return PlayClient(ClientLogin(std::move(options)), server_bytes);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = AsText(std::as_bytes(std::span(data, size)));
  ClientPlay plain = Play(TlsWish::kDisabled, bytes);
  if (plain.sent.find("a-password-to-look-for") != std::string::npos) std::abort();
  ClientPlay inside = Play(TlsWish::kRequired, bytes);
  bool shown = inside.sent.find("a-password-to-look-for") != std::string::npos;
  bool asked_for_tls = !inside.sent.empty() && SslRequest::Decode(AsBytes(Payloads(inside.sent).at(0))).ok();
  if (shown && !asked_for_tls) std::abort();
  return 0;
}
