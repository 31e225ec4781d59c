// Property: whatever a client sends, a login ends, and none is accepted but with the one secret.
#include <cstdint>
#include <cstdlib>

#include "common/mysql/wire/packet.h"
#include "tests/unit/common/mysql/login_dialogue.h"

using namespace postern::mysql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ServerPlay play = PlayServer(ServerLogin(GatewayOptions()), AsText(std::as_bytes(std::span(data, size))));
  if (std::holds_alternative<LoggedIn>(play.last.next) && play.claimed.find("/token/") == std::string::npos) {
    std::abort();
  }
  if (std::holds_alternative<LoginFailed>(play.last.next) && play.last.send.empty()) std::abort();

  Capabilities capabilities = GatewayCapabilities({});
  ServerLogin change = ServerLogin::ForChangeUser(GatewayOptions(), capabilities, true);
  (void)change.OnPacket(0, std::as_bytes(std::span(data, size)));
  return 0;
}
