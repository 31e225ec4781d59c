#include <catch2/catch.hpp>

#include <string>

#include "common/mysql/flow/auth_answer.h"
#include "common/mysql/message/auth.h"
#include "tests/unit/common/mysql/login_dialogue.h"

namespace postern::mysql {
namespace {

using namespace std::string_literals;

HandshakeResponse41 ClientResponse(std::string_view plugin_name, std::string auth_response) {
  HandshakeResponse41 response;
  response.capabilities = GatewayCapabilities({});
  response.charset = 255;
  response.user = "orders-bot+orders-prod";
  response.auth_response = std::move(auth_response);
  response.database = "shop";
  response.plugin = plugin_name;
  response.attributes = {{"_client_name", "libmysql"}};
  return response;
}

// SSLRequest (1), response (2), then the packets given, each answering one of the gateway's.
std::string TlsLogin(const HandshakeResponse41& response, const std::vector<std::string>& rest) {
  SslRequest request{response.capabilities, 0, 255};
  std::string wire = Wire(request.Encode(), 1) + Wire(response.Encode(), 2);
  uint8_t sequence = 4;
  for (const std::string& payload : rest) {
    wire += Wire(payload, sequence);
    sequence = static_cast<uint8_t>(sequence + 2);
  }
  return wire;
}

std::string PlainLogin(HandshakeResponse41 response, const std::vector<std::string>& rest) {
  response.capabilities &= ~capability::kSsl;
  std::string wire = Wire(response.Encode(), 1);
  uint8_t sequence = 3;
  for (const std::string& payload : rest) {
    wire += Wire(payload, sequence);
    sequence = static_cast<uint8_t>(sequence + 2);
  }
  return wire;
}

bool Failed(const ServerPlay& play, uint16_t code) {
  if (!std::holds_alternative<LoginFailed>(play.last.next)) return false;
  auto error = ErrPacket::Decode(AsBytes(Payloads(play.last.send).back()));
  return error.ok() && error->code == code;
}

bool LoggedInAs(const ServerPlay& play, const std::string& claimed) {
  return std::holds_alternative<LoggedIn>(play.last.next) && play.claimed == claimed;
}

const std::string kHash(32, 'h');
const std::string kBot = "orders-bot+orders-prod/token/shop";

TEST_CASE("the greeting announces caching_sha2_password and what the gateway offers") {
  ServerLogin login(GatewayOptions());
  auto greeting = HandshakeV10::Decode(AsBytes(Payloads(login.Start().send).at(0)));
  REQUIRE(greeting.ok());
  CHECK(greeting->plugin == "caching_sha2_password");
  CHECK(greeting->connection_id == 42);
  CHECK(greeting->scramble == kTestScramble);
  CHECK(greeting->capabilities == GatewayCapabilities({}));
}

TEST_CASE("inside TLS any answer leads to full authentication in clear text") {
  auto play =
      PlayServer(ServerLogin(GatewayOptions()), TlsLogin(ClientResponse(plugin::kCachingSha2, kHash), {"token\0"s}));
  CHECK(LoggedInAs(play, kBot));
  CHECK(Payloads(play.sent).at(1) == "\x01\x04");
  CHECK(Payloads(play.sent).at(2).at(0) == '\0');
}

TEST_CASE("a JWT of several kilobytes passes") {
  std::string jwt(9000, 'j');
  auto play = PlayServer(ServerLogin(GatewayOptions()), TlsLogin(ClientResponse(plugin::kCachingSha2, kHash), {jwt}));
  CHECK(play.claimed == "orders-bot+orders-prod/" + jwt + "/shop");
}

TEST_CASE("a client with another plug-in is switched once") {
  for (const char* name : {"mysql_native_password", "client_ed25519", "", "no_such_plugin"}) {
    auto play = PlayServer(ServerLogin(GatewayOptions()),
                           TlsLogin(ClientResponse(name, std::string(20, 'n')), {kHash, "token\0"s}));
    CAPTURE(name);
    CHECK(LoggedInAs(play, kBot));
    auto request = AuthSwitchRequest::Decode(AsBytes(Payloads(play.sent).at(1)));
    REQUIRE(request.ok());
    CHECK(request->plugin == "caching_sha2_password");
    CHECK(request->data == kTestScramble + '\0');
  }
}

TEST_CASE("clear text is taken inside TLS, at once or after a switch") {
  CHECK(LoggedInAs(PlayServer(ServerLogin(GatewayOptions()), TlsLogin(ClientResponse(plugin::kClear, "token\0"s), {})),
                   kBot));
  CHECK(LoggedInAs(PlayServer(ServerLogin(GatewayOptions()), TlsLogin(ClientResponse(plugin::kClear, ""), {"token"s})),
                   kBot));
}

TEST_CASE("no secret is reported as none, in both its spellings") {
  for (const std::string& empty : {""s, "\0"s}) {
    auto play = PlayServer(ServerLogin(GatewayOptions()), TlsLogin(ClientResponse(plugin::kCachingSha2, empty), {}));
    CHECK(play.claimed == "orders-bot+orders-prod//shop");
    CHECK(Failed(play, 1045));
  }
}

ServerLogin::Options WithIdTokens() {
  ServerLogin::Options options = GatewayOptions();
  options.id_tokens = true;
  return options;
}

// An empty password of a client of that name and version, as the mysql program sends it.
HandshakeResponse41 NoPassword(const std::string& client, const std::string& version) {
  HandshakeResponse41 response = ClientResponse(plugin::kCachingSha2, "\0"s);
  response.attributes = {{"_client_name", client}, {"_client_version", version}};
  return response;
}

TEST_CASE("a client with a certificate and no password is asked for nothing more, whatever plug-in it has") {
  const auto play = PlayServer(ServerLogin(WithIdTokens()), TlsLogin(NoPassword("libmysql", "9.7.0"), {}), true);
  CHECK(play.claimed == "orders-bot+orders-prod//shop");
  const auto native = PlayServer(ServerLogin(WithIdTokens()), TlsLogin(ClientResponse("mysql_native_password", ""), {""}), true);
  CHECK(native.claimed == "orders-bot+orders-prod//shop");
  // With a password it is asked for it as ever, and a plug-in that it names is spoken.
  CHECK(LoggedInAs(PlayServer(ServerLogin(WithIdTokens()), TlsLogin(ClientResponse(plugin::kCachingSha2, kHash), {"token\0"s}), true), kBot));
  CHECK(LoggedInAs(PlayServer(ServerLogin(WithIdTokens()), TlsLogin(ClientResponse(plugin::kOpenIdConnect, ""), {"\x01\x05token"s}), true), kBot));
}

TEST_CASE("a client that names the id-token plug-in may send the token at once or when asked") {
  const std::string answer = "\x01\x05token"s;
  CHECK(LoggedInAs(PlayServer(ServerLogin(WithIdTokens()), TlsLogin(ClientResponse(plugin::kOpenIdConnect, answer), {})), kBot));
  CHECK(LoggedInAs(PlayServer(ServerLogin(WithIdTokens()), TlsLogin(ClientResponse(plugin::kOpenIdConnect, ""), {answer})), kBot));
  for (const std::string& wrong : {"\x02\x05token"s, "\x01\x06token"s, "\x01\x04token"s, "\x01"s, "token"s, "\x01\xfb"s}) {
    auto play = PlayServer(ServerLogin(WithIdTokens()), TlsLogin(ClientResponse(plugin::kOpenIdConnect, wrong), {}));
    CHECK(Failed(play, 1043));
    CHECK(play.claimed.empty());
  }
}

TEST_CASE("an id token of several kilobytes passes") {
  const std::string jwt(9000, 'j');
  const std::string answer = "\x01\xfc\x28\x23"s + jwt;
  auto play = PlayServer(ServerLogin(WithIdTokens()), TlsLogin(ClientResponse(plugin::kOpenIdConnect, ""), {answer}));
  CHECK(play.claimed == "orders-bot+orders-prod/" + jwt + "/shop");
}

TEST_CASE("an empty password of a client that has the id-token plug-in leads to it, of no other client") {
  for (const char* version : {"9.1.0", "9.7.4", "10.0.0"}) {
    auto play = PlayServer(ServerLogin(WithIdTokens()), TlsLogin(NoPassword("libmysql", version), {"\x01\x05token"s}));
    CAPTURE(version);
    CHECK(LoggedInAs(play, kBot));
    CHECK(AuthSwitchRequest::Decode(AsBytes(Payloads(play.sent).at(1)))->plugin == plugin::kOpenIdConnect);
  }
  for (const auto& [client, version] : {std::pair("libmysql", "9.0.1"), {"libmysql", "8.4.0"}, {"libmysql", "9"}, {"libmysql", ""},
                                        {"libmariadb", "10.11.0"}, {"pymysql", "9.9"}}) {
    CAPTURE(client, version);
    CHECK(Failed(PlayServer(ServerLogin(WithIdTokens()), TlsLogin(NoPassword(client, version), {})), 1045));
  }
  CHECK(Failed(PlayServer(ServerLogin(GatewayOptions()), TlsLogin(NoPassword("libmysql", "9.7.4"), {})), 1045));
}

TEST_CASE("without TLS nobody is asked for a secret") {
  auto play = PlayServer(ServerLogin(GatewayOptions()), PlainLogin(ClientResponse(plugin::kCachingSha2, kHash), {}));
  CHECK(Failed(play, 3159));
  CHECK(play.claimed.empty());
}

TEST_CASE("on a plain loopback connection the secret travels under the RSA key") {
  OwnedKey key = *NewRsaKey();
  auto options = GatewayOptions();
  options.allow_plain = true;
  CHECK(Failed(PlayServer(ServerLogin(options), PlainLogin(ClientResponse(plugin::kCachingSha2, kHash), {})), 3159));
  options.rsa_key = key.get();
  std::string encrypted = *EncryptPassword(key.get(), "token", kTestScramble);
  auto play =
      PlayServer(ServerLogin(options), PlainLogin(ClientResponse(plugin::kCachingSha2, kHash), {"\x02"s, encrypted}));
  CHECK(LoggedInAs(play, kBot));
  CHECK(Payloads(play.sent).at(2) == "\x01" + PublicKeyPem(key.get()));
  CHECK(LoggedInAs(
      PlayServer(ServerLogin(options), PlainLogin(ClientResponse(plugin::kCachingSha2, kHash), {encrypted})), kBot));
  CHECK(Failed(PlayServer(ServerLogin(options), PlainLogin(ClientResponse(plugin::kCachingSha2, kHash), {"token\0"s})),
               1045));
  CHECK(LoggedInAs(PlayServer(ServerLogin(options), PlainLogin(ClientResponse(plugin::kClear, ""), {kHash, encrypted})),
                   kBot));
}

TEST_CASE("old clients are told so") {
  for (Capabilities missing : {capability::kProtocol41, capability::kSecureConnection, capability::kPluginAuth}) {
    auto response = ClientResponse(plugin::kCachingSha2, kHash);
    response.capabilities &= ~(missing | capability::kSsl);
    auto play = PlayServer(ServerLogin(GatewayOptions()), Wire(response.Encode(), 1));
    CHECK(Failed(play, 1251));
  }
}

TEST_CASE("flags that change between the SSL request and the response are refused") {
  auto response = ClientResponse(plugin::kCachingSha2, kHash);
  SslRequest request{response.capabilities ^ capability::kDeprecateEof, 0, 255};
  std::string wire = Wire(request.Encode(), 1) + Wire(response.Encode(), 2);
  CHECK(Failed(PlayServer(ServerLogin(GatewayOptions()), wire), 1043));
}

TEST_CASE("a response with the TLS flag outside TLS, or TLS where none is offered, is refused") {
  auto response = ClientResponse(plugin::kCachingSha2, kHash);
  CHECK(Failed(PlayServer(ServerLogin(GatewayOptions()), Wire(response.Encode(), 1)), 1043));
  auto options = GatewayOptions();
  options.offered = GatewayCapabilities({.tls = false});
  CHECK(Failed(PlayServer(ServerLogin(options), TlsLogin(response, {})), 1043));
}

TEST_CASE("packets out of sequence or over the limit end the login") {
  auto response = ClientResponse(plugin::kCachingSha2, kHash);
  CHECK(Failed(PlayServer(ServerLogin(GatewayOptions()), Wire(response.Encode(), 2)), 1156));
  CHECK(Failed(PlayServer(ServerLogin(GatewayOptions()), Wire(std::string(70000, 'x'), 1)), 1153));
  CHECK(Failed(PlayServer(ServerLogin(GatewayOptions()), TlsLogin(response, {std::string(20000, 'x')})), 1045));
}

TEST_CASE("negotiated capabilities are the client's, cut down to what was offered") {
  auto response = ClientResponse(plugin::kClear, "other");
  response.capabilities |= capability::kMultiFactor | capability::kMultiStatements;
  ServerLogin login(GatewayOptions());
  login.Start();
  login.OnPacket(1, AsBytes(SslRequest{response.capabilities, 0, 255}.Encode()));
  login.OnTlsStarted();
  ServerAction action = login.OnPacket(2, AsBytes(response.Encode()));
  CHECK(Describe(action) == "verify orders-bot+orders-prod with secret");
  auto* claim = std::get_if<Verify>(&action.next);
  REQUIRE(claim != nullptr);
  CHECK(claim->capabilities == GatewayCapabilities({}));
  CHECK(claim->method == SecretMethod::kClearOverTls);
  CHECK(claim->attributes == response.attributes);
}

TEST_CASE("a change of user is asked for its secret anew") {
  Capabilities capabilities = GatewayCapabilities({});
  auto options = GatewayOptions();
  ServerLogin login = ServerLogin::ForChangeUser(options, capabilities, true);
  ComChangeUser request{"other", std::string(32, 'h'), "shop", 45, "caching_sha2_password", {}};
  ServerAction action = login.OnPacket(0, AsBytes(request.Encode(capabilities)));
  CHECK(AuthSwitchRequest::Decode(AsBytes(Payloads(action.send).at(0)))->plugin == "caching_sha2_password");
  action = login.OnPacket(2, AsBytes(kHash));
  CHECK(Payloads(action.send).at(0) == "\x01\x04");
  action = login.OnPacket(4, AsBytes("token\0"s));
  auto* claim = std::get_if<Verify>(&action.next);
  REQUIRE(claim != nullptr);
  CHECK(claim->user == "other");
  CHECK(claim->charset == 45);
  CHECK(claim->secret.Reveal() == "token");
  CHECK(Describe(login.OnAccepted()) == "send 11 bytes, then logged in");
}

TEST_CASE("a packet nobody asked for is refused in every state") {
  ServerLogin fresh(GatewayOptions());
  CHECK(std::holds_alternative<LoginFailed>(fresh.OnPacket(0, AsBytes("x")).next));
  ServerLogin login(GatewayOptions());
  login.Start();
  CHECK(std::holds_alternative<LoginFailed>(login.OnTlsStarted().next));
  CHECK(std::holds_alternative<LoginFailed>(login.OnPacket(2, AsBytes("x")).next));
  CHECK(std::holds_alternative<LoginFailed>(ServerLogin(GatewayOptions()).OnAccepted().next));
}

TEST_CASE("scrambles are printable to every client") {
  for (int i = 0; i < 200; ++i) {
    std::string scramble = NewScramble();
    REQUIRE(scramble.size() == kScrambleBytes);
    for (char c : scramble) REQUIRE((c > 0 && c != '$'));
  }
}

}  // namespace
}  // namespace postern::mysql
