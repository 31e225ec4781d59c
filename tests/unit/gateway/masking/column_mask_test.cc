// Every type under every mask, in both protocols.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/masking/column_mask.h"
#include "gateway/masking/rewrite.h"
#include "tests/unit/gateway/masking/masked_reply.h"

namespace postern::masking {
namespace {

using namespace std::string_literals;
using policy::Mask;
using policy::MaskKind;

struct Sample {
  const char* name;
  mysql::ColumnDefinition41 column;
  std::string value;     // as text
  std::string redacted;  // "NULL" for NULL
};

std::vector<Sample> EveryType() {
  const uint16_t u = column_flag::kUnsigned;
  return {
      {"TINYINT", Column(FieldType::kTiny), "-87", "0"},
      {"TINYINT UNSIGNED", Column(FieldType::kTiny, kBinary, u), "211", "0"},
      {"SMALLINT", Column(FieldType::kShort), "-31234", "0"},
      {"MEDIUMINT", Column(FieldType::kInt24), "8123457", "0"},
      {"INT", Column(FieldType::kLong), "-2123456789", "0"},
      {"INT UNSIGNED", Column(FieldType::kLong, kBinary, u), "4123456789", "0"},
      {"INT ZEROFILL", Column(FieldType::kLong, kBinary, u | column_flag::kZerofill, 0, 10), "0004123456", "0"},
      {"BIGINT", Column(FieldType::kLongLong), "-9123456789012345678", "0"},
      {"BIGINT UNSIGNED", Column(FieldType::kLongLong, kBinary, u), "18123456789012345678", "0"},
      {"FLOAT", Column(FieldType::kFloat, kBinary, 0, 31), "12.3456", "0"},
      {"DOUBLE", Column(FieldType::kDouble, kBinary, 0, 31), "123456.789", "0"},
      {"DECIMAL", Column(FieldType::kNewDecimal, kBinary, 0, 3), "98765432.125", "0.000"},
      {"YEAR", Column(FieldType::kYear, kBinary, u | column_flag::kZerofill, 0, 4), "1987", "0000"},
      {"DATE", Column(FieldType::kDate), "1987-06-15", "0000-00-00"},
      {"TIME", Column(FieldType::kTime), "-123:45:56", "00:00:00"},
      {"TIME(3)", Column(FieldType::kTime, kBinary, 0, 3), "23:45:56.125", "00:00:00.000"},
      {"DATETIME", Column(FieldType::kDatetime), "1987-06-15 12:34:56", "0000-00-00 00:00:00"},
      {"DATETIME(6)", Column(FieldType::kDatetime, kBinary, 0, 6), "1987-06-15 12:34:56.654321",
       "0000-00-00 00:00:00.000000"},
      {"TIMESTAMP", Column(FieldType::kTimestamp, kBinary, column_flag::kTimestamp), "1987-06-15 12:34:56",
       "0000-00-00 00:00:00"},
      {"BIT(12)", Column(FieldType::kBit, kBinary, u, 0, 12), "\x0A\xBC"s, "\0\0"s},
      {"ENUM", Column(FieldType::kString, kUtf8mb4, column_flag::kEnum), "CANARY", "[redacted]"},
      {"SET", Column(FieldType::kString, kUtf8mb4, column_flag::kSet), "CANARY,BIRD", "[redacted]"},
      {"CHAR", Column(FieldType::kString, kUtf8mb4), "CANARY", "[redacted]"},
      {"VARCHAR", Column(FieldType::kVarString, kUtf8mb4), "CANARY", "[redacted]"},
      {"VARCHAR latin1", Column(FieldType::kVarString, kLatin1), "CANARY\xE4", "[redacted]"},
      {"TEXT", Column(FieldType::kBlob, kUtf8mb4, column_flag::kBlob), "CANARY", "[redacted]"},
      {"BINARY", Column(FieldType::kString, kBinary), "CANARY\0"s, "[redacted]"},
      {"BLOB", Column(FieldType::kBlob, kBinary, column_flag::kBlob), "CANARY\xFF", "[redacted]"},
      {"JSON", Column(FieldType::kJson), "{\"CANARY\": 1}", "null"},
      {"GEOMETRY", Column(FieldType::kGeometry), "CANARYWKB", "NULL"},
      {"VECTOR", Column(FieldType::kVector), "CANARYVEC", "NULL"},
      {"INET6", Column(FieldType::kString, kUtf8mb4), "2001:db8::ca9a:0001", "[redacted]"},
      {"UUID", Column(FieldType::kString, kUtf8mb4), "ca9a0001-1111-2222-3333-444455556666", "[redacted]"},
  };
}

std::vector<std::pair<const char*, Mask>> EveryMask() {
  return {{"redact", MaskOf(MaskKind::kRedact)},
          {"null", MaskOf(MaskKind::kNull)},
          {"hash", MaskOf(MaskKind::kHash, 16)},
          {"hash in full", MaskOf(MaskKind::kHash)},
          {"keep_first", MaskOf(MaskKind::kKeepFirst, 1)},
          {"keep_last", MaskOf(MaskKind::kKeepLast, 2)},
          {"email", MaskOf(MaskKind::kEmail)},
          {"year", MaskOf(MaskKind::kDateYear)},
          {"month", MaskOf(MaskKind::kDateMonth)},
          {"round", MaskOf(MaskKind::kRound, 0, -1)},
          {"round to decimals", MaskOf(MaskKind::kRound, 0, 2)},
          {"fixed", MaskOf(MaskKind::kFixed, 0, 0, "7")}};
}

// What an agent sees, by the definition it gets, in one protocol.
struct Seen {
  std::string value;
  mysql::ColumnDefinition41 column;
};

Seen See(const mysql::ColumnDefinition41& column, const std::optional<std::string>& value, const Mask& mask,
         Protocol protocol) {
  const std::vector<mysql::ColumnDefinition41> columns = {column};
  const bool binary = protocol == Protocol::kBinary;
  FixedJudge judge({mask});
  const std::string wire = mysql::ReplyBuilder(mysql::capability::kDeprecateEof)
                               .Packet("\x01")
                               .Packet(column.Encode())
                               .Packet(binary ? BinaryRow(columns, {value}) : TextRow({value}))
                               .RowsEnd()
                               .wire();
  const Masked masked = MaskReply(binary ? mysql::ReplyShape::kExecute : mysql::ReplyShape::kQuery, wire, judge,
                                  mysql::capability::kDeprecateEof, 1);
  INFO(masked.status.ToString());
  REQUIRE(masked.done);
  const auto packets = PacketsOf(masked.out);
  REQUIRE((packets && packets->size() == 4));
  const auto described = mysql::ColumnDefinition41::Decode(mysql::AsBytes((*packets)[1]));
  REQUIRE(described.ok());
  const auto row = ReadRow({&*described, 1}, protocol, (*packets)[2]);
  REQUIRE((row && row->size() == 1));
  return {row->front().value_or("NULL"), *described};
}

TEST_CASE("every type under every mask: well-formed, the same in both protocols, and never the value") {
  for (const Sample& sample : EveryType()) {
    for (const auto& [name, mask] : EveryMask()) {
      CAPTURE(sample.name, name);
      const Seen text = See(sample.column, sample.value, mask, Protocol::kText);
      const Seen binary = See(sample.column, sample.value, mask, Protocol::kBinary);
      CHECK(text.value == binary.value);
      CHECK(text.value != sample.value);
      CHECK(text.value.find("CANARY") == std::string::npos);
      CHECK(text.column.Encode() == binary.column.Encode());
      CHECK((text.column.flags & column_flag::kPrimaryKey) == 0);
      CHECK(See(sample.column, std::nullopt, mask, Protocol::kText).value == "NULL");
      CHECK(See(sample.column, std::nullopt, mask, Protocol::kBinary).value == "NULL");
      if (mask.kind == MaskKind::kRedact) CHECK(text.value == sample.redacted);
      if (mask.kind == MaskKind::kNull) CHECK(text.value == "NULL");
      if (mask.kind == MaskKind::kHash) CHECK(text.value.size() == (mask.count == 0 ? 64 : mask.count));
      if (!CanRewrite(mask, ValueType::Of(sample.column)) && mask.kind >= MaskKind::kKeepFirst &&
          mask.kind != MaskKind::kFixed) {
        CHECK(text.value == sample.redacted);
      }
    }
  }
}

TEST_CASE("a hash joins whatever the protocol, width or padding; another value does not") {
  const Mask mask = MaskOf(MaskKind::kHash, 16);
  const auto hash = [&](const mysql::ColumnDefinition41& column, const char* value,
                        Protocol protocol = Protocol::kText) { return See(column, value, mask, protocol).value; };
  const auto varchar = Column(FieldType::kVarString, kUtf8mb4);
  const std::string forty_two = hash(varchar, "42");
  CHECK(hash(Column(FieldType::kTiny), "42", Protocol::kBinary) == forty_two);
  CHECK(hash(Column(FieldType::kLongLong), "42") == forty_two);
  CHECK(hash(Column(FieldType::kLong, kBinary, column_flag::kUnsigned | column_flag::kZerofill, 0, 8), "00000042") ==
        forty_two);
  CHECK(hash(Column(FieldType::kNewDecimal, kBinary, 0, 2), "42.00", Protocol::kBinary) == forty_two);
  CHECK(hash(Column(FieldType::kDouble, kBinary, 0, 31), "42", Protocol::kBinary) == forty_two);
  CHECK(hash(Column(FieldType::kLong), "43") != forty_two);
  const auto real = Column(FieldType::kFloat, kBinary, 0, 31);
  CHECK(hash(real, "0.123457", Protocol::kBinary) == hash(real, "0.123457", Protocol::kText));
  CHECK(See(Column(FieldType::kLong, kBinary, column_flag::kNotNull), "42", mask, Protocol::kText).column.type ==
        FieldType::kVarString);
}

TEST_CASE("a fixed value is used where the type can hold it") {
  struct Row {
    mysql::ColumnDefinition41 column;
    const char* clear;
    const char* value;
    const char* seen;
  };
  const auto varchar = Column(FieldType::kVarString, kUtf8mb4);
  const auto tiny = Column(FieldType::kTiny);
  const auto decimal = Column(FieldType::kNewDecimal, kBinary, 0, 2, 8);
  const auto date = Column(FieldType::kDate);
  for (const Row& row : {
           Row{varchar, "x", "n/a", "n/a"},
           Row{varchar, "x", "\xFF", "[redacted]"},
           Row{Column(FieldType::kVarString, kLatin1), "x", "hidden", "hidden"},
           Row{Column(FieldType::kVarString, kLatin1), "x", "ö", "[redacted]"},
           Row{tiny, "1", "127", "127"},
           Row{tiny, "1", "128", "0"},
           Row{tiny, "1", "-128", "-128"},
           Row{tiny, "1", "abc", "0"},
           Row{Column(FieldType::kTiny, kBinary, column_flag::kUnsigned), "1", "255", "255"},
           Row{Column(FieldType::kTiny, kBinary, column_flag::kUnsigned), "1", "-1", "0"},
           Row{Column(FieldType::kInt24), "1", "8388608", "0"},
           Row{decimal, "1.00", "12.5", "12.50"},
           Row{decimal, "1.00", "12.555", "0.00"},
           Row{decimal, "1.00", "1234567890", "0.00"},
           Row{decimal, "1.00", "-", "0.00"},
           Row{Column(FieldType::kDouble), "1", "2.5", "2.5"},
           Row{Column(FieldType::kDouble), "1", "inf", "0"},
           Row{date, "2026-11-21", "1970-01-01", "1970-01-01"},
           Row{date, "2026-11-21", "yesterday", "0000-00-00"},
           Row{Column(FieldType::kDatetime, kBinary, 0, 2), "2026-11-21 01:02:03.04", "1970-01-01",
               "1970-01-01 00:00:00.00"},
           Row{Column(FieldType::kTime), "01:02:03", "12:00:00", "12:00:00"},
           Row{Column(FieldType::kYear, kBinary, column_flag::kUnsigned, 0, 4), "2026", "1999", "1999"},
           Row{Column(FieldType::kYear, kBinary, column_flag::kUnsigned, 0, 4), "2026", "99", "0000"},
           Row{Column(FieldType::kJson), "{}", "n\"a", "\"n\\\"a\""},
           Row{Column(FieldType::kGeometry), "wkb", "POINT", "NULL"},
       }) {
    CAPTURE(row.value, row.clear);
    const Mask mask = MaskOf(MaskKind::kFixed, 0, 0, row.value);
    CHECK(See(row.column, row.clear, mask, Protocol::kText).value == row.seen);
    CHECK(See(row.column, row.clear, mask, Protocol::kBinary).value == row.seen);
  }
  const Mask too_long = MaskOf(MaskKind::kFixed, 0, 0, std::string(1025, 'x'));
  CHECK(See(varchar, "x", too_long, Protocol::kText).value == "[redacted]");
}

TEST_CASE("the definition says what the agent gets") {
  const uint16_t all = 0x7FFF;
  const auto described = [](const Mask& mask, mysql::ColumnDefinition41 column, uint16_t collation = kUtf8mb4) {
    return CompileMask(mask, column, collation).definition;
  };
  const auto integer = Column(FieldType::kLong, kBinary, all, 0, 11);
  CHECK(described(MaskOf(MaskKind::kRedact), integer).flags ==
        (column_flag::kNotNull | column_flag::kBlob | column_flag::kUnsigned | column_flag::kBinary));
  CHECK((described(MaskOf(MaskKind::kNull), integer).flags & column_flag::kNotNull) == 0);
  CHECK((described(MaskOf(MaskKind::kRedact), Column(FieldType::kGeometry, 63, all)).flags & column_flag::kNotNull) ==
        0);

  const auto hashed = described(MaskOf(MaskKind::kHash, 32), integer, kLatin1);
  CHECK(hashed.type == FieldType::kVarString);
  CHECK(hashed.charset == kLatin1);
  CHECK(hashed.length == 32);
  CHECK(hashed.flags == column_flag::kNotNull);
  CHECK(described(MaskOf(MaskKind::kHash, 32), integer).length == 128);
  CHECK(described(MaskOf(MaskKind::kHash), Column(FieldType::kVarString, kLatin1), kUtf8mb4).charset == kLatin1);
  CHECK(described(MaskOf(MaskKind::kHash), Column(FieldType::kBlob, kBinary), kUtf8mb4).charset == kUtf8mb4);

  const auto kept = described(MaskOf(MaskKind::kKeepLast, 4), integer);
  CHECK(kept.type == FieldType::kVarString);
  CHECK(kept.charset == kUtf8mb4);
  CHECK(described(MaskOf(MaskKind::kRound, 0, -1), integer).type == FieldType::kLongLong);
  CHECK(described(MaskOf(MaskKind::kRound, 0, 1), Column(FieldType::kNewDecimal, kBinary, 0, 3)).decimals == 1);
  CHECK(described(MaskOf(MaskKind::kRedact), Column(FieldType::kVarString, kUtf8mb4, 0, 0, 4)).length == 40);
  CHECK(described(MaskOf(MaskKind::kRedact), integer).name == "c");
}

TEST_CASE("a value too long to be taken apart, or not of its type, becomes the redaction") {
  const auto varchar = Column(FieldType::kBlob, kUtf8mb4);
  const Mask keep = MaskOf(MaskKind::kKeepLast, 4);
  const std::string longest(kMaxRewrittenBytes, 'x');
  CHECK(See(varchar, longest, keep, Protocol::kText).value == "****xxxx");
  CHECK(See(varchar, longest + "x", keep, Protocol::kText).value == "[redacted]");
  CHECK(See(varchar, longest + "x", keep, Protocol::kBinary).value == "[redacted]");
  CHECK(See(varchar, std::string(3, '\xFF'), keep, Protocol::kText).value == "[redacted]");
  CHECK(See(Column(FieldType::kLong), "no number", MaskOf(MaskKind::kHash, 8), Protocol::kText).value == "[redacted]");
  CHECK(See(Column(FieldType::kLong), "no number", MaskOf(MaskKind::kRound, 0, -1), Protocol::kText).value == "0");
  CHECK(See(Column(FieldType::kDate), "no date", MaskOf(MaskKind::kDateYear), Protocol::kText).value == "0000-00-00");
}

}  // namespace
}  // namespace postern::masking
