// Every truncation and every change of one byte of a recorded login and of a recorded result, from either side, ends in
// an answer or a refusal: never in a crash, a hang or a success that should not be. The sanitizers watch.
#include <catch2/catch.hpp>

#include <string>

#include "common/mysql/message/auth.h"
#include "tests/unit/common/mysql/login_dialogue.h"
#include "tests/unit/common/mysql/recorded_reply.h"

namespace postern::mysql {
namespace {

using namespace std::string_literals;

template <typename Try>
void TruncateAndMutate(const std::string& recorded, Try attempt) {
  for (size_t length = 0; length < recorded.size(); ++length) attempt(recorded.substr(0, length), length);
  for (size_t at = 0; at < recorded.size(); ++at) {
    std::string changed = recorded;
    for (int value = 0; value < 256; ++value) {
      changed[at] = static_cast<char>(value);
      if (changed[at] != recorded[at]) attempt(changed, at);
    }
  }
}

std::string ClientBytes() {
  HandshakeResponse41 response;
  response.capabilities = GatewayCapabilities({});
  response.charset = 255;
  response.user = "bot+shop";
  response.auth_response = std::string(20, 'n');
  response.database = "shop";
  response.plugin = "mysql_native_password";
  response.attributes = {{"_os", "Linux"}, {"_pid", "4711"}};
  return Wire(SslRequest{response.capabilities, 0, 255}.Encode(), 1) + Wire(response.Encode(), 2) +
         Wire(std::string(32, 'h'), 4) + Wire("token\0"s, 6);
}

TEST_CASE("a client's login, cut and changed, never logs in with another secret") {
  std::string recorded = ClientBytes();
  CHECK(std::holds_alternative<LoggedIn>(PlayServer(ServerLogin(GatewayOptions()), recorded).last.next));
  TruncateAndMutate(recorded, [&](const std::string& bytes, size_t) {
    ServerPlay play = PlayServer(ServerLogin(GatewayOptions()), bytes);
    bool logged_in = std::holds_alternative<LoggedIn>(play.last.next);
    if (logged_in) REQUIRE(play.claimed.find("/token/") != std::string::npos);
    if (bytes.size() < recorded.size()) REQUIRE_FALSE(logged_in);
    if (std::holds_alternative<LoginFailed>(play.last.next)) {
      REQUIRE(ErrPacket::Decode(AsBytes(Payloads(play.last.send).back())).ok());
    }
  });
}

TEST_CASE("a server's side of a login, cut and changed, never hangs the relay") {
  HandshakeV10 greeting;
  greeting.server_version = "9.7.4";
  greeting.scramble = kTestScramble;
  greeting.capabilities = 0xDFFFFFFF;
  greeting.plugin = "mysql_native_password";
  std::string recorded = Wire(greeting.Encode(), 0) +
                         Wire(AuthSwitchRequest{"caching_sha2_password", kTestScramble + '\0'}.Encode(), 3) +
                         Wire("\x01\x04", 5) + Wire(OkPacket{}.Encode(0), 7);
  auto options = [] {
    ClientLogin::Options result;
    result.user = "postern";
    result.password = Secret("secret");
    result.agent_capabilities = GatewayCapabilities({});
    return result;
  };
  CHECK(std::holds_alternative<Connected>(PlayClient(ClientLogin(options()), recorded).last.next));
  TruncateAndMutate(recorded, [&](const std::string& bytes, size_t) {
    ClientPlay play = PlayClient(ClientLogin(options()), bytes);
    bool connected = std::holds_alternative<Connected>(play.last.next);
    if (bytes.size() < recorded.size()) REQUIRE_FALSE(connected);
    // Whatever the server does, the password shows only after TLS was asked for.
    size_t secret_at = play.sent.find("secret");
    if (secret_at != std::string::npos) REQUIRE(SslRequest::Decode(AsBytes(Payloads(play.sent).at(0))).ok());
  });
}

struct RecordedReply {
  ReplyShape shape;
  Capabilities capabilities;
  std::string wire;
};

std::vector<RecordedReply> Replies() {
  std::vector<RecordedReply> replies;
  OkPacket tracked;
  tracked.status_flags |= server_status::kSessionStateChanged | server_status::kMoreResults;
  tracked.info = "Rows matched: 1";
  tracked.changes = {{0, "sql_mode", "ANSI"}, {0, "redirect_url", "mysql://x"}, {1, "", "shop"}};
  for (Capabilities extra : {Capabilities{0}, capability::kDeprecateEof}) {
    Capabilities capabilities = capability::kProtocol41 | capability::kSessionTrack | extra;
    auto reply = [&] { return ReplyBuilder(capabilities); };
    replies.push_back({ReplyShape::kQuery, capabilities,
                       reply()
                           .Ok(tracked)
                           .Packet("\x02")
                           .Column("id")
                           .Column("email")
                           .DefinitionsEnd()
                           .Packet("\x01"
                                   "1\x05"
                                   "a@b.c")
                           .Packet("\x01"
                                   "2\xFB")
                           .RowsEnd()
                           .wire()});
    replies.push_back({ReplyShape::kExecute, capabilities,
                       reply().Packet("\x01").Column("id").DefinitionsEnd().Packet("\0\0\x01x"s).Err(1317).wire()});
    replies.push_back({ReplyShape::kPrepare, capabilities,
                       reply()
                           .Packet(PrepareOk{5, 1, 1, 0}.Encode())
                           .Column("?")
                           .DefinitionsEnd()
                           .Column("a")
                           .DefinitionsEnd()
                           .wire()});
    replies.push_back({ReplyShape::kFieldList, capabilities,
                       reply().Packet(ColumnDefinition41{}.Encode() + "\x01x"s).RowsEnd().wire()});
    replies.push_back({ReplyShape::kFetch, capabilities, reply().Packet("\0\0\x01x"s).RowsEnd(0x80).wire()});
  }
  return replies;
}

TEST_CASE("a result, cut and changed, is walked to the same end in one chunk and in many") {
  for (const RecordedReply& reply : Replies()) {
    TruncateAndMutate(reply.wire, [&](const std::string& bytes, size_t at) {
      CAPTURE(static_cast<int>(reply.shape), at);
      ResponseWalker::Options options{reply.capabilities, reply.capabilities};
      ResponseWalker whole(options);
      RememberingSink whole_sink;
      whole.Begin(reply.shape);
      bool whole_ok = whole.Feed(AsBytes(bytes), whole_sink).ok();

      ResponseWalker pieces(options);
      RememberingSink pieces_sink;
      pieces.Begin(reply.shape);
      bool pieces_ok = true;
      for (size_t i = 0; i < bytes.size() && pieces_ok; i += 3) {
        pieces_ok = pieces.Feed(AsBytes(std::string_view(bytes).substr(i, 3)), pieces_sink).ok();
      }
      REQUIRE(pieces_ok == whole_ok);
      REQUIRE(pieces.done() == whole.done());
      REQUIRE(pieces_sink.events == whole_sink.events);
      REQUIRE(pieces_sink.passed == whole_sink.passed);
      REQUIRE(pieces_sink.passed.size() <= bytes.size());
    });
  }
}

}  // namespace
}  // namespace postern::mysql
