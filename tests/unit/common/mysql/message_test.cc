#include <catch2/catch.hpp>

#include <string>

#include "common/mysql/message/auth.h"
#include "common/mysql/message/column.h"
#include "common/mysql/message/command.h"
#include "common/mysql/message/handshake.h"
#include "common/mysql/message/response.h"

namespace postern::mysql {
namespace {

using namespace std::string_literals;

// What was decoded encodes to the same bytes; every shorter payload is refused or is another packet's honest reading.
template <typename Packet, typename... Context>
Packet RoundTrip(const std::string& payload, Context... context) {
  auto packet = Packet::Decode(AsBytes(payload), context...);
  INFO(packet.status().ToString());
  REQUIRE(packet.ok());
  return *std::move(packet);
}

TEST_CASE("a greeting keeps its fields") {
  HandshakeV10 greeting;
  greeting.server_version = "8.0.40-postern";
  greeting.connection_id = 0xDEADBEEF;
  greeting.scramble = "abcdefghijklmnopqrst";
  greeting.capabilities = GatewayCapabilities({});
  greeting.plugin = "caching_sha2_password";
  std::string payload = greeting.Encode();
  auto read = RoundTrip<HandshakeV10>(payload);
  CHECK(read.server_version == greeting.server_version);
  CHECK(read.connection_id == greeting.connection_id);
  CHECK(read.scramble == greeting.scramble);
  CHECK(read.capabilities == greeting.capabilities);
  CHECK(read.plugin == greeting.plugin);
  CHECK(read.Encode() == payload);
  for (size_t length = 0; length < payload.size(); ++length) {
    CHECK_FALSE(HandshakeV10::Decode(AsBytes(payload).first(length)).ok());
  }
}

TEST_CASE("a greeting of another protocol is unsupported") {
  CHECK(absl::IsUnimplemented(HandshakeV10::Decode(AsBytes("\x09old server"s)).status()));
}

HandshakeResponse41 Response() {
  HandshakeResponse41 response;
  response.capabilities = GatewayCapabilities({});
  response.charset = 255;
  response.user = "orders-bot+orders-prod";
  response.auth_response = std::string(32, 'h');
  response.database = "shop";
  response.plugin = "caching_sha2_password";
  response.attributes = {{"_client_name", "libmysql"}, {"program_name", "mysql"}};
  return response;
}

TEST_CASE("a handshake response keeps its fields in each of its three layouts") {
  for (Capabilities without : {Capabilities{0}, capability::kLenencClientData,
                               capability::kLenencClientData | capability::kSecureConnection}) {
    HandshakeResponse41 response = Response();
    response.capabilities &= ~without;
    std::string payload = response.Encode();
    auto read = RoundTrip<HandshakeResponse41>(payload, GatewayCapabilities({}));
    CHECK(read.user == response.user);
    CHECK(read.auth_response == response.auth_response);
    CHECK(read.database == response.database);
    CHECK(read.plugin == response.plugin);
    CHECK(read.attributes == response.attributes);
    CHECK(read.Encode() == payload);
  }
}

TEST_CASE("a handshake response without optional fields has none") {
  HandshakeResponse41 response = Response();
  response.capabilities &= ~(capability::kConnectWithDb | capability::kConnectAttrs);
  auto read = RoundTrip<HandshakeResponse41>(response.Encode(), GatewayCapabilities({}));
  CHECK_FALSE(read.database.has_value());
  CHECK(read.attributes.empty());
}

TEST_CASE("attributes that do not fit their block, or are over 64 KiB, are refused") {
  HandshakeResponse41 response = Response();
  response.attributes = {{"k", std::string(70000, 'v')}};
  CHECK(absl::IsResourceExhausted(
      HandshakeResponse41::Decode(AsBytes(response.Encode()), GatewayCapabilities({})).status()));
  response.attributes = {{"key", "value"}};
  std::string payload = response.Encode();
  payload[payload.size() - 6] = '\x7F';  // the value's length
  CHECK(absl::IsInvalidArgument(HandshakeResponse41::Decode(AsBytes(payload), GatewayCapabilities({})).status()));
}

TEST_CASE("an SSL request is exactly 32 bytes") {
  SslRequest request{GatewayCapabilities({}), 1 << 24, 45};
  std::string payload = request.Encode();
  CHECK(payload.size() == 32);
  CHECK(RoundTrip<SslRequest>(payload).capabilities == request.capabilities);
  CHECK_FALSE(SslRequest::Decode(AsBytes(payload + "x")).ok());
  CHECK_FALSE(SslRequest::Decode(AsBytes(payload).first(4)).ok());
}

TEST_CASE("a bare FE asks for pre-4.1 authentication, which is unsupported") {
  CHECK(absl::IsUnimplemented(AuthSwitchRequest::Decode(AsBytes("\xFE"s)).status()));
}

TEST_CASE("a change of user keeps its fields, and old clients may stop after the schema") {
  ComChangeUser request{"bot", "hash", "shop", 45, "mysql_native_password", {{"a", "b"}}};
  Capabilities all = GatewayCapabilities({});
  auto read = RoundTrip<ComChangeUser>(request.Encode(all), all);
  CHECK(read.user == "bot");
  CHECK(read.auth_response == "hash");
  CHECK(read.charset == 45);
  CHECK(read.plugin == "mysql_native_password");
  CHECK(read.attributes == request.attributes);
  CHECK(RoundTrip<ComChangeUser>("\x11"s + "bot\0\0shop\0"s, all).database == "shop");
}

TEST_CASE("an OK keeps its session tracking") {
  OkPacket ok;
  ok.affected_rows = 300;
  ok.last_insert_id = 70000;
  ok.status_flags = server_status::kAutocommit | server_status::kSessionStateChanged;
  ok.warnings = 2;
  ok.info = "Rows matched: 1";
  ok.changes = {
      {track::kSystemVariable, "sql_mode", "ANSI"}, {track::kSchema, "", "shop"}, {track::kGtids, "", "\0x"s}};
  std::string payload = ok.Encode(capability::kSessionTrack);
  auto read = RoundTrip<OkPacket>(payload, capability::kSessionTrack);
  CHECK(read.changes == ok.changes);
  CHECK(read.info == ok.info);
  CHECK(read.affected_rows == 300);
  CHECK(read.Encode(capability::kSessionTrack) == payload);
}

TEST_CASE("a redirect is taken out of an OK and nothing else is") {
  OkPacket ok;
  ok.status_flags |= server_status::kSessionStateChanged;
  ok.changes = {{track::kSystemVariable, "REDIRECT_URL", "mysql://elsewhere"}, {track::kSchema, "", "shop"}};
  CHECK(ok.StripChanges(capability::kSessionTrack));
  auto read = RoundTrip<OkPacket>(ok.Encode(capability::kSessionTrack), capability::kSessionTrack);
  CHECK(read.changes == std::vector<SessionChange>{{track::kSchema, "", "shop"}});
  CHECK_FALSE(ok.StripChanges(capability::kSessionTrack));
}

TEST_CASE("an agent without session tracking gets an OK without it") {
  OkPacket ok;
  ok.status_flags |= server_status::kSessionStateChanged;
  ok.changes = {{track::kSchema, "", "shop"}};
  CHECK(ok.StripChanges(0));
  CHECK(ok.Encode(0) == "\x00\x00\x00\x02\x00\x00\x00"s);
}

TEST_CASE("ERR and EOF keep their fields") {
  ErrPacket error{1142, "42000", "SELECT command denied"};
  auto read = RoundTrip<ErrPacket>(error.Encode());
  CHECK(read.code == 1142);
  CHECK(read.sqlstate == "42000");
  CHECK(read.message == error.message);
  CHECK(RoundTrip<ErrPacket>(error.Encode(false)).message == error.message);
  EofPacket eof{3, 0x22};
  CHECK(RoundTrip<EofPacket>(eof.Encode()).warnings == 3);
}

TEST_CASE("definitions and prepare-OK keep their fields") {
  ColumnDefinition41 column{"def", "shop", "c", "customers", "mail", "email", 255, 400, FieldType::kVarString, 1, 0};
  std::string payload = column.Encode();
  CHECK(RoundTrip<ColumnDefinition41>(payload).Encode() == payload);
  CHECK(RoundTrip<ColumnDefinition41>(payload + "\xFB"s, true).org_name == "email");
  CHECK_FALSE(ColumnDefinition41::Decode(AsBytes(payload + "\xFB"s)).ok());
  PrepareOk prepared{7, 3, 2, 1};
  CHECK(RoundTrip<PrepareOk>(prepared.Encode()).Encode() == prepared.Encode());
  CHECK_FALSE(ColumnCount::Decode(AsBytes("\0"s)).ok());
  CHECK_FALSE(ColumnCount::Decode(AsBytes("\x02\x00"s)).ok());
}

TEST_CASE("small commands keep their fields and refuse left-over bytes") {
  CHECK(RoundTrip<ComInitDb>(ComInitDb{"shop"}.Encode()).schema == "shop");
  auto list = ComFieldList{"orders", "%"}.Encode();
  CHECK(RoundTrip<ComFieldList>(list).table == "orders");
  CHECK(RoundTrip<ComFieldList>(list).wildcard == "%");
  CHECK(RoundTrip<ComStmtPrepare>(ComStmtPrepare{"SELECT ?"}.Encode()).sql == "SELECT ?");
  CHECK(RoundTrip<ComStmtFetch>(ComStmtFetch{1, 50}.Encode()).rows == 50);
  CHECK(RoundTrip<ComSetOption>(ComSetOption{1}.Encode()).option == 1);
  CHECK(RoundTrip<ComProcessKill>(ComProcessKill{99}.Encode()).connection_id == 99);
  CHECK(RoundTrip<ComStmtId>(ComStmtId{5}.Encode(Command::kStmtReset)).statement_id == 5);
  CHECK_FALSE(ComStmtId::Decode(AsBytes(ComStmtId{5}.Encode(Command::kStmtClose) + "x")).ok());
  CHECK_FALSE(ComInitDb::Decode(AsBytes("\x03SELECT 1"s)).ok());
  CHECK(DecodeBareCommand(AsBytes(EncodeBareCommand(Command::kPing))).ok());
  CHECK_FALSE(DecodeBareCommand(AsBytes("\x0E."s)).ok());
  CHECK_FALSE(DecodeBareCommand({}).ok());
}

}  // namespace
}  // namespace postern::mysql
