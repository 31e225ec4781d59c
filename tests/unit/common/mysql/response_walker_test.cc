#include <catch2/catch.hpp>

#include <string>

#include "tests/unit/common/mysql/recorded_reply.h"

namespace postern::mysql {
namespace {

using namespace std::string_literals;

constexpr Capabilities kClassic = capability::kProtocol41 | capability::kSessionTrack;
constexpr Capabilities kModern = kClassic | capability::kDeprecateEof;

struct Walk {
  ResponseWalker walker;
  RememberingSink sink;
  absl::Status status;
};

Walk WalkReply(ReplyShape shape, const std::string& wire, Capabilities capabilities = kModern, size_t step = SIZE_MAX) {
  ResponseWalker::Options options;
  options.upstream = capabilities;
  options.agent = capabilities;
  Walk walk{ResponseWalker(options), {}, {}};
  walk.walker.Begin(shape);
  for (size_t at = 0; at < wire.size() && walk.status.ok(); at += std::min(step, wire.size() - at)) {
    walk.status = walk.walker.Feed(AsBytes(std::string_view(wire).substr(at, step)), walk.sink);
  }
  return walk;
}

std::string TwoRows(Capabilities capabilities, uint16_t status = server_status::kAutocommit) {
  return ReplyBuilder(capabilities)
      .Packet("\x02")
      .Column("id")
      .Column("email")
      .DefinitionsEnd()
      .Packet(
          "\x01"
          "1\x05"
          "a@b.c")
      .Packet(
          "\x01"
          "2\xFB")
      .RowsEnd(status)
      .wire();
}

TEST_CASE("a text result passes byte for byte in one run, and again in single bytes") {
  for (Capabilities capabilities : {kClassic, kModern}) {
    std::string wire = TwoRows(capabilities);
    for (size_t step : {SIZE_MAX, size_t{1}, size_t{2}, size_t{3}, size_t{7}}) {
      Walk walk = WalkReply(ReplyShape::kQuery, wire, capabilities, step);
      INFO(walk.status.ToString());
      CHECK(walk.status.ok());
      CHECK(walk.walker.done());
      CHECK(walk.sink.passed == wire);
      if (step == SIZE_MAX) CHECK(walk.sink.passes == 1);
      CHECK(walk.sink.events ==
            (capabilities == kClassic ? "count2 col:id col:email eof eof " : "count2 col:id col:email ok "));
      CHECK(walk.walker.summary().rows == 2);
      CHECK(walk.walker.summary().result_sets == 1);
      CHECK(walk.walker.summary().bytes == wire.size());
      CHECK(walk.walker.summary().warnings == 1);
    }
  }
}

TEST_CASE("every reply ends where it should") {
  OkPacket ok;
  ok.affected_rows = 3;
  ok.last_insert_id = 9;
  struct Row {
    const char* what;
    ReplyShape shape;
    std::string modern;
    std::string classic;
  };
  auto both = [](auto build) { return std::pair(build(ReplyBuilder(kModern)), build(ReplyBuilder(kClassic))); };
  auto row = [&](const char* what, ReplyShape shape, auto build) {
    auto [modern, classic] = both(build);
    return Row{what, shape, modern, classic};
  };
  uint16_t more = server_status::kMoreResults;
  for (const Row& test : {
           row("OK", ReplyShape::kQuery, [&](ReplyBuilder b) { return b.Ok(ok).wire(); }),
           row("ERR", ReplyShape::kQuery, [&](ReplyBuilder b) { return b.Err(1064).wire(); }),
           row("simple OK", ReplyShape::kSimple, [&](ReplyBuilder b) { return b.Ok(ok).wire(); }),
           row("SET_OPTION", ReplyShape::kSimple, [&](ReplyBuilder b) { return b.RowsEnd().wire(); }),
           row("no rows", ReplyShape::kQuery,
               [&](ReplyBuilder b) { return b.Packet("\x01").Column("a").DefinitionsEnd().RowsEnd().wire(); }),
           row("ERR among rows", ReplyShape::kQuery,
               [&](ReplyBuilder b) {
                 return b.Packet("\x01").Column("a").DefinitionsEnd().Packet("\x01x").Err(1317).wire();
               }),
           row("three results", ReplyShape::kQuery,
               [&](ReplyBuilder b) {
                 OkPacket first = ok;
                 first.status_flags |= more;
                 return b.Ok(first)
                     .Packet("\x01")
                     .Column("a")
                     .DefinitionsEnd()
                     .Packet("\x01x")
                     .RowsEnd(more)
                     .Ok(ok)
                     .wire();
               }),
           row("ERR after a result", ReplyShape::kQuery,
               [&](ReplyBuilder b) {
                 return b.Packet("\x01").Column("a").DefinitionsEnd().RowsEnd(more).Err(1064).wire();
               }),
           row("binary rows", ReplyShape::kExecute,
               [&](ReplyBuilder b) {
                 return b.Packet("\x01").Column("a").DefinitionsEnd().Packet("\0\0\x01x"s).RowsEnd().wire();
               }),
           row("fetch", ReplyShape::kFetch,
               [&](ReplyBuilder b) { return b.Packet("\0\0\x01x"s).RowsEnd(server_status::kLastRowSent).wire(); }),
           row("prepare", ReplyShape::kPrepare,
               [&](ReplyBuilder b) {
                 return b.Packet(PrepareOk{5, 2, 1, 0}.Encode())
                     .Column("?")
                     .DefinitionsEnd()
                     .Column("a")
                     .Column("b")
                     .DefinitionsEnd()
                     .wire();
               }),
           row("prepare without parameters", ReplyShape::kPrepare,
               [&](ReplyBuilder b) {
                 return b.Packet(PrepareOk{5, 1, 0, 0}.Encode()).Column("a").DefinitionsEnd().wire();
               }),
           row("prepare without either", ReplyShape::kPrepare,
               [&](ReplyBuilder b) { return b.Packet(PrepareOk{5, 0, 0, 0}.Encode()).wire(); }),
           row("prepare refused", ReplyShape::kPrepare, [&](ReplyBuilder b) { return b.Err(1064).wire(); }),
           row("field list", ReplyShape::kFieldList,
               [&](ReplyBuilder b) {
                 return b.Packet(ColumnDefinition41{}.Encode() + "\xFB"s)
                     .Packet(ColumnDefinition41{}.Encode() + "\x01x"s)
                     .RowsEnd()
                     .wire();
               }),
           row("statistics", ReplyShape::kStatistics, [&](ReplyBuilder b) { return b.Packet("Uptime: 1").wire(); }),
       }) {
    for (Capabilities capabilities : {kModern, kClassic}) {
      const std::string& wire = capabilities == kModern ? test.modern : test.classic;
      CAPTURE(test.what, capabilities == kModern);
      for (size_t step : {SIZE_MAX, size_t{1}, size_t{5}}) {
        Walk walk = WalkReply(test.shape, wire, capabilities, step);
        INFO(walk.status.ToString());
        CHECK(walk.status.ok());
        CHECK(walk.walker.done());
        CHECK(walk.sink.passed == wire);
      }
      for (size_t length = 0; length < wire.size(); ++length) {
        Walk cut = WalkReply(test.shape, wire.substr(0, length), capabilities);
        CHECK(cut.status.ok());
        CHECK_FALSE(cut.walker.done());
      }
      CHECK_FALSE(WalkReply(test.shape, wire + "\x01", capabilities).status.ok());
    }
  }
}

TEST_CASE("a command without a reply is done at once, and any byte is too many") {
  Walk walk = WalkReply(ReplyShape::kNone, "");
  CHECK(walk.walker.done());
  CHECK_FALSE(WalkReply(ReplyShape::kNone, "x").status.ok());
}

TEST_CASE("affected rows add up over a batch") {
  OkPacket first;
  first.affected_rows = 2;
  first.status_flags |= server_status::kMoreResults;
  OkPacket second;
  second.affected_rows = 3;
  second.last_insert_id = 8;
  Walk walk = WalkReply(ReplyShape::kQuery, ReplyBuilder(kModern).Ok(first).Ok(second).wire());
  CHECK(walk.walker.summary().affected_rows == 5);
  CHECK(walk.walker.summary().last_insert_id == 8);
}

TEST_CASE("a cursor ends EXECUTE after the definitions") {
  for (Capabilities capabilities : {kClassic, kModern}) {
    ReplyBuilder reply(capabilities);
    reply.Packet("\x01").Column("a");
    capabilities == kClassic ? reply.DefinitionsEnd(server_status::kCursorExists)
                             : reply.RowsEnd(server_status::kCursorExists);
    Walk walk = WalkReply(ReplyShape::kExecute, reply.wire(), capabilities);
    CHECK(walk.walker.done());
    CHECK(walk.walker.summary().cursor_open);
  }
  Walk fetch = WalkReply(ReplyShape::kFetch, ReplyBuilder(kModern).RowsEnd(server_status::kLastRowSent).wire());
  CHECK(fetch.walker.summary().last_row_sent);
}

TEST_CASE("LOCAL INFILE is never passed on") {
  std::string wire = ReplyBuilder(kModern).Packet("\xFB/etc/passwd").wire();
  Walk walk = WalkReply(ReplyShape::kQuery, wire);
  CHECK(absl::IsPermissionDenied(walk.status));
  CHECK(walk.sink.passed.empty());
  Walk execute = WalkReply(ReplyShape::kExecute, wire, kModern, 1);
  CHECK(absl::IsPermissionDenied(execute.status));
  CHECK(execute.sink.passed.empty());
}

TEST_CASE("rows of exactly and over 16 MiB stay one row") {
  for (size_t size : {size_t{kMaxPhysicalPayload} - 1, size_t{kMaxPhysicalPayload}, size_t{kMaxPhysicalPayload} + 1,
                      size_t{2} * kMaxPhysicalPayload, size_t{3} * kMaxPhysicalPayload + 17}) {
    // FE at the start: a first value with eight bytes of length, as only so long a row can have.
    std::string row = "\xFE" + std::string(size - 1, '\xFF');
    if (size < kMaxPhysicalPayload) row[0] = 'x';
    std::string wire = ReplyBuilder(kModern).Packet("\x01").Column("a").Packet(row).Packet("\x01y").RowsEnd().wire();
    for (size_t step : {size_t{64} * 1024, size_t{64} * 1024 + 1}) {
      Walk walk = WalkReply(ReplyShape::kQuery, wire, kModern, step);
      INFO(walk.status.ToString());
      CHECK(walk.walker.done());
      CHECK(walk.walker.summary().rows == 2);
      CHECK(walk.sink.passed == wire);
    }
  }
}

TEST_CASE("tracking is told, kept for the agent that has it and taken from the one that has not") {
  OkPacket ok;
  ok.status_flags |= server_status::kSessionStateChanged;
  ok.changes = {{track::kSystemVariable, "sql_mode", "ANSI"}, {track::kSchema, "", "shop"}};
  std::string wire = ReplyBuilder(kModern).Ok(ok).wire();
  Walk kept = WalkReply(ReplyShape::kQuery, wire);
  CHECK(kept.sink.passed == wire);
  CHECK(kept.walker.summary().changes == ok.changes);

  ResponseWalker::Options options{kModern, kModern & ~capability::kSessionTrack};
  for (size_t step : {wire.size(), size_t{1}}) {
    ResponseWalker walker(options);
    RememberingSink sink;
    walker.Begin(ReplyShape::kQuery);
    for (size_t at = 0; at < wire.size(); at += step) {
      REQUIRE(walker.Feed(AsBytes(std::string_view(wire).substr(at, step)), sink).ok());
    }
    CHECK(walker.done());
    CHECK(sink.passed == "\x07\0\0\x01\0\0\0\x02\0\0\0"s);
    CHECK(walker.summary().changes == ok.changes);
  }
}

TEST_CASE("a redirect never reaches the agent, also at the end of rows") {
  OkPacket end;
  end.ends_rows = true;
  end.status_flags |= server_status::kSessionStateChanged;
  end.changes = {{track::kSystemVariable, "redirect_url", "mysql://evil"}};
  std::string wire = ReplyBuilder(kModern).Packet("\x01").Column("a").Packet("\x01x").Ok(end).wire();
  Walk walk = WalkReply(ReplyShape::kQuery, wire);
  CHECK(walk.walker.done());
  CHECK(walk.sink.passed.find("evil") == std::string::npos);
  end.changes.clear();
  CHECK(walk.sink.passed == ReplyBuilder(kModern).Packet("\x01").Column("a").Packet("\x01x").Ok(end).wire());
}

TEST_CASE("an error can be told in other words, also when it comes in single bytes or in the middle of rows") {
  const ErrPacket servers{1317, "70100", "Query execution was interrupted"};
  const ErrPacket ours{3024, "HY000", "it ran for too long"};
  for (const bool after_rows : {false, true}) {
    const auto reply = [&](const ErrPacket& error) {
      ReplyBuilder builder(kModern);
      if (after_rows) builder.Packet("\x01").Column("a").Packet("\x01x");
      return builder.Packet(error.Encode()).wire();
    };
    for (const size_t step : {size_t{1}, size_t{1000}}) {
      ResponseWalker walker({kModern, kModern});
      RememberingSink sink;
      sink.in_place_of_error = ours;
      walker.Begin(ReplyShape::kQuery);
      const std::string wire = reply(servers);
      for (size_t at = 0; at < wire.size(); at += step) {
        REQUIRE(walker.Feed(AsBytes(std::string_view(wire).substr(at, step)), sink).ok());
      }
      CHECK(walker.done());
      CHECK(sink.passed == reply(ours));
      CHECK(walker.summary().error->code == 3024);
    }
  }
}

TEST_CASE("headers are renumbered when the legs' commands had different lengths") {
  std::string wire = TwoRows(kModern);
  for (size_t step : {wire.size(), size_t{1}, size_t{6}}) {
    ResponseWalker walker({kModern, kModern});
    RememberingSink sink;
    walker.Begin(ReplyShape::kQuery, 0, 254);
    for (size_t at = 0; at < wire.size(); at += step) {
      REQUIRE(walker.Feed(AsBytes(std::string_view(wire).substr(at, step)), sink).ok());
    }
    CHECK(walker.done());
    PacketAssembler agent(1000);
    agent.Append(AsBytes(sink.passed));
    PacketAssembler server(1000);
    server.Append(AsBytes(wire));
    for (uint8_t expected = 255; server.buffered_bytes() > 0; ++expected) {
      auto theirs = server.Next();
      auto ours = agent.Next();
      REQUIRE((ours.ok() && ours->has_value()));
      CHECK((*ours)->first_sequence == expected);
      CHECK(AsText((*ours)->payload) == AsText((*theirs)->payload));
    }
    CHECK(agent.buffered_bytes() == 0);
    CHECK(walker.next_agent_sequence() == static_cast<uint8_t>(255 + 6));
  }
}

TEST_CASE("what a server would not send is an error") {
  struct Row {
    const char* what;
    ReplyShape shape;
    std::string wire;
    Capabilities capabilities = kModern;
  };
  std::string head = ReplyBuilder(kModern).Packet("\x01").Column("a").wire();
  for (const Row& row : {
           Row{"a wrong sequence", ReplyShape::kQuery, "\x07\0\0\x02\0\0\0\x02\0\0\0"s},
           Row{"no columns", ReplyShape::kQuery, ReplyBuilder(kModern).Packet("").wire()},
           Row{"too many columns", ReplyShape::kQuery, ReplyBuilder(kModern).Packet("\xFC\xFF\xFF").wire()},
           Row{"FE for a query", ReplyShape::kQuery, ReplyBuilder(kModern).RowsEnd().wire()},
           Row{"a result for INIT_DB", ReplyShape::kSimple, ReplyBuilder(kModern).Packet("\x01").wire()},
           Row{"a result for PREPARE", ReplyShape::kPrepare, ReplyBuilder(kModern).Packet("\x01").wire()},
           Row{"an EOF that is a row's length", ReplyShape::kQuery,
               head + "\x0A\0\0\x03\xFE"
                      "123456789"s,
               kClassic},
           Row{"a text row among binary ones", ReplyShape::kExecute, head + "\x02\0\0\x03\x01x"s},
           Row{"an empty row", ReplyShape::kQuery, head + "\0\0\0\x03"s},
           Row{"a giant ERR", ReplyShape::kQuery, "\0\0\x20\x01\xFF"s},
           Row{"a giant control packet", ReplyShape::kQuery, "\xFF\xFF\xFF\x01\0"s},
       }) {
    for (size_t step : {SIZE_MAX, size_t{1}}) {
      CAPTURE(row.what, step);
      Walk walk = WalkReply(row.shape, row.wire, row.capabilities, step);
      CHECK_FALSE(walk.status.ok());
      CHECK_FALSE(walk.walker.done());
      CHECK_FALSE(walk.walker.Feed(AsBytes("x"), walk.sink).ok());
    }
  }
}

TEST_CASE("session changes are bounded") {
  ResponseWalker::Options options{kModern, kModern};
  options.max_changes = 2;
  ResponseWalker walker(options);
  RememberingSink sink;
  OkPacket ok;
  ok.status_flags |= server_status::kSessionStateChanged;
  ok.changes = {{0, "a", "1"}, {0, "b", "1"}, {0, "c", "1"}};
  walker.Begin(ReplyShape::kQuery);
  CHECK(absl::IsResourceExhausted(walker.Feed(AsBytes(ReplyBuilder(kModern).Ok(ok).wire()), sink)));
}

}  // namespace
}  // namespace postern::mysql
