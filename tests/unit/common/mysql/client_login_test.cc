#include <catch2/catch.hpp>

#include <string>

#include "common/mysql/flow/auth_answer.h"
#include "common/mysql/message/auth.h"
#include "tests/unit/common/mysql/login_dialogue.h"

namespace postern::mysql {
namespace {

using namespace std::string_literals;

constexpr Capabilities kMySql9 = 0xDFFFFFFF;
constexpr Capabilities kMariaDb1011 = 0x81FFF7FE;

std::string Greeting(std::string_view plugin_name, Capabilities capabilities = kMySql9, std::string version = "9.7.4") {
  HandshakeV10 greeting;
  greeting.server_version = std::move(version);
  greeting.connection_id = 77;
  greeting.scramble = kTestScramble;
  greeting.capabilities = capabilities;
  greeting.plugin = plugin_name;
  return Wire(greeting.Encode(), 0);
}

ClientLogin::Options RelayOptions(TlsWish tls = TlsWish::kRequired) {
  ClientLogin::Options options;
  options.user = "postern";
  options.password = Secret("secret");
  options.database = "shop";
  options.agent_capabilities = GatewayCapabilities({});
  options.tls = tls;
  options.attributes = {{"program_name", "postern"}};
  return options;
}

std::string OkWire(uint8_t sequence) { return Wire(OkPacket{}.Encode(0), sequence); }

std::string Switch(std::string_view plugin_name, std::string data, uint8_t sequence) {
  return Wire(AuthSwitchRequest{std::string(plugin_name), std::move(data)}.Encode(), sequence);
}

bool IsConnected(const ClientPlay& play) { return std::holds_alternative<Connected>(play.last.next); }

absl::Status Failure(const ClientPlay& play) {
  auto* failed = std::get_if<ConnectFailed>(&play.last.next);
  return failed == nullptr ? absl::OkStatus() : failed->status;
}

TEST_CASE("native password, hinted by the greeting") {
  auto play = PlayClient(ClientLogin(RelayOptions(TlsWish::kDisabled)),
                         Greeting(plugin::kNative, kMariaDb1011, "5.5.5-10.11.19-MariaDB") + OkWire(2));
  REQUIRE(IsConnected(play));
  auto& connected = std::get<Connected>(play.last.next);
  CHECK(connected.server_version == "10.11.19-MariaDB");
  CHECK(connected.vendor == Vendor::kMariaDb);
  CHECK(connected.connection_id == 77);
  CHECK_FALSE(connected.tls);
  auto response = HandshakeResponse41::Decode(AsBytes(Payloads(play.sent).at(0)), kMariaDb1011);
  REQUIRE(response.ok());
  CHECK(response->auth_response == NativeAnswer("secret", kTestScramble));
  CHECK(response->database == "shop");
  CHECK(response->attributes == RelayOptions().attributes);
  CHECK((response->capabilities & capability::kLocalFiles) == 0);
  CHECK(play.sent.find("secret") == std::string::npos);
}

TEST_CASE("caching_sha2_password: fast, then full inside TLS") {
  auto fast = PlayClient(ClientLogin(RelayOptions()), Greeting(plugin::kCachingSha2) + Wire("\x01\x03", 3) + OkWire(4));
  CHECK(IsConnected(fast));
  CHECK(SslRequest::Decode(AsBytes(Payloads(fast.sent).at(0))).ok());
  auto full = PlayClient(ClientLogin(RelayOptions()), Greeting(plugin::kCachingSha2) + Wire("\x01\x04", 3) + OkWire(5));
  CHECK(IsConnected(full));
  CHECK(Payloads(full.sent).at(2) == "secret\0"s);
}

TEST_CASE("full authentication outside TLS needs a key we trust or may fetch") {
  std::string asked = Greeting(plugin::kCachingSha2) + Wire("\x01\x04", 2);
  CHECK(absl::IsFailedPrecondition(Failure(PlayClient(ClientLogin(RelayOptions(TlsWish::kDisabled)), asked))));

  OwnedKey key = *NewRsaKey();
  auto options = RelayOptions(TlsWish::kDisabled);
  options.allow_rsa_key_retrieval = true;
  auto fetched =
      PlayClient(ClientLogin(std::move(options)), asked + Wire("\x01" + PublicKeyPem(key.get()), 4) + OkWire(6));
  REQUIRE(IsConnected(fetched));
  CHECK(Payloads(fetched.sent).at(1) == "\x02");
  CHECK(DecryptPassword(key.get(), Payloads(fetched.sent).at(2), kTestScramble)->Reveal() == "secret");

  options = RelayOptions(TlsWish::kDisabled);
  options.server_public_key = PublicKeyPem(key.get());
  auto pinned = PlayClient(ClientLogin(std::move(options)), asked + OkWire(4));
  REQUIRE(IsConnected(pinned));
  CHECK(DecryptPassword(key.get(), Payloads(pinned.sent).at(1), kTestScramble)->Reveal() == "secret");
}

TEST_CASE("sha256_password: clear inside TLS, under RSA outside") {
  std::string data = kTestScramble + '\0';
  auto tls =
      PlayClient(ClientLogin(RelayOptions()), Greeting(plugin::kNative) + Switch(plugin::kSha256, data, 3) + OkWire(5));
  REQUIRE(IsConnected(tls));
  CHECK(Payloads(tls.sent).at(2) == "secret\0"s);

  OwnedKey key = *NewRsaKey();
  auto options = RelayOptions(TlsWish::kDisabled);
  options.allow_rsa_key_retrieval = true;
  auto rsa = PlayClient(ClientLogin(std::move(options)), Greeting(plugin::kNative) + Switch(plugin::kSha256, data, 2) +
                                                             Wire("\x01" + PublicKeyPem(key.get()), 4) + OkWire(6));
  REQUIRE(IsConnected(rsa));
  CHECK(Payloads(rsa.sent).at(1) == "\x01");
  CHECK(DecryptPassword(key.get(), Payloads(rsa.sent).at(2), kTestScramble)->Reveal() == "secret");
}

TEST_CASE("the clear-text plug-in gets the password inside verified TLS only") {
  std::string dialogue = Greeting(plugin::kNative) + Switch(plugin::kClear, "", 3) + OkWire(5);
  auto unverified = PlayClient(ClientLogin(RelayOptions()), dialogue);
  CHECK(absl::IsFailedPrecondition(Failure(unverified)));
  CHECK(unverified.sent.find("secret") == std::string::npos);
  auto options = RelayOptions();
  options.tls_is_verified = true;
  auto verified = PlayClient(ClientLogin(std::move(options)), dialogue);
  CHECK(IsConnected(verified));
  CHECK(Payloads(verified.sent).at(2) == "secret\0"s);
}

TEST_CASE("ed25519 signs the server's nonce") {
  std::string nonce(32, 'n');
  auto play = PlayClient(ClientLogin(RelayOptions(TlsWish::kDisabled)),
                         Greeting(plugin::kNative) + Switch(plugin::kEd25519, nonce, 2) + OkWire(4));
  REQUIRE(IsConnected(play));
  CHECK(Payloads(play.sent).at(1) == *Ed25519Answer("secret", nonce));
}

TEST_CASE("a greeting's plug-in we do not know waits for the switch") {
  auto play = PlayClient(
      ClientLogin(RelayOptions()),
      Greeting("parsec") + Switch(plugin::kCachingSha2, kTestScramble + '\0', 3) + Wire("\x01\x03", 5) + OkWire(6));
  CHECK(IsConnected(play));
}

TEST_CASE("what a server may not do ends the login") {
  std::string data = kTestScramble + '\0';
  struct Row {
    const char* what;
    std::string dialogue;
  };
  for (const Row& row : {
           Row{"two switches",
               Greeting(plugin::kNative) + Switch(plugin::kNative, data, 3) + Switch(plugin::kNative, data, 5)},
           Row{"an unknown plug-in", Greeting(plugin::kNative) + Switch("dialog", data, 3)},
           Row{"a short scramble", Greeting(plugin::kNative) + Switch(plugin::kNative, "short\0"s, 3)},
           Row{"pre-4.1 authentication", Greeting(plugin::kNative) + Wire("\xFE", 3)},
           Row{"data out of place", Greeting(plugin::kNative) + Wire("\x01\x04", 3)},
           Row{"the password twice", Greeting(plugin::kCachingSha2) + Wire("\x01\x04", 3) + Wire("\x01\x04", 5)},
           Row{"a wrong sequence", Greeting(plugin::kNative) + OkWire(4)},
           Row{"an empty packet", Greeting(plugin::kNative) + Wire("", 3)},
           Row{"no TLS", Greeting(plugin::kNative, kMySql9 & ~capability::kSsl)},
           Row{"no session tracking", Greeting(plugin::kNative, kMySql9 & ~capability::kSessionTrack)},
           Row{"an OK for a greeting", OkWire(0)},
       }) {
    CAPTURE(row.what);
    CHECK_FALSE(Failure(PlayClient(ClientLogin(RelayOptions()), row.dialogue)).ok());
  }
}

TEST_CASE("the server's own refusal is kept") {
  ErrPacket error{1045, "28000", "Access denied for user 'postern'"};
  auto play = PlayClient(ClientLogin(RelayOptions()), Greeting(plugin::kNative) + Wire(error.Encode(), 3));
  CHECK(absl::IsUnauthenticated(Failure(play)));
  CHECK(std::get<ConnectFailed>(play.last.next).error->code == 1045);
  auto busy =
      PlayClient(ClientLogin(RelayOptions()), Wire(ErrPacket{1040, "", "Too many connections"}.Encode(false), 0));
  CHECK(std::get<ConnectFailed>(busy.last.next).error->code == 1040);
}

TEST_CASE("our two sides log in to each other") {
  OwnedKey key = *NewRsaKey();
  for (bool tls : {true, false}) {
    auto gateway = GatewayOptions();
    gateway.allow_plain = !tls;
    gateway.rsa_key = key.get();
    auto relay = RelayOptions(tls ? TlsWish::kRequired : TlsWish::kDisabled);
    relay.agent_capabilities &= ~capability::kMultiStatements;
    relay.allow_rsa_key_retrieval = true;
    ServerLogin server(gateway);
    ClientLogin client(std::move(relay));
    ServerAction from_server = server.Start();
    ClientAction from_client = client.Start();
    std::string secret;
    while (!std::holds_alternative<Connected>(from_client.next)) {
      REQUIRE_FALSE(std::holds_alternative<ConnectFailed>(from_client.next));
      for (const std::string& wire : {std::exchange(from_server.send, "")}) {
        PacketAssembler assembler(1 << 20);
        assembler.Append(AsBytes(wire));
        for (auto packet = assembler.Next(); (*packet).has_value(); packet = assembler.Next()) {
          from_client = client.OnPacket((*packet)->first_sequence, (*packet)->payload);
        }
      }
      PacketAssembler assembler(1 << 20);
      assembler.Append(AsBytes(from_client.send));
      for (auto packet = assembler.Next(); (*packet).has_value(); packet = assembler.Next()) {
        from_server = server.OnPacket((*packet)->first_sequence, (*packet)->payload);
      }
      if (std::holds_alternative<StartTls>(from_server.next)) {
        server.OnTlsStarted();
        from_client = client.OnTlsStarted();
        PacketAssembler inside(1 << 20);
        inside.Append(AsBytes(from_client.send));
        auto packet = inside.Next();
        from_server = server.OnPacket((*packet)->first_sequence, (*packet)->payload);
      }
      if (auto* claim = std::get_if<Verify>(&from_server.next)) {
        secret = claim->secret.Reveal();
        from_server = server.OnAccepted();
      }
    }
    CHECK(secret == "secret");
    CHECK(std::get<Connected>(from_client.next).tls == tls);
  }
}

}  // namespace
}  // namespace postern::mysql
