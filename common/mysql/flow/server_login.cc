#include "common/mysql/flow/server_login.h"

#include <openssl/rand.h>

#include <charconv>

#include "absl/strings/str_cat.h"
#include "common/mysql/flow/auth_answer.h"
#include "common/mysql/message/auth.h"
#include "common/mysql/wire/packet.h"
#include "common/mysql/wire/reader.h"

namespace postern::mysql {
namespace {

constexpr std::string_view kLinkState = "08S01";
constexpr uint16_t kBadHandshake = 1043;
constexpr uint16_t kAccessDenied = 1045;
constexpr uint16_t kPacketTooLarge = 1153;
constexpr uint16_t kOutOfOrder = 1156;
constexpr uint16_t kOldClient = 1251;
constexpr uint16_t kNoTls = 3159;

constexpr Capabilities kNeeded = capability::kProtocol41 | capability::kSecureConnection | capability::kPluginAuth;
constexpr std::string_view kRequestPublicKey("\x02", 1);

// Clients send "no password" as nothing or as a single NUL.
bool IsEmptyAnswer(std::string_view answer) { return answer.empty() || answer == std::string_view("\0", 1); }

// A clear-text secret ends with one NUL, which some clients forget.
std::string_view WithoutNul(std::string_view secret) {
  if (!secret.empty() && secret.back() == '\0') secret.remove_suffix(1);
  return secret;
}

std::string_view AttributeOf(const ConnectionAttributes& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes) {
    if (key == name) return value;
  }
  return {};
}

// Oracle's client library brings it from 9.1 on. Any other says "unknown plug-in" when it is switched to one.
bool HasIdTokenPlugin(const ConnectionAttributes& attributes) {
  if (AttributeOf(attributes, "_client_name") != "libmysql") return false;
  const std::string_view version = AttributeOf(attributes, "_client_version");
  int major = 0;
  int minor = 0;
  const char* const end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return false;
  if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc()) return false;
  return major > 9 || (major == 9 && minor >= 1);
}

std::string NextText(const NeedPacket&) { return "need packet"; }
std::string NextText(const StartTls&) { return "start TLS"; }
std::string NextText(const LoggedIn&) { return "logged in"; }
std::string NextText(const LoginFailed& failed) { return "failed: " + failed.reason; }
std::string NextText(const Verify& verify) {
  return "verify " + verify.user + (verify.secret.empty() ? " without secret" : " with secret");
}

}  // namespace

std::string Describe(const ServerAction& action) {
  std::string text = action.send.empty() ? "" : absl::StrCat("send ", action.send.size(), " bytes, then ");
  return text + std::visit([](const auto& next) { return NextText(next); }, action.next);
}

std::string NewScramble() {
  std::string scramble(kScrambleBytes, '\0');
  // Without randomness there is no login at all: an empty scramble makes Start() fail.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(scramble.data()), kScrambleBytes) != 1) return "";
  for (char& c : scramble) {
    c = static_cast<char>(c & 0x7F);
    if (c == '\0' || c == '$') ++c;
  }
  return scramble;
}

ServerLogin::ServerLogin(Options options) : options_(std::move(options)) {}

ServerLogin ServerLogin::ForChangeUser(Options options, Capabilities capabilities, bool inside_tls) {
  ServerLogin login(std::move(options));
  login.state_ = State::kChangeUser;
  login.inside_tls_ = inside_tls;
  login.claim_.capabilities = capabilities;
  return login;
}

ServerAction ServerLogin::Start() {
  if (options_.scramble.size() != kScrambleBytes) {
    return Fail(kBadHandshake, kLinkState, "The server has no randomness for a login");
  }
  HandshakeV10 greeting;
  greeting.server_version = options_.server_version;
  greeting.connection_id = options_.connection_id;
  greeting.scramble = options_.scramble;
  greeting.capabilities = options_.offered;
  greeting.charset = options_.charset;
  greeting.plugin = plugin::kCachingSha2;
  return Ask(greeting.Encode(), State::kFirstPacket);
}

ServerAction ServerLogin::OnPacket(uint8_t sequence, Bytes payload) {
  if (sequence != sequence_) return Fail(kOutOfOrder, kLinkState, "Got packets out of order");
  ++sequence_;
  if (payload.size() > options_.max_packet_bytes) {
    return Fail(kPacketTooLarge, kLinkState, "Got a login packet bigger than the limit");
  }
  switch (state_) {
    case State::kFirstPacket:
      return OnFirstPacket(payload);
    case State::kTlsResponse:
      return OnResponse(payload);
    case State::kChangeUser:
      return OnChangeUser(payload);
    case State::kSwitched:
      return OnScrambleAnswer(AsText(payload));
    case State::kSwitchedClear:
      return GotSecret(WithoutNul(AsText(payload)), SecretMethod::kClearOverTls);
    case State::kSwitchedIdToken:
      return OnIdToken(payload);
    case State::kFullAuth:
      return OnFullAuth(AsText(payload));
    case State::kRsaAnswer:
      return OnRsaAnswer(AsText(payload));
    case State::kStart:
    case State::kTlsHandshake:
    case State::kVerify:
    case State::kOver:
      break;
  }
  return Fail(kOutOfOrder, kLinkState, "Got a packet nobody asked for");
}

ServerAction ServerLogin::OnBadPacket(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) {
    return Fail(kPacketTooLarge, kLinkState, "Got a login packet bigger than the limit");
  }
  return Fail(kOutOfOrder, kLinkState, "Got packets out of order");
}

ServerAction ServerLogin::OnFirstPacket(Bytes payload) {
  Reader reader(payload, "login");
  bool wants_tls = (reader.U32() & capability::kSsl) != 0;
  if (!wants_tls || !reader.ok()) return OnResponse(payload);
  auto request = SslRequest::Decode(payload);
  if (!request.ok() || !(options_.offered & capability::kSsl)) {
    return Fail(kBadHandshake, kLinkState, "Bad handshake");
  }
  ssl_request_ = *request;
  state_ = State::kTlsHandshake;
  return {"", StartTls{}};
}

ServerAction ServerLogin::OnTlsStarted(bool certificate) {
  if (state_ != State::kTlsHandshake) return Fail(kOutOfOrder, kLinkState, "TLS that nobody asked for");
  inside_tls_ = true;
  certificate_ = certificate;
  state_ = State::kTlsResponse;
  return {"", NeedPacket{}};
}

ServerAction ServerLogin::OnResponse(Bytes payload) {
  Reader start(payload, "login");
  Capabilities flags = start.U32();
  if (start.ok() && (flags & kNeeded) != kNeeded) {
    bool knows_sqlstate = (flags & capability::kProtocol41) != 0;
    return Fail(kOldClient, "08004",
                "The client is too old: it must speak the 4.1 protocol and know authentication plug-ins",
                knows_sqlstate);
  }
  if (!inside_tls_ && !PlainIsAllowed()) {
    return Fail(kNoTls, "HY000",
                "Connections without TLS are refused. Turn TLS on in the client (--ssl-mode=REQUIRED, --ssl) and "
                "give it the gateway's CA");
  }
  auto response = HandshakeResponse41::Decode(payload, options_.offered);
  if (!response.ok()) return Fail(kBadHandshake, kLinkState, "Bad handshake");
  // The flags before TLS could have been anybody's. Those inside count, and a difference means somebody was at work.
  if (inside_tls_ && flags != ssl_request_.capabilities) {
    return Fail(kBadHandshake, kLinkState, "Bad handshake: the flags before and inside TLS differ");
  }
  claim_.user = std::move(response->user);
  claim_.database = response->database.value_or("");
  claim_.attributes = std::move(response->attributes);
  claim_.charset = response->charset;
  claim_.max_packet_bytes = response->max_packet_bytes;
  claim_.capabilities = Negotiate(options_.offered, flags);
  plugin_ = std::move(response->plugin);
  ServerAction action = OnIdentity(response->auth_response);
  WipeString(response->auth_response);
  return action;
}

ServerAction ServerLogin::OnChangeUser(Bytes payload) {
  if (!inside_tls_ && !PlainIsAllowed()) {
    return Fail(kNoTls, "HY000", "Connections without TLS are refused");
  }
  auto request = ComChangeUser::Decode(payload, claim_.capabilities);
  if (!request.ok()) return Fail(kBadHandshake, kLinkState, "Bad handshake");
  claim_.user = std::move(request->user);
  claim_.database = std::move(request->database);
  claim_.attributes = std::move(request->attributes);
  claim_.charset = request->charset;
  WipeString(request->auth_response);
  // The answer in the request was to the scramble of an earlier login: always asked again.
  bool clear = inside_tls_ && request->plugin == plugin::kClear;
  if (IdTokensAllowed() && request->plugin == plugin::kOpenIdConnect) return AskIdToken();
  return clear ? AskClear() : AskScrambleAnswer();
}

ServerAction ServerLogin::OnIdentity(std::string_view auth_response) {
  if (inside_tls_ && plugin_ == plugin::kClear) {
    if (auth_response.empty()) return AskClear();
    return GotSecret(WithoutNul(auth_response), SecretMethod::kClearOverTls);
  }
  if (IdTokensAllowed() && plugin_ == plugin::kOpenIdConnect) {
    return auth_response.empty() ? AskIdToken() : OnIdToken(AsBytes(auth_response));
  }
  if (IdTokensAllowed() && !certificate_ && plugin_ == plugin::kCachingSha2 && IsEmptyAnswer(auth_response) &&
      HasIdTokenPlugin(claim_.attributes)) {
    return AskIdToken();
  }
  return plugin_ == plugin::kCachingSha2 ? OnScrambleAnswer(auth_response) : AskScrambleAnswer();
}

ServerAction ServerLogin::OnScrambleAnswer(std::string_view answer) {
  if (IsEmptyAnswer(answer)) return GotSecret("", SecretMethod::kNone);
  return Ask(AuthMoreData{std::string(1, AuthMoreData::kFullAuth)}.Encode(), State::kFullAuth);
}

ServerAction ServerLogin::OnFullAuth(std::string_view answer) {
  if (inside_tls_) return GotSecret(WithoutNul(answer), SecretMethod::kFullOverTls);
  if (answer != kRequestPublicKey) return OnRsaAnswer(answer);  // the client has the key already
  return Ask(AuthMoreData{PublicKeyPem(options_.rsa_key)}.Encode(), State::kRsaAnswer);
}

ServerAction ServerLogin::OnRsaAnswer(std::string_view answer) {
  auto secret = DecryptPassword(options_.rsa_key, answer, options_.scramble);
  if (!secret.ok()) return Fail(kAccessDenied, "28000", "Access denied");
  return GotSecret(secret->Reveal(), SecretMethod::kRsa);
}

ServerAction ServerLogin::AskScrambleAnswer() {
  AuthSwitchRequest request{std::string(plugin::kCachingSha2), options_.scramble + '\0'};
  return Ask(request.Encode(), State::kSwitched);
}

ServerAction ServerLogin::AskClear() {
  return Ask(AuthSwitchRequest{std::string(plugin::kClear), ""}.Encode(), State::kSwitchedClear);
}

ServerAction ServerLogin::AskIdToken() {
  return Ask(AuthSwitchRequest{std::string(plugin::kOpenIdConnect), ""}.Encode(), State::kSwitchedIdToken);
}

ServerAction ServerLogin::OnIdToken(Bytes answer) {
  const auto decoded = IdTokenAnswer::Decode(answer);
  if (!decoded.ok()) return Fail(kBadHandshake, kLinkState, "Bad handshake");
  return GotSecret(decoded->token, SecretMethod::kIdToken);
}

ServerAction ServerLogin::GotSecret(std::string_view secret, SecretMethod method) {
  if (secret.size() > options_.max_secret_bytes) return Fail(kAccessDenied, "28000", "Access denied");
  claim_.secret = Secret(secret);
  claim_.method = secret.empty() ? SecretMethod::kNone : method;
  state_ = State::kVerify;
  return {"", std::move(claim_)};
}

ServerAction ServerLogin::OnAccepted(uint16_t status_flags) {
  if (state_ != State::kVerify) return Fail(kOutOfOrder, kLinkState, "There was nothing to accept");
  state_ = State::kOver;
  OkPacket ok;
  ok.status_flags = status_flags;
  return {Packet(ok.Encode(0)), LoggedIn{}};
}

ServerAction ServerLogin::OnRefused(const ErrPacket& error) { return Fail(error.code, error.sqlstate, error.message); }

bool ServerLogin::PlainIsAllowed() const { return options_.allow_plain && options_.rsa_key != nullptr; }

ServerAction ServerLogin::Ask(const std::string& payload, State then) {
  state_ = then;
  return {Packet(payload), NeedPacket{}};
}

ServerAction ServerLogin::Fail(uint16_t code, std::string_view sqlstate, std::string_view message,
                               bool knows_sqlstate) {
  state_ = State::kOver;
  claim_ = Verify{};
  ErrPacket error{code, std::string(sqlstate), std::string(message)};
  return {Packet(error.Encode(knows_sqlstate)), LoginFailed{error.message}};
}

std::string ServerLogin::Packet(const std::string& payload) {
  std::string bytes;
  AppendPacket(bytes, AsBytes(payload), sequence_);
  return bytes;
}

}  // namespace postern::mysql
