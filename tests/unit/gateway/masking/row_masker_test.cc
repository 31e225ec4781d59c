// Rows in pieces, long rows and rows that are not what they should be.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/gateway/masking/masked_reply.h"

namespace postern::masking {
namespace {

using namespace std::string_literals;
using mysql::ReplyShape;
using policy::MaskKind;

constexpr mysql::Capabilities kModern = mysql::capability::kDeprecateEof | mysql::capability::kSessionTrack;
constexpr char kCanary[] = "CANARY-4111111111111111";

std::vector<mysql::ColumnDefinition41> MixedColumns() {
  return {Column(FieldType::kLongLong),
          Column(FieldType::kVarString, kUtf8mb4),
          Column(FieldType::kVarString, kUtf8mb4),
          Column(FieldType::kDatetime),
          Column(FieldType::kVarString, kUtf8mb4),
          Column(FieldType::kNewDecimal, kBinary, 0, 2),
          Column(FieldType::kTiny),
          Column(FieldType::kBlob, kBinary),
          Column(FieldType::kDouble, kBinary, 0, 31),
          Column(FieldType::kVarString, kUtf8mb4)};
}

const Masks kMixedMasks = {
    std::nullopt, MaskOf(MaskKind::kRedact),      MaskOf(MaskKind::kHash, 8), MaskOf(MaskKind::kDateYear),
    std::nullopt, MaskOf(MaskKind::kRound, 0, 0), MaskOf(MaskKind::kNull),    MaskOf(MaskKind::kKeepLast, 2),
    std::nullopt, MaskOf(MaskKind::kEmail)};

const Values kMixedValues = {"1",  kCanary, kCanary, "2026-11-21 01:02:03", "clear", "12.34",
                             "99", kCanary, "2.5",   "CANARY@shop.example"};
const Values kMixedNulls(10, std::nullopt);

std::string Reply(Protocol protocol, RowMasks::Columns columns, const std::vector<Values>& rows) {
  mysql::ReplyBuilder reply(kModern);
  reply.Packet(std::string(1, static_cast<char>(columns.size())));
  for (const auto& column : columns) reply.Packet(column.Encode());
  for (const Values& row : rows) reply.Packet(protocol == Protocol::kText ? TextRow(row) : BinaryRow(columns, row));
  return reply.RowsEnd().wire();
}

ReplyShape ShapeOf(Protocol protocol) {
  return protocol == Protocol::kText ? ReplyShape::kQuery : ReplyShape::kExecute;
}

TEST_CASE("rows are the same however the reply is cut") {
  const auto columns = MixedColumns();
  for (const Protocol protocol : {Protocol::kText, Protocol::kBinary}) {
    const std::string wire = Reply(protocol, columns, {kMixedValues, kMixedNulls, kMixedValues});
    FixedJudge judge(kMixedMasks);
    const Masked whole = MaskReply(ShapeOf(protocol), wire, judge, kModern);
    INFO(whole.status.ToString());
    REQUIRE(whole.done);
    CHECK(whole.out.find("CANARY") == std::string::npos);
    const auto packets = PacketsOf(whole.out);
    REQUIRE((packets && packets->size() == columns.size() + 5));

    std::vector<mysql::ColumnDefinition41> described;
    for (size_t i = 0; i < columns.size(); ++i) {
      described.push_back(*mysql::ColumnDefinition41::Decode(mysql::AsBytes((*packets)[i + 1])));
    }
    const auto row = ReadRow(described, protocol, (*packets)[columns.size() + 1]);
    REQUIRE(row);
    CHECK((*row)[0] == "1");
    CHECK((*row)[1] == "[redacted]");
    CHECK((*row)[2]->size() == 8);
    CHECK((*row)[3] == "2026-01-01 00:00:00");
    CHECK((*row)[4] == "clear");
    CHECK((*row)[5] == "12");
    CHECK((*row)[6] == std::nullopt);
    CHECK((*row)[7] == "****11");
    CHECK((*row)[8] == "2.5");
    CHECK((*row)[9] == "C***@shop.example");
    CHECK(ReadRow(described, protocol, (*packets)[columns.size() + 2]) == kMixedNulls);
    CHECK(ReadRow(described, protocol, (*packets)[columns.size() + 3]) == row);

    for (const size_t step : {1, 2, 3, 5, 7, 11, 64}) {
      FixedJudge again(kMixedMasks);
      CHECK(MaskReply(ShapeOf(protocol), wire, again, kModern, step).out == whole.out);
    }
    for (size_t cut = 1; cut < wire.size(); ++cut) {
      FixedJudge again(kMixedMasks);
      ResultMasker::Options options;
      options.capabilities = kModern;
      ResultMasker masker(options);
      masker.Begin(ShapeOf(protocol), again);
      std::string out = Feed(masker, std::string_view(wire).substr(0, cut), SIZE_MAX).out;
      CHECK_FALSE(masker.done());
      out += Feed(masker, std::string_view(wire).substr(cut), SIZE_MAX).out;
      CHECK(out == whole.out);
    }
  }
}

TEST_CASE("a row that is not what its definitions say ends in an error, and shows nothing masked") {
  const auto columns = MixedColumns();
  for (const Protocol protocol : {Protocol::kText, Protocol::kBinary}) {
    const std::string good = protocol == Protocol::kText ? TextRow(kMixedValues) : BinaryRow(columns, kMixedValues);
    const auto run = [&](const std::string& row, size_t step) {
      mysql::ReplyBuilder reply(kModern);
      reply.Packet(std::string(1, static_cast<char>(columns.size())));
      for (const auto& column : columns) reply.Packet(column.Encode());
      reply.Packet(row).RowsEnd();
      FixedJudge judge(kMixedMasks);
      return MaskReply(ShapeOf(protocol), reply.wire(), judge, kModern, step);
    };
    for (const size_t step : {SIZE_MAX, size_t{1}}) {
      for (size_t length = 1; length < good.size(); ++length) {
        CAPTURE(length, step);
        const Masked masked = run(good.substr(0, length), step);
        CHECK_FALSE(masked.status.ok());
        CHECK(masked.out.find("CANARY") == std::string::npos);
      }
      CHECK_FALSE(run(good + "x", step).status.ok());
      CHECK_FALSE(run(good + kCanary, step).status.ok());
      CHECK(run(good + kCanary, step).out.find("CANARY") == std::string::npos);
    }
    for (size_t at = 0; at < good.size(); ++at) {  // every byte changed: perhaps still a row, never a canary
      for (const char changed : {'\x00', '\x01', '\x7F', '\xFB', '\xFC', '\xFD', '\xFE', '\xFF'}) {
        std::string row = good;
        row[at] = changed;
        const Masked masked = run(row, at % 2 == 0 ? SIZE_MAX : 1);
        CHECK((masked.status.ok() ? masked.out.find(kCanary) == std::string::npos : true));
      }
    }
  }
}

TEST_CASE("a value for a column that has none is refused in a binary row") {
  FixedJudge judge({std::nullopt, MaskOf(MaskKind::kRedact)});
  mysql::ReplyBuilder reply(kModern);
  reply.Packet("\x02").Packet(Column(FieldType::kNull).Encode()).Packet(Column(FieldType::kVarString).Encode());
  reply
      .Packet(
          "\0\0\x03"
          "abc\x02xy"s)
      .RowsEnd();
  CHECK_FALSE(MaskReply(ReplyShape::kExecute, reply.wire(), judge, kModern).status.ok());
}

// id, a long value, and something masked before, after or on both sides of it.
struct LongRow {
  Masks masks;
  Values values;
};

TEST_CASE("rows near and over 16 MiB are masked, split and joined as the protocol wants") {
  const std::vector<mysql::ColumnDefinition41> columns = {Column(FieldType::kVarString, kUtf8mb4),
                                                          Column(FieldType::kLongBlob, kBinary),
                                                          Column(FieldType::kVarString, kUtf8mb4)};
  const auto redact = MaskOf(MaskKind::kRedact);
  const size_t packet = mysql::kMaxPhysicalPayload;
  for (const Protocol protocol : {Protocol::kText, Protocol::kBinary}) {
    const size_t around = protocol == Protocol::kText ? 0 : 2;
    // "CANARY" 7 + long 4 or 9 + "end" 4 before; "[redacted]" 11 + … after.
    for (const size_t long_bytes :
         {packet - 64, packet - 26 - around, packet - 22 - around, packet - 15 - around, packet + 1, 2 * packet + 5}) {
      for (const Masks& masks : {Masks{redact, std::nullopt, std::nullopt}, Masks{std::nullopt, std::nullopt, redact},
                                 Masks{redact, std::nullopt, redact}, Masks{std::nullopt, redact, std::nullopt},
                                 Masks{redact, MaskOf(MaskKind::kHash), std::nullopt}}) {
        const Values values = {"CANARY", std::string(long_bytes, 'L'), "end"};
        const std::string wire = Reply(protocol, columns, {values, {"a", "b", "c"}});
        FixedJudge judge(masks);
        const Masked masked = MaskReply(ShapeOf(protocol), wire, judge, kModern, 64 * 1024 + 1);
        CAPTURE(long_bytes, masked.status.ToString());
        REQUIRE(masked.done);
        const auto packets = PacketsOf(masked.out);
        REQUIRE((packets && packets->size() == 7));
        const auto row = ReadRow(columns, protocol, (*packets)[4]);
        REQUIRE(row);
        CHECK(*(*row)[0] == (masks[0] ? "[redacted]" : "CANARY"));
        if (!masks[1]) CHECK((*row)[1] == values[1]);
        if (masks[1]) CHECK((*row)[1]->size() <= 64);
        CHECK(*(*row)[2] == (masks[2] ? "[redacted]" : "end"));
      }
    }
  }
}

TEST_CASE("a long row is held back only while its length is not certain, and not over the limit") {
  const std::vector<mysql::ColumnDefinition41> columns = {Column(FieldType::kVarString, kUtf8mb4),
                                                          Column(FieldType::kLongBlob, kBinary),
                                                          Column(FieldType::kVarString, kUtf8mb4)};
  ResultMasker::Options options;
  options.capabilities = kModern;
  options.max_held_row_bytes = 100 * 1000;
  const auto run = [&](const Masks& masks, size_t long_bytes) {
    const std::string wire = Reply(Protocol::kText, columns, {{"id", std::string(long_bytes, 'L'), "CANARY"}});
    FixedJudge judge(masks);
    ResultMasker masker(options);
    masker.Begin(ReplyShape::kQuery, judge);
    Masked masked = Feed(masker, wire, 16 * 1024);
    if (!masked.status.ok()) CHECK(masker.at_packet_boundary());
    return masked;
  };
  const auto redact = MaskOf(MaskKind::kRedact);
  // Nothing masked comes after the long value, or it is so long that the packet is full in any case: no waiting.
  CHECK(run({redact, std::nullopt, std::nullopt}, 1000 * 1000).done);
  CHECK(run({std::nullopt, redact, redact}, 1000 * 1000).done);
  CHECK(run({std::nullopt, std::nullopt, redact}, 50 * 1000).done);
  const Masked refused = run({std::nullopt, std::nullopt, redact}, 1000 * 1000);
  CHECK(absl::IsResourceExhausted(refused.status));
  CHECK(refused.out.find("CANARY") == std::string::npos);
  CHECK(PacketsOf(refused.out)->size() == 4);  // the definitions, and nothing of the row
}

TEST_CASE("a value longer than any window is hashed as it comes") {
  const std::vector<mysql::ColumnDefinition41> columns = {Column(FieldType::kLongBlob, kBinary)};
  const Values values = {std::string(1000 * 1000, 'L')};
  FixedJudge judge({MaskOf(MaskKind::kHash)});
  const Masked cut = MaskReply(ReplyShape::kQuery, Reply(Protocol::kText, columns, {values}), judge, kModern, 1000);
  const Masked whole = MaskReply(ReplyShape::kQuery, Reply(Protocol::kText, columns, {values}), judge, kModern);
  CHECK(cut.out == whole.out);
  CHECK(whole.out.size() < 300);
}

}  // namespace
}  // namespace postern::masking
