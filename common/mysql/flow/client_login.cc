#include "common/mysql/flow/client_login.h"

#include <openssl/evp.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/mysql/flow/auth_answer.h"
#include "common/mysql/wire/errors.h"
#include "common/mysql/wire/packet.h"

namespace postern::mysql {
namespace {

constexpr std::string_view kMariaDbPrefix = "5.5.5-";
constexpr char kSha2KeyRequest = 2;
constexpr char kSha256KeyRequest = 1;
constexpr uint8_t kSwitchHeader = 0xFE;
constexpr uint8_t kMoreDataHeader = 0x01;

std::string WithNul(std::string_view text) { return std::string(text).append(1, '\0'); }

bool IsMariaDb(std::string_view version) { return version.find("MariaDB") != std::string_view::npos; }

// Scrambles come with a closing NUL in a switch, and it is not part of what is signed or hashed.
std::string WithoutScrambleNul(std::string_view data) {
  if (!data.empty() && data.back() == '\0' && data.size() % 4 == 1) data.remove_suffix(1);
  return std::string(data);
}

std::string NextText(const NeedPacket&) { return "need packet"; }
std::string NextText(const StartTls&) { return "start TLS"; }
std::string NextText(const Connected& connected) { return "connected to " + connected.server_version; }
std::string NextText(const ConnectFailed& failed) { return "failed: " + std::string(failed.status.ToString()); }

}  // namespace

std::string Describe(const ClientAction& action) {
  std::string text = action.send.empty() ? "" : absl::StrCat("send ", action.send.size(), " bytes, then ");
  return text + std::visit([](const auto& next) { return NextText(next); }, action.next);
}

ClientLogin::ClientLogin(Options options) : options_(std::move(options)) {}

ClientAction ClientLogin::Start() {
  state_ = State::kGreeting;
  return {"", NeedPacket{}};
}

ClientAction ClientLogin::OnPacket(uint8_t sequence, Bytes payload) {
  if (sequence != sequence_) return Fail(Malformed("the server's packets are out of order"));
  ++sequence_;
  if (payload.empty()) return Fail(Malformed("the server sent an empty packet"));
  if (static_cast<uint8_t>(payload[0]) == kErrHeader) return OnErr(payload);
  switch (state_) {
    case State::kGreeting:
      return OnGreeting(payload);
    case State::kAuth:
      return OnAuthPacket(payload);
    case State::kRsaKey:
      return OnRsaKeyPacket(payload);
    case State::kStart:
    case State::kTlsHandshake:
    case State::kOver:
      break;
  }
  return Fail(Malformed("the server sent a packet nobody asked for"));
}

ClientAction ClientLogin::OnGreeting(Bytes payload) {
  auto greeting = HandshakeV10::Decode(payload);
  if (!greeting.ok()) return Fail(greeting.status());
  greeting_ = *std::move(greeting);
  std::string_view version = greeting_.server_version;
  if (version.substr(0, kMariaDbPrefix.size()) == kMariaDbPrefix) version.remove_prefix(kMariaDbPrefix.size());
  result_.server_version = version;
  result_.vendor = IsMariaDb(version) ? Vendor::kMariaDb : Vendor::kMySql;
  result_.connection_id = greeting_.connection_id;
  result_.server_capabilities = greeting_.capabilities;
  result_.status_flags = greeting_.status_flags;

  bool server_has_tls = (greeting_.capabilities & capability::kSsl) != 0;
  if (options_.tls == TlsWish::kRequired && !server_has_tls) {
    return Fail(absl::FailedPreconditionError("TLS is required and the server does not offer it"));
  }
  result_.tls = options_.tls != TlsWish::kDisabled && server_has_tls;
  auto wanted = UpstreamCapabilities(options_.agent_capabilities, greeting_.capabilities, result_.tls);
  if (!wanted.ok()) return Fail(wanted.status());
  result_.capabilities = *wanted | (options_.database.empty() ? 0 : capability::kConnectWithDb);
  plugin_ = greeting_.plugin;
  scramble_ = greeting_.scramble;
  if (!result_.tls) return SendResponse();

  SslRequest request{result_.capabilities, options_.max_packet_bytes, options_.charset};
  ClientAction action = Send(request.Encode(), State::kTlsHandshake);
  action.next = StartTls{};
  return action;
}

ClientAction ClientLogin::OnTlsStarted() {
  if (state_ != State::kTlsHandshake) return Fail(absl::InternalError("TLS that nobody asked for"));
  return SendResponse();
}

ClientAction ClientLogin::SendResponse() {
  HandshakeResponse41 response;
  response.capabilities = result_.capabilities;
  response.max_packet_bytes = options_.max_packet_bytes;
  response.charset = options_.charset;
  response.user = options_.user;
  if (!options_.database.empty()) response.database = options_.database;
  response.attributes = options_.attributes;
  // The greeting's plug-in is the server's default, not this user's: one we cannot or must not answer to is left for
  // the switch that will follow.
  bool can_hint = plugin_ == plugin::kNative || plugin_ == plugin::kCachingSha2;
  if (!can_hint) plugin_ = plugin::kNative;
  auto answer = Answer();
  if (!answer.ok()) return Fail(answer.status());
  response.plugin = plugin_;
  response.auth_response = *std::move(answer);
  return Send(response.Encode(), State::kAuth);
}

ClientAction ClientLogin::OnAuthPacket(Bytes payload) {
  switch (static_cast<uint8_t>(payload[0])) {
    case kOkHeader:
      return OnOk(payload);
    case kSwitchHeader:
      return OnSwitch(payload);
    case kMoreDataHeader:
      return OnMoreData(AsText(payload.subspan(1)));
  }
  return OnMoreData(AsText(payload));  // MariaDB leaves the 01 out where nothing else could be meant
}

ClientAction ClientLogin::OnSwitch(Bytes payload) {
  auto request = AuthSwitchRequest::Decode(payload);
  if (!request.ok()) return Fail(request.status());
  if (std::exchange(switched_, true)) return Fail(Malformed("the server switches authentication twice"));
  plugin_ = std::move(request->plugin);
  scramble_ = WithoutScrambleNul(request->data);
  auto answer = Answer();
  if (!answer.ok()) return Fail(answer.status());
  ClientAction action = Send(*answer, State::kAuth);
  WipeString(*answer);
  return action;
}

absl::StatusOr<std::string> ClientLogin::Answer() {
  std::string_view password = options_.password.Reveal();
  bool needs_scramble = plugin_ == plugin::kNative || plugin_ == plugin::kCachingSha2 || plugin_ == plugin::kSha256;
  if (needs_scramble && scramble_.size() != kScrambleBytes) return Malformed("the server's scramble is not 20 bytes");
  if (plugin_ == plugin::kNative) return NativeAnswer(password, scramble_);
  if (plugin_ == plugin::kCachingSha2) {
    return password.empty() ? std::string(1, '\0') : CachingSha2Answer(password, scramble_);
  }
  if (plugin_ == plugin::kSha256) {
    if (password.empty()) return std::string(1, '\0');
    if (result_.tls) return WithNul(password);
    return UnderRsaOrRequest(kSha256KeyRequest);
  }
  if (plugin_ == plugin::kClear) {
    if (result_.tls && options_.tls_is_verified) return WithNul(password);
    return absl::FailedPreconditionError("mysql_clear_password would show the password: it needs verified TLS");
  }
  if (plugin_ == plugin::kEd25519) {
    if (scramble_.size() != kEd25519ScrambleBytes) return Malformed("the server's scramble is not 32 bytes");
    return Ed25519Answer(password, scramble_);
  }
  return absl::FailedPreconditionError(absl::StrCat("authentication plug-in '", plugin_, "' is not supported"));
}

ClientAction ClientLogin::OnMoreData(std::string_view data) {
  if (plugin_ == plugin::kSha256 && !result_.tls) return OnRsaKey(data);
  if (plugin_ != plugin::kCachingSha2 || data.size() != 1) {
    return Fail(Malformed("the server sent authentication data out of place"));
  }
  if (data[0] == AuthMoreData::kFastAuthOk) return {"", NeedPacket{}};
  if (data[0] != AuthMoreData::kFullAuth) return Fail(Malformed("the server sent unknown authentication data"));
  if (std::exchange(password_sent_, true)) return Fail(Malformed("the server asks for the password twice"));
  if (result_.tls) return SendAndWipe(WithNul(options_.password.Reveal()), State::kAuth);
  auto next = UnderRsaOrRequest(kSha2KeyRequest);
  if (!next.ok()) return Fail(next.status());
  return SendAndWipe(*std::move(next), options_.server_public_key.empty() ? State::kRsaKey : State::kAuth);
}

absl::StatusOr<std::string> ClientLogin::UnderRsaOrRequest(char request) {
  if (!options_.server_public_key.empty()) return UnderRsa(options_.server_public_key);
  if (options_.allow_rsa_key_retrieval) return std::string(1, request);
  return absl::FailedPreconditionError(
      "the server wants the password under its RSA key, outside TLS: pin the key, or turn TLS on");
}

absl::StatusOr<std::string> ClientLogin::UnderRsa(std::string_view pem) {
  auto key = ParseRsaPublicKey(pem);
  if (!key.ok()) return key.status();
  return EncryptPassword(key->get(), options_.password.Reveal(), scramble_);
}

ClientAction ClientLogin::OnRsaKeyPacket(Bytes payload) {
  bool prefixed = static_cast<uint8_t>(payload[0]) == kMoreDataHeader;
  return OnRsaKey(AsText(prefixed ? payload.subspan(1) : payload));
}

ClientAction ClientLogin::OnRsaKey(std::string_view pem) {
  if (std::exchange(rsa_key_taken_, true) || !options_.server_public_key.empty()) {
    return Fail(Malformed("the server sent an RSA key nobody asked for"));
  }
  auto encrypted = UnderRsa(pem);
  if (!encrypted.ok()) return Fail(encrypted.status());
  return Send(*encrypted, State::kAuth);
}

ClientAction ClientLogin::OnOk(Bytes payload) {
  auto ok = OkPacket::Decode(payload, result_.capabilities);
  if (!ok.ok()) return Fail(ok.status());
  result_.status_flags = ok->status_flags;
  state_ = State::kOver;
  options_.password.Wipe();
  return {"", std::move(result_)};
}

ClientAction ClientLogin::OnErr(Bytes payload) {
  auto error = ErrPacket::Decode(payload);
  if (!error.ok()) return Fail(error.status());
  std::string text =
      absl::StrCat("the server refused the login: ", error->code, " (", error->sqlstate, ") ", error->message);
  ClientAction action = Fail(absl::UnauthenticatedError(text));
  std::get<ConnectFailed>(action.next).error = *std::move(error);
  return action;
}

ClientAction ClientLogin::SendAndWipe(std::string payload, State then) {
  ClientAction action = Send(payload, then);
  WipeString(payload);
  return action;
}

ClientAction ClientLogin::Send(const std::string& payload, State then) {
  state_ = then;
  ClientAction action{"", NeedPacket{}};
  action.send.reserve(payload.size() + kHeaderBytes);  // no copies of a password left behind by growth
  AppendPacket(action.send, AsBytes(payload), sequence_);
  return action;
}

ClientAction ClientLogin::Fail(absl::Status status) {
  state_ = State::kOver;
  options_.password.Wipe();
  return {"", ConnectFailed{std::move(status), std::nullopt}};
}

}  // namespace postern::mysql
