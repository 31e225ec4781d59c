// Replies of every shape.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/masking/error_text.h"
#include "tests/unit/gateway/masking/masked_reply.h"

namespace postern::masking {
namespace {

using namespace std::string_literals;
using mysql::ReplyBuilder;
using mysql::ReplyShape;
using policy::MaskKind;

constexpr mysql::Capabilities kClassic = mysql::capability::kProtocol41 | mysql::capability::kSessionTrack;
constexpr mysql::Capabilities kModern = kClassic | mysql::capability::kDeprecateEof;
const mysql::ColumnDefinition41 kText = Column(FieldType::kVarString, kUtf8mb4, column_flag::kNotNull);

mysql::ColumnDefinition41 Described(const policy::Mask& mask) { return CompileMask(mask, kText, kUtf8mb4).definition; }

const policy::Mask kHash8 = MaskOf(MaskKind::kHash, 8);
const policy::Mask kNull = MaskOf(MaskKind::kNull);
const policy::Mask kRedact = MaskOf(MaskKind::kRedact);

// One reply as the server sends it and as the agent gets it.
struct Exchange {
  const char* what;
  ReplyShape shape;
  std::function<void(ReplyBuilder&)> server;
  std::function<void(ReplyBuilder&)> agent;
};

TEST_CASE("replies of every shape, whole and in pieces, in both forms of ending") {
  const uint16_t more = mysql::server_status::kMoreResults;
  mysql::OkPacket ok;
  ok.affected_rows = 3;
  ok.info = "Rows matched: 3  Changed: 2  Warnings: 0";
  mysql::OkPacket first_ok = ok;
  first_ok.status_flags |= more;
  const auto masked = [](ReplyBuilder& b) -> ReplyBuilder& {
    return b.Packet("\x01").Packet(Described(kNull).Encode());
  };
  const auto clear = [](ReplyBuilder& b) -> ReplyBuilder& { return b.Packet("\x01").Packet(kText.Encode()); };
  const auto same = [](auto build) { return std::pair(build, build); };
  const auto unchanged = [&](const char* what, ReplyShape shape, auto build) {
    const auto [server, agent] = same(build);
    return Exchange{what, shape, server, agent};
  };
  for (const Exchange& test : {
           unchanged("OK", ReplyShape::kQuery, [&](ReplyBuilder& b) { b.Ok(ok); }),
           unchanged("simple OK", ReplyShape::kSimple, [&](ReplyBuilder& b) { b.Ok(ok); }),
           unchanged("simple end", ReplyShape::kSimple, [&](ReplyBuilder& b) { b.RowsEnd(); }),
           unchanged("statistics", ReplyShape::kStatistics, [&](ReplyBuilder& b) { b.Packet("Uptime: 1"); }),
           unchanged("field list", ReplyShape::kFieldList,
                     [&](ReplyBuilder& b) { b.Packet(kText.Encode() + "\xFB"s).RowsEnd(); }),
           unchanged("prepare without columns", ReplyShape::kPrepare,
                     [&](ReplyBuilder& b) {
                       b.Packet(mysql::PrepareOk{5, 0, 1, 0}.Encode()).Packet(kText.Encode()).DefinitionsEnd();
                     }),
           Exchange{"no rows", ReplyShape::kQuery, [&](ReplyBuilder& b) { clear(b).DefinitionsEnd().RowsEnd(); },
                    [&](ReplyBuilder& b) { masked(b).DefinitionsEnd().RowsEnd(); }},
           Exchange{"text rows", ReplyShape::kQuery,
                    [&](ReplyBuilder& b) {
                      clear(b)
                          .DefinitionsEnd()
                          .Packet(
                              "\x06"
                              "CANARY")
                          .Packet("\xFB")
                          .RowsEnd();
                    },
                    [&](ReplyBuilder& b) { masked(b).DefinitionsEnd().Packet("\xFB").Packet("\xFB").RowsEnd(); }},
           Exchange{"binary rows", ReplyShape::kExecute,
                    [&](ReplyBuilder& b) {
                      clear(b)
                          .DefinitionsEnd()
                          .Packet(
                              "\0\0\x06"
                              "CANARY"s)
                          .RowsEnd();
                    },
                    [&](ReplyBuilder& b) { masked(b).DefinitionsEnd().Packet("\0\x04"s).RowsEnd(); }},
           Exchange{"several results", ReplyShape::kQuery,
                    [&](ReplyBuilder& b) {
                      clear(b.Ok(first_ok))
                          .DefinitionsEnd()
                          .Packet(
                              "\x06"
                              "CANARY")
                          .RowsEnd(more);
                      clear(b)
                          .DefinitionsEnd()
                          .Packet(
                              "\x06"
                              "CANARY")
                          .RowsEnd(more)
                          .Ok(ok);
                    },
                    [&](ReplyBuilder& b) {
                      masked(b.Ok(first_ok)).DefinitionsEnd().Packet("\xFB").RowsEnd(more);
                      masked(b).DefinitionsEnd().Packet("\xFB").RowsEnd(more).Ok(ok);
                    }},
           Exchange{"ERR among rows", ReplyShape::kQuery,
                    [&](ReplyBuilder& b) {
                      clear(b).DefinitionsEnd().Packet(
                          "\x06"
                          "CANARY");
                      b.Packet(mysql::ErrPacket{1292, "22007", "Incorrect value: 'CANARY'"}.Encode());
                    },
                    [&](ReplyBuilder& b) {
                      masked(b).DefinitionsEnd().Packet("\xFB");
                      b.Packet(ErrorForAgent({1292, "22007", ""}).Encode());
                    }},
           Exchange{"ERR among definitions", ReplyShape::kQuery,
                    [&](ReplyBuilder& b) { b.Packet("\x02").Packet(kText.Encode()).Err(1317); },
                    [&](ReplyBuilder& b) { b.Err(1317); }},
           Exchange{"prepare", ReplyShape::kPrepare,
                    [&](ReplyBuilder& b) {
                      b.Packet(mysql::PrepareOk{5, 1, 1, 0}.Encode()).Packet(kText.Encode()).DefinitionsEnd();
                      b.Packet(kText.Encode()).DefinitionsEnd();
                    },
                    [&](ReplyBuilder& b) {
                      b.Packet(mysql::PrepareOk{5, 1, 1, 0}.Encode()).Packet(kText.Encode()).DefinitionsEnd();
                      b.Packet(Described(kNull).Encode()).DefinitionsEnd();
                    }},
       }) {
    for (const mysql::Capabilities capabilities : {kClassic, kModern}) {
      ReplyBuilder server(capabilities);
      ReplyBuilder agent(capabilities);
      test.server(server);
      test.agent(agent);
      for (const size_t step : {SIZE_MAX, size_t{1}, size_t{2}, size_t{3}, size_t{7}}) {
        CAPTURE(test.what, capabilities == kModern, step);
        FixedJudge judge({kNull});
        const Masked reply = MaskReply(test.shape, server.wire(), judge, capabilities, step);
        INFO(reply.status.ToString());
        CHECK(reply.done);
        CHECK(reply.out == agent.wire());
      }
      for (size_t length = 0; length < server.wire().size(); ++length) {
        FixedJudge judge({kNull});
        const Masked reply = MaskReply(test.shape, server.wire().substr(0, length), judge, capabilities);
        CHECK(reply.status.ok());
        CHECK_FALSE(reply.done);
        CHECK(reply.out.find("CANARY") == std::string::npos);
      }
      FixedJudge judge({kNull});
      CHECK_FALSE(MaskReply(test.shape, server.wire() + "x", judge, capabilities).status.ok());
    }
  }
}

TEST_CASE("a cursor's rows come later and are masked as its definitions said") {
  const uint16_t cursor = mysql::server_status::kCursorExists;
  for (const mysql::Capabilities capabilities : {kClassic, kModern}) {
    ReplyBuilder execute(capabilities);
    execute.Packet("\x01").Packet(kText.Encode());
    capabilities == kClassic ? execute.DefinitionsEnd(cursor) : execute.RowsEnd(cursor);
    FixedJudge judge({kRedact});
    ResultMasker::Options options;
    options.capabilities = capabilities;
    ResultMasker masker(options);
    masker.Begin(ReplyShape::kExecute, judge);
    CHECK(Feed(masker, execute.wire(), 1).done);
    const auto masks = masker.masks();
    REQUIRE(masks);

    const std::string fetched = ReplyBuilder(capabilities)
                                    .Packet(
                                        "\0\0\x06"
                                        "CANARY"s)
                                    .RowsEnd(mysql::server_status::kLastRowSent)
                                    .wire();
    const std::string seen =
        ReplyBuilder(capabilities).Packet("\0\0\x0A[redacted]"s).RowsEnd(mysql::server_status::kLastRowSent).wire();
    masker.Begin(ReplyShape::kFetch, judge, 1, 1, masks);
    const Masked reply = Feed(masker, fetched, 3);
    CHECK(reply.done);
    CHECK(reply.out == seen);
    CHECK(judge.asked == 1);

    masker.Begin(ReplyShape::kFetch, judge);  // whoever forgot the masks gets nothing
    const Masked forgotten = Feed(masker, fetched, SIZE_MAX);
    CHECK_FALSE(forgotten.status.ok());
    CHECK(forgotten.out.empty());
  }
}

TEST_CASE("a result that is withheld is an error in its place, and the rest of the reply is swallowed") {
  const uint16_t more = mysql::server_status::kMoreResults;
  for (const mysql::Capabilities capabilities : {kClassic, kModern}) {
    for (const ReplyShape shape : {ReplyShape::kQuery, ReplyShape::kExecute, ReplyShape::kPrepare}) {
      ReplyBuilder server(capabilities);
      const std::string row = shape == ReplyShape::kQuery ? "\x06"
                                                            "CANARY"s
                                                          : "\0\0\x06"
                                                            "CANARY"s;
      if (shape == ReplyShape::kPrepare) {
        server.Packet(mysql::PrepareOk{5, 1, 0, 0}.Encode()).Packet(kText.Encode()).DefinitionsEnd();
      } else {
        server.Packet("\x01").Packet(kText.Encode()).DefinitionsEnd().Packet(row).RowsEnd(more);
        server.Packet("\x01").Packet(kText.Encode()).DefinitionsEnd().Packet(row).Packet(row).RowsEnd(more).Ok({});
      }
      for (const size_t step : {SIZE_MAX, size_t{1}}) {
        FixedJudge judge({kRedact});
        judge.withhold = true;
        ResultMasker::Options options;
        options.capabilities = capabilities;
        ResultMasker masker(options);
        masker.Begin(shape, judge);
        const Masked reply = Feed(masker, server.wire(), step);
        INFO(reply.status.ToString());
        CHECK(reply.done);
        CHECK(reply.out ==
              ReplyBuilder(capabilities).Packet(mysql::ErrPacket{1142, "42000", "withheld"}.Encode()).wire());
        CHECK(masker.withheld()->code == 1142);
        CHECK(judge.asked == 1);
      }
    }
  }
}

TEST_CASE("the judge sees every column before anything is out, and masks for another result are refused") {
  struct Curious : FixedJudge {
    using FixedJudge::FixedJudge;
    Verdict OnColumns(RowMasks::Columns columns, size_t result) override {
      out_before = out != nullptr ? out->size() : 0;
      return FixedJudge::OnColumns(columns, result);
    }
    const std::string* out = nullptr;
    size_t out_before = 99;
  };
  ReplyBuilder server(kModern);
  server.Packet("\x02").Packet(kText.Encode()).Packet(kText.Encode()).Packet("\x01x\x01y").RowsEnd();
  Curious judge({kRedact, std::nullopt});
  ResultMasker::Options options;
  options.capabilities = kModern;
  ResultMasker masker(options);
  masker.Begin(ReplyShape::kQuery, judge);
  std::string out;
  judge.out = &out;
  mysql::Bytes wire = mysql::AsBytes(server.wire());
  REQUIRE(masker.Feed(wire, out).ok());
  CHECK(judge.out_before == 0);
  CHECK(judge.seen.size() == 2);

  FixedJudge short_of_one({kRedact});
  const Masked reply = MaskReply(ReplyShape::kQuery, server.wire(), short_of_one, kModern);
  CHECK(reply.done);
  CHECK(PacketsOf(reply.out)->size() == 1);
}

TEST_CASE("warnings lose their texts, keep level and number") {
  struct WarningsJudge : ResultJudge {
    Verdict OnColumns(RowMasks::Columns columns, size_t) override {
      auto masks = RowMasks::ForWarnings(columns, {HashKey("key"), kUtf8mb4});
      if (!masks.ok()) return {nullptr, {1105, "HY000", "no warnings"}};
      return {*masks, {}};
    }
  };
  const std::vector<mysql::ColumnDefinition41> columns = {
      Column(FieldType::kVarString, kUtf8mb4), Column(FieldType::kLong), Column(FieldType::kVarString, kUtf8mb4)};
  const std::vector<Values> rows = {{"Warning", "1292", "Truncated incorrect DOUBLE value: 'CANARY'"},
                                    {"Note", "1051", "Unknown table 'shop.x'"},
                                    {"Note", "1003", "/* select#1 */ select 'CANARY' AS `ssn`"}};
  for (const Protocol protocol : {Protocol::kText, Protocol::kBinary}) {
    ReplyBuilder server(kModern);
    server.Packet("\x03");
    for (const auto& column : columns) server.Packet(column.Encode());
    for (const Values& row : rows) server.Packet(protocol == Protocol::kText ? TextRow(row) : BinaryRow(columns, row));
    server.RowsEnd();
    for (const size_t step : {SIZE_MAX, size_t{1}, size_t{10}}) {
      WarningsJudge judge;
      const Masked reply = MaskReply(protocol == Protocol::kText ? ReplyShape::kQuery : ReplyShape::kExecute,
                                     server.wire(), judge, kModern, step);
      CHECK(reply.done);
      CHECK(reply.out.find("CANARY") == std::string::npos);
      const auto packets = PacketsOf(reply.out);
      REQUIRE((packets && packets->size() == 8));
      for (size_t i = 0; i < rows.size(); ++i) {
        const auto seen = ReadRow(columns, protocol, (*packets)[4 + i]);
        REQUIRE(seen);
        CHECK((*seen)[0] == rows[i][0]);
        CHECK((*seen)[1] == rows[i][1]);
        CHECK(*(*seen)[2] == ErrorText(static_cast<uint32_t>(std::stoul(*rows[i][1])), *rows[i][2]));
      }
    }
  }
  WarningsJudge judge;
  const std::string other = ReplyBuilder(kModern).Packet("\x01").Packet(kText.Encode()).RowsEnd().wire();
  CHECK(PacketsOf(MaskReply(ReplyShape::kQuery, other, judge, kModern).out)->size() == 1);
}

TEST_CASE("an OK says counts, and nothing else of the server's") {
  mysql::OkPacket ok;
  ok.info = "CANARY";
  ok.affected_rows = 2;
  FixedJudge judge({});
  const Masked reply = MaskReply(ReplyShape::kQuery, ReplyBuilder(kModern).Ok(ok).wire(), judge, kModern);
  ok.info.clear();
  CHECK(reply.out == ReplyBuilder(kModern).Ok(ok).wire());
}

TEST_CASE("packets are numbered for the agent") {
  ReplyBuilder server(kModern);
  server.Packet("\x01").Packet(kText.Encode());
  for (int i = 0; i < 300; ++i)
    server.Packet(
        "\x06"
        "CANARY");
  server.RowsEnd();
  for (const auto& masks : {Masks{kRedact}, Masks{std::nullopt}}) {
    for (const size_t step : {SIZE_MAX, size_t{5}}) {
      FixedJudge judge(masks);
      ResultMasker::Options options;
      options.capabilities = kModern;
      ResultMasker masker(options);
      masker.Begin(ReplyShape::kQuery, judge, 1, 250);
      const Masked reply = Feed(masker, server.wire(), step);
      CHECK(reply.done);
      const auto packets = PacketsOf(reply.out, 250);
      REQUIRE(packets);
      CHECK(packets->size() == 303);
      CHECK(masker.next_agent_sequence() == static_cast<uint8_t>(250 + 303));
    }
  }
}

TEST_CASE("what no server sends is an error, and nothing comes after it") {
  const std::string definitions = ReplyBuilder(kModern).Packet("\x01").Packet(kText.Encode()).wire();
  const std::string row =
      "\x06"
      "CANARY";
  struct Hostile {
    const char* what;
    ReplyShape shape;
    std::string wire;
  };
  for (const Hostile& test : {
           Hostile{"LOCAL INFILE", ReplyShape::kQuery, ReplyBuilder(kModern).Packet("\xFB/etc/passwd").wire()},
           Hostile{"no columns", ReplyShape::kQuery, ReplyBuilder(kModern).Packet("\xFC\0\0"s).wire()},
           Hostile{"metadata left out", ReplyShape::kQuery, ReplyBuilder(kModern).Packet("\x01\0"s).Packet(row).wire()},
           Hostile{"too many columns", ReplyShape::kQuery, ReplyBuilder(kModern).Packet("\xFC\xFF\xFF").wire()},
           Hostile{"a row in place of a definition", ReplyShape::kQuery,
                   ReplyBuilder(kModern).Packet("\x02").Packet(kText.Encode()).Packet(row).wire()},
           Hostile{"extended metadata", ReplyShape::kQuery,
                   ReplyBuilder(kModern).Packet("\x01").Packet(kText.Encode() + "\x02\0\0"s).wire()},
           Hostile{"out of order", ReplyShape::kQuery, definitions + "\x07\0\0\x09"s + row},
           Hostile{"an empty packet", ReplyShape::kQuery, definitions + "\0\0\0\x03"s},
           Hostile{"rows for a simple command", ReplyShape::kSimple, ReplyBuilder(kModern).Packet("\x01").wire()},
           Hostile{"a text row among binary ones", ReplyShape::kExecute,
                   ReplyBuilder(kModern).Packet("\x01").Packet(kText.Encode()).Packet(row).wire()},
           Hostile{"a cut EOF", ReplyShape::kQuery,
                   ReplyBuilder(kModern).Packet("\x01").Packet(kText.Encode()).Packet("\xFE\0"s).wire()},
       }) {
    for (const size_t step : {SIZE_MAX, size_t{1}}) {
      CAPTURE(test.what, step);
      FixedJudge judge({kRedact});
      ResultMasker::Options options;
      options.capabilities = kModern;
      ResultMasker masker(options);
      masker.Begin(test.shape, judge);
      const Masked reply = Feed(masker, test.wire, step);
      CHECK_FALSE(reply.status.ok());
      CHECK(reply.out.find("CANARY") == std::string::npos);
      CHECK(masker.at_packet_boundary());
      std::string more;
      mysql::Bytes again = mysql::AsBytes(row);
      CHECK_FALSE(masker.Feed(again, more).ok());
      CHECK(more.empty());
    }
  }
  FixedJudge judge({kRedact});
  CHECK_FALSE(
      MaskReply(ReplyShape::kQuery, definitions, judge, kModern | mysql::capability::kOptionalMetadata).status.ok());
}

TEST_CASE("definitions are held up to their limit, output comes in portions") {
  ReplyBuilder server(kModern);
  server.Packet("\x20");
  for (int i = 0; i < 32; ++i) server.Packet(kText.Encode());
  ResultMasker::Options options;
  options.capabilities = kModern;
  options.max_definitions_bytes = 500;
  FixedJudge judge(Masks(32));
  ResultMasker masker(options);
  masker.Begin(ReplyShape::kQuery, judge);
  CHECK(absl::IsResourceExhausted(Feed(masker, server.wire(), SIZE_MAX).status));

  ReplyBuilder rows(kModern);
  rows.Packet("\x01").Packet(kText.Encode());
  for (int i = 0; i < 10000; ++i) rows.Packet("\x01x");
  rows.RowsEnd();
  FixedJudge growing({MaskOf(MaskKind::kFixed, 0, 0, std::string(1000, 'f'))});
  ResultMasker::Options small;
  small.capabilities = kModern;
  small.output_bytes = 10000;
  ResultMasker portions(small);
  portions.Begin(ReplyShape::kQuery, growing);
  mysql::Bytes wire = mysql::AsBytes(rows.wire());
  size_t most = 0;
  while (!wire.empty()) {
    std::string out;
    REQUIRE(portions.Feed(wire, out).ok());
    most = std::max(most, out.size());
  }
  CHECK(portions.done());
  CHECK(most < 12000);
}

// Wants no more than so many different values.
struct CountingJudge final : FixedJudge, ValueWitness {
  using FixedJudge::FixedJudge;
  ValueWitness* witness() override { return this; }
  void OnMasked(std::string_view value) override { values.emplace_back(value); }
  std::optional<mysql::ErrPacket> AfterRow() override {
    if (values.size() <= enough) return std::nullopt;
    return mysql::ErrPacket{1226, "42000", "enough"};
  }
  std::vector<std::string> values;
  size_t enough = 100;
};

TEST_CASE("a result is cut behind the row that showed too much, however it comes") {
  for (const mysql::Capabilities capabilities : {kClassic, kModern}) {
    for (const size_t step : {size_t{1}, size_t{7}, size_t{1000}}) {
      ReplyBuilder server(capabilities);
      server.Packet("\x01").Packet(kText.Encode()).DefinitionsEnd();
      for (const char* value : {"\x03" "ann", "\x03" "bob", "\x03" "cat", "\x03" "dan"}) server.Packet(value);
      server.RowsEnd();
      CountingJudge judge({MaskOf(MaskKind::kKeepLast, 1)});
      judge.enough = 1;
      ResultMasker masker({.capabilities = capabilities});
      masker.Begin(ReplyShape::kQuery, judge);
      const Masked masked = Feed(masker, server.wire(), step);
      CHECK(masked.status.ok());
      CHECK(masked.done);
      CHECK(judge.values == std::vector<std::string>{"ann", "bob"});
      REQUIRE(masker.cut());
      CHECK_FALSE(masker.withheld());
      CHECK(masked.out.find("enough") != std::string::npos);
      CHECK(masked.out.find("enough") + sizeof("enough") - 1 == masked.out.size());
    }
  }
}

TEST_CASE("values that are masked whole are nobody's to count") {
  for (const policy::Mask& mask : {kNull, kRedact}) {
    ReplyBuilder server(kModern);
    server.Packet("\x01").Packet(kText.Encode()).DefinitionsEnd().Packet("\x03" "ann").RowsEnd();
    CountingJudge judge({mask});
    ResultMasker masker({.capabilities = kModern});
    masker.Begin(ReplyShape::kQuery, judge);
    CHECK(Feed(masker, server.wire(), 1000).status.ok());
    CHECK(judge.values.empty());
  }
}

}  // namespace
}  // namespace postern::masking
