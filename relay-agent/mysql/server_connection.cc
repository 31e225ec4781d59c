#include "relay-agent/mysql/server_connection.h"

#include <absl/strings/str_cat.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <variant>

#include "common/mysql/collation.h"
#include "common/mysql/flow/client_login.h"

namespace postern::relay {
namespace {

using v1::OpenFailed;

constexpr char kComInitDb = 0x02;

// Servers' own error numbers that say "not now" rather than "not you".
bool IsFull(uint32_t code) { return code == 1040 || code == 1129 || code == 1203 || code == 1226; }

ConnectionFailure Unreachable(std::string_view what, const absl::Status& why) {
  return {OpenFailed::REASON_UNREACHABLE, absl::StrCat(std::string(what), ": ", why.message()), 0};
}

// A server's ERR names the user and the host, so only its number is told.
ConnectionFailure Refused(uint32_t code) {
  if (IsFull(code)) {
    return {OpenFailed::REASON_UNREACHABLE, absl::StrCat("the database has no connection free (error ", code, ")"), code};
  }
  const char* const what = code == 1049 || code == 1044 ? "the database refused the schema"
                                                        : "the database refused the relay's login";
  return {OpenFailed::REASON_REFUSED, absl::StrCat(what, " (error ", code, ")"), code};
}

ConnectionFailure FailureFrom(const mysql::ConnectFailed& failed) {
  if (failed.error) return Refused(failed.error->code);
  const bool unsuitable = failed.status.code() == absl::StatusCode::kFailedPrecondition ||
                          failed.status.code() == absl::StatusCode::kUnimplemented;
  if (!unsuitable) return Unreachable("the login to the database failed", failed.status);
  return {OpenFailed::REASON_UNSUITABLE, std::string(failed.status.message()), 0};
}

ConnectionFailure PinFailure(const Conversation& conversation, const absl::Status& why) {
  if (why.code() == absl::StatusCode::kUnavailable) return Unreachable("the database connection broke", why);
  return {OpenFailed::REASON_UNSUITABLE, absl::StrCat("the session could not be pinned: ", why.message()),
          conversation.error_code()};
}

absl::StatusOr<std::string> ReadPublicKey(const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream in(file);
  std::string pem{std::istreambuf_iterator<char>(in), {}};
  if (!in || pem.empty()) return absl::FailedPreconditionError("the server's public key file cannot be read");
  return pem;
}

absl::StatusOr<mysql::ClientLogin> MakeLogin(const Target& target, const Login& credential, const ConnectionWish& wish) {
  absl::StatusOr<std::string> public_key = ReadPublicKey(target.server_public_key_file);
  if (!public_key.ok()) return public_key.status();
  mysql::ClientLogin::Options options;
  options.user = credential.user();
  options.password = mysql::Secret(credential.password());
  // None unless the agent chose one: policy decided for the schema that the gateway knows of.
  // One that only a role may see is chosen after the role.
  if (wish.role.empty()) options.database = wish.schema;
  options.agent_capabilities = wish.agent_capabilities;
  options.charset = static_cast<uint8_t>(wish.collation);
  options.tls = target.tls_mode == tls::ClientMode::kDisabled ? mysql::TlsWish::kDisabled : mysql::TlsWish::kRequired;
  options.tls_is_verified = tls::Verifies(target.tls_mode);
  options.attributes = wish.attributes;
  options.server_public_key = *std::move(public_key);
  options.allow_rsa_key_retrieval = target.allow_public_key_retrieval;
  return mysql::ClientLogin(std::move(options));
}

asio::awaitable<absl::Status> StartTls(ServerSocket& socket, const Target& target) {
  auto context = tls::ClientContext(target.tls_mode, target.tls_files);
  if (!context.ok()) co_return context.status();
  co_return co_await socket.StartTls(*std::move(context), target.tls_mode, target.host);
}

// Drives the sans-io flow until the server has said yes or no.
asio::awaitable<std::variant<mysql::Connected, ConnectionFailure>> LogIn(ServerSocket& socket, Conversation& conversation,
                                                                         const Target& target, mysql::ClientLogin login) {
  mysql::ClientAction action = login.Start();
  for (;;) {
    if (!action.send.empty()) {
      absl::Status sent = co_await socket.Write(mysql::AsBytes(action.send));
      mysql::WipeString(action.send);
      if (!sent.ok()) co_return Unreachable("the database connection broke", sent);
    }
    if (auto* connected = std::get_if<mysql::Connected>(&action.next)) co_return std::move(*connected);
    if (auto* failed = std::get_if<mysql::ConnectFailed>(&action.next)) co_return FailureFrom(*failed);
    if (std::holds_alternative<mysql::StartTls>(action.next)) {
      absl::Status secured = co_await StartTls(socket, target);
      if (!secured.ok()) co_return Unreachable("TLS with the database failed", secured);
      action = login.OnTlsStarted();
      continue;
    }
    absl::StatusOr<Conversation::Packet> packet = co_await conversation.ReadPacket();
    if (!packet.ok()) co_return Unreachable("the database connection broke", packet.status());
    action = login.OnPacket(packet->sequence, mysql::AsBytes(packet->payload));
  }
}

}  // namespace

asio::awaitable<ConnectionResult> ConnectToServer(ServerSocket& socket, const Target& target, std::shared_ptr<const Login> credential,
                                                ConnectionWish wish) {
  const std::string charset(mysql::SafeCharsetOf(wish.collation));
  if (charset.empty() || wish.collation > 0xFF) {
    co_return ConnectionFailure{OpenFailed::REASON_UNSUITABLE, "the character set asked for is not a safe one", 0};
  }
  absl::StatusOr<mysql::ClientLogin> login = MakeLogin(target, *credential, wish);
  if (!login.ok()) co_return ConnectionFailure{OpenFailed::REASON_UNREACHABLE, std::string(login.status().message()), 0};
  absl::Status dialled = co_await socket.Dial(target.host, target.port);
  if (!dialled.ok()) co_return Unreachable("the database cannot be reached", dialled);
  Conversation conversation(socket);
  auto logged_in = co_await LogIn(socket, conversation, target, *std::move(login));
  if (auto* failure = std::get_if<ConnectionFailure>(&logged_in)) co_return std::move(*failure);
  ServerConnection connection;
  connection.capabilities = std::get<mysql::Connected>(logged_in).capabilities;
  conversation.set_capabilities(connection.capabilities);
  absl::StatusOr<PinnedSession> pinned = co_await PinSession(conversation, charset, wish.role);
  if (!pinned.ok()) co_return PinFailure(conversation, pinned.status());
  connection.session = *std::move(pinned);
  if (!wish.role.empty() && !wish.schema.empty()) {
    absl::StatusOr<mysql::OkPacket> chosen = co_await conversation.Command(kComInitDb + wish.schema);
    if (!chosen.ok()) co_return Refused(conversation.error_code());
  }
  co_return connection;
}

}  // namespace postern::relay
