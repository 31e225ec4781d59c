#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>

#include "tests/unit/common/mysql/recorded_reply.h"

namespace postern::mysql {
namespace {

constexpr Capabilities kModern = capability::kProtocol41 | capability::kSessionTrack | capability::kDeprecateEof;

class CuttingSink final : public RememberingSink {
 public:
  ErrPacket OnCut() override {
    ++cuts;
    return {1226, "42000", "enough"};
  }
  int cuts = 0;
};

struct Walk {
  ResponseWalker walker{{.upstream = kModern, .agent = kModern}};
  CuttingSink sink;
  absl::Status status;
};

Walk WalkReply(const std::string& wire, ReplyLimits limits, size_t step = SIZE_MAX) {
  Walk walk;
  walk.walker.Begin(ReplyShape::kQuery, 0, 0, limits);
  for (size_t at = 0; at < wire.size() && walk.status.ok(); at += std::min(step, wire.size() - at)) {
    walk.status = walk.walker.Feed(AsBytes(std::string_view(wire).substr(at, step)), walk.sink);
  }
  return walk;
}

// One column, `rows` rows of one digit, and whatever ends them.
ReplyBuilder Rows(int rows) {
  ReplyBuilder reply(kModern);
  reply.Packet("\x01").Column("n").DefinitionsEnd();
  for (int i = 0; i < rows; ++i) reply.Packet(std::string("\x01") + static_cast<char>('0' + i % 10));
  return reply;
}

// What an agent would get: the reply as far as it goes, and the ERR in the next packet.
std::string CutAfter(int rows) {
  return Rows(rows).Packet(ErrPacket{1226, "42000", "enough"}.Encode()).wire();
}

}  // namespace

TEST_CASE("a reply within its limits is not touched") {
  const std::string wire = Rows(5).RowsEnd(server_status::kAutocommit).wire();
  Walk walk = WalkReply(wire, {.rows = 5, .row_bytes = 5 * 6});
  CHECK(walk.walker.done());
  CHECK(walk.sink.passed == wire);
  CHECK(walk.sink.cuts == 0);
  CHECK(walk.walker.summary().row_bytes == 30);
}

TEST_CASE("a reply is cut before the row that is too much, wherever its pieces are cut") {
  const std::string wire = Rows(600).RowsEnd(server_status::kAutocommit).wire();
  for (const ReplyLimits limits : {ReplyLimits{.rows = 3}, ReplyLimits{.row_bytes = 3 * 6 + 5}}) {
    for (const size_t step : {SIZE_MAX, size_t{1}, size_t{5}, size_t{7}}) {
      Walk walk = WalkReply(wire, limits, step);
      CHECK(walk.status.ok());
      CHECK(walk.walker.done());
      CHECK(walk.sink.passed == CutAfter(3));
      CHECK(walk.sink.cuts == 1);
      CHECK(walk.walker.summary().rows == 3);
      CHECK(walk.walker.summary().cut->code == 1226);
    }
  }
}

TEST_CASE("what is left may change from piece to piece, and never beyond the limits") {
  const std::string wire = Rows(9).RowsEnd(server_status::kAutocommit).wire();
  constexpr uint64_t kEndless = std::numeric_limits<uint64_t>::max();
  for (const auto& [limit, rest, expected] : {std::tuple(kEndless, uint64_t{4}, 4), std::tuple(uint64_t{3}, uint64_t{4}, 3),
                                              std::tuple(uint64_t{3}, kEndless, 3)}) {
    Walk walk;
    walk.walker.Begin(ReplyShape::kQuery, 0, 0, {.rows = limit});
    for (size_t at = 0; at < wire.size() && walk.status.ok(); at += 7) {
      const uint64_t seen = walk.walker.summary().rows;
      walk.walker.LimitRest(rest == kEndless ? rest : rest - std::min(rest, seen), kEndless);
      walk.status = walk.walker.Feed(AsBytes(std::string_view(wire).substr(at, 7)), walk.sink);
    }
    CHECK(walk.status.ok());
    CHECK(walk.sink.passed == CutAfter(expected));
  }
}

TEST_CASE("a limit of no rows leaves the definitions and the error") {
  const Walk walk = WalkReply(Rows(1).RowsEnd(server_status::kAutocommit).wire(), {.rows = 0});
  CHECK(walk.sink.passed == CutAfter(0));
}

TEST_CASE("a server that was stopped ends a cut reply with its own error, of which the agent hears nothing") {
  const std::string wire = Rows(9).Packet(ErrPacket{1317, "70100", "Query execution was interrupted"}.Encode()).wire();
  const Walk walk = WalkReply(wire, {.rows = 2});
  CHECK(walk.sink.passed == CutAfter(2));
  CHECK(walk.walker.done());
}

TEST_CASE("results after the cut are swallowed too") {
  const std::string wire = Rows(4).RowsEnd(server_status::kAutocommit | server_status::kMoreResults).wire();
  ReplyBuilder both = Rows(4).RowsEnd(server_status::kAutocommit | server_status::kMoreResults);
  both.Packet("\x01").Column("m").DefinitionsEnd().Packet("\x01" "7").RowsEnd(server_status::kAutocommit);
  const Walk walk = WalkReply(both.wire(), {.rows = 3});
  CHECK(walk.status.ok());
  CHECK(walk.walker.done());
  CHECK(walk.sink.passed == CutAfter(3));
}

TEST_CASE("an OK that changed too much is told as the cut") {
  OkPacket ok;
  ok.affected_rows = 10;
  ok.status_flags = server_status::kAutocommit;
  const std::string wire = ReplyBuilder(kModern).Packet(ok.Encode(kModern)).wire();
  CHECK(WalkReply(wire, {.affected_rows = 10}).sink.passed == wire);
  const Walk walk = WalkReply(wire, {.affected_rows = 9});
  CHECK(walk.sink.passed == ReplyBuilder(kModern).Packet(ErrPacket{1226, "42000", "enough"}.Encode()).wire());
  CHECK(walk.walker.summary().affected_rows == 10);
}

}  // namespace postern::mysql
