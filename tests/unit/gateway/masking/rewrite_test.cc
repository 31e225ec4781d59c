#include <catch2/catch.hpp>
#include <string>

#include "gateway/masking/rewrite.h"
#include "gateway/masking/round.h"
#include "gateway/masking/temporal.h"
#include "tests/unit/gateway/masking/masked_reply.h"

namespace postern::masking {
namespace {

using policy::MaskKind;

constexpr char kNothing[] = "(nothing)";

std::string Rewritten(const policy::Mask& mask, const mysql::ColumnDefinition41& column, std::string_view text) {
  const ValueType type = ValueType::Of(column);
  if (!CanRewrite(mask, type)) return "(not this type)";
  std::string out;
  return Rewrite(mask, type, text, out) ? out : kNothing;
}

TEST_CASE("keep shows characters of the result's character set, and never more than it hides") {
  const auto first = [](uint32_t n) { return MaskOf(MaskKind::kKeepFirst, n); };
  const auto last = [](uint32_t n) { return MaskOf(MaskKind::kKeepLast, n); };
  const auto utf8 = Column(FieldType::kVarString, kUtf8mb4);
  CHECK(Rewritten(last(4), utf8, "4111111111111111") == "****1111");
  CHECK(Rewritten(first(2), utf8, "Johanna") == "Jo****");
  CHECK(Rewritten(last(4), utf8, "12345678") == "****5678");
  CHECK(Rewritten(last(4), utf8, "1234567") == "****");
  CHECK(Rewritten(last(4), utf8, "1234") == "****");
  CHECK(Rewritten(last(4), utf8, "") == "****");
  CHECK(Rewritten(last(0), utf8, "abc") == "****");
  CHECK(Rewritten(last(UINT32_MAX), utf8, "abc") == "****");
  CHECK(Rewritten(last(2), utf8, "äöü€ß𝄞") == "****ß𝄞");
  CHECK(Rewritten(first(2), utf8, "äöü€ß𝄞") == "äö****");
  CHECK(Rewritten(first(2), Column(FieldType::kVarString, kUtf8mb3), "äöü€ß") == "äö****");
  CHECK(Rewritten(first(1), Column(FieldType::kVarString, kUtf8mb3), "äö𝄞") == kNothing);
  CHECK(Rewritten(last(1), Column(FieldType::kVarString, kLatin1), "\xE4\xF6\xFC") == "****\xFC");
  CHECK(Rewritten(last(1), Column(FieldType::kBlob, kBinary), "\x01\xFF\xFE") == "****\xFE");
  CHECK(Rewritten(last(1), Column(FieldType::kVarString, kAscii), "ab\x80") == kNothing);
  CHECK(Rewritten(last(1), utf8, "abc\xE4") == kNothing);
  CHECK(Rewritten(last(1), utf8,
                  "\xC0\xAF"
                  "abc") == kNothing);
  CHECK(Rewritten(last(4), Column(FieldType::kLongLong), "4111111111111111") == "****1111");
  CHECK(Rewritten(last(4), Column(FieldType::kNewDecimal), "4111111111111111") == "****1111");
  CHECK(Rewritten(last(4), Column(FieldType::kVarString, 1), "big5 is not taken apart") == "(not this type)");
  CHECK(Rewritten(last(4), Column(FieldType::kDate), "2026-11-21") == "(not this type)");
}

TEST_CASE("of an address the first character and the domain are shown, of anything else nothing") {
  const auto mask = MaskOf(MaskKind::kEmail);
  const auto column = Column(FieldType::kVarString, kUtf8mb4);
  CHECK(Rewritten(mask, column, "johanna@shop.example") == "j***@shop.example");
  CHECK(Rewritten(mask, column, "öfter@shop.example") == "ö***@shop.example");
  CHECK(Rewritten(mask, column, "j@shop.example") == "***@shop.example");
  CHECK(Rewritten(mask, column, "a@b@c.example") == "a***@c.example");
  CHECK(Rewritten(mask, column, "root@localhost") == "r***@localhost");
  for (const char* text :
       {"", "@", "a@", "@a", "secret", "a@b c", "a@b.", "a@.b", "a@b..c", "a@b\n", "a@x;my secret", "a@ö.de"}) {
    CAPTURE(text);
    CHECK(Rewritten(mask, column, text) == kNothing);
  }
  CHECK(Rewritten(mask, column, "a@" + std::string(254, 'x')) == kNothing);
  CHECK(Rewritten(mask, column, "\xFF\xFE@b.example") == kNothing);
  CHECK(Rewritten(mask, Column(FieldType::kLong), "1") == "(not this type)");
}

TEST_CASE("a date is cut to its month or year, as a date and as text that is one") {
  const auto year = MaskOf(MaskKind::kDateYear);
  const auto month = MaskOf(MaskKind::kDateMonth);
  const auto text = Column(FieldType::kVarString, kUtf8mb4);
  CHECK(Rewritten(year, Column(FieldType::kDate), "2026-11-21") == "2026-01-01");
  CHECK(Rewritten(month, Column(FieldType::kDate), "2026-11-21") == "2026-11-01");
  CHECK(Rewritten(year, Column(FieldType::kDate), "0000-00-00") == "0000-00-00");
  CHECK(Rewritten(month, Column(FieldType::kDate), "2026-00-00") == "2026-00-01");
  CHECK(Rewritten(month, Column(FieldType::kDatetime, kBinary, 0, 3), "2026-11-21 20:15:01.250") ==
        "2026-11-01 00:00:00.000");
  CHECK(Rewritten(year, Column(FieldType::kTimestamp), "2026-11-21 20:15:01") == "2026-01-01 00:00:00");
  CHECK(Rewritten(month, text, "2026-11-21") == "2026-11-01");
  CHECK(Rewritten(month, text, "2026-11-21T20:15:01") == "2026-11-01");
  CHECK(Rewritten(month, text, "2026-11-21 20:15:01.123456") == "2026-11-01");
  for (const char* other : {"", "2026", "2026-13-01", "2026-11-32", "2026-00-01", "21.11.2026", "2026-11-21 secret",
                            "2026-11-21x", "2026-11-21 25:00:00", "x2026-11-21", "2026-11-21 20:15:01.1234567"}) {
    CAPTURE(other);
    CHECK(Rewritten(month, text, other) == kNothing);
  }
  CHECK(Rewritten(year, Column(FieldType::kYear), "2026") == "(not this type)");
  CHECK(Rewritten(year, Column(FieldType::kTime), "20:15:00") == "(not this type)");
}

TEST_CASE("numbers are rounded as ROUND does") {
  const auto exact = [](std::string_view text, int32_t digits) {
    std::string out;
    return RoundExact(text, digits, Rounding::kHalfUp, out) ? out : kNothing;
  };
  CHECK(exact("1234.5678", 2) == "1234.57");
  CHECK(exact("1234.5678", 0) == "1235");
  CHECK(exact("1234.5678", -2) == "1200");
  CHECK(exact("1250", -2) == "1300");
  CHECK(exact("-1250", -2) == "-1300");
  CHECK(exact("49", -2) == "0");
  CHECK(exact("50", -2) == "100");
  CHECK(exact("999.995", 2) == "1000.00");
  CHECK(exact("-0.004", 2) == "0.00");
  CHECK(exact("0.5", 0) == "1");
  CHECK(exact("7", 3) == "7.000");
  CHECK(exact("99999", -9) == "0");
  CHECK(exact("99999", INT32_MIN) == "0");
  CHECK(exact("00042", -1) == "40");
  CHECK(exact("12a", 0) == kNothing);
  CHECK(exact("", 0) == kNothing);

  const auto real = [](std::string_view text, int32_t digits) {
    std::string out;
    return RoundReal(text, digits, out) ? out : kNothing;
  };
  CHECK(real("1234.5678", 1) == "1234.6");
  CHECK(real("1234.5678", -2) == "1200");
  CHECK(real("-0.2", 0) == "0");
  CHECK(real("1e300", 400) == "1e+300");
  CHECK(real("1e-40", 400) == "1e-40");
  CHECK(real("100000", 2) == "100000");
  CHECK(real("x", 2) == kNothing);

  const auto round = [](int32_t digits) { return MaskOf(MaskKind::kRound, 0, digits); };
  CHECK(Rewritten(round(-2), Column(FieldType::kLong), "1234") == "1200");
  CHECK(Rewritten(round(0), Column(FieldType::kLong), "1234") == "(not this type)");  // would show it all
  CHECK(Rewritten(round(2), Column(FieldType::kNewDecimal, kBinary, 0, 2), "12.34") == "(not this type)");
  CHECK(Rewritten(round(1), Column(FieldType::kNewDecimal, kBinary, 0, 2), "12.35") == "12.4");
  CHECK(Rewritten(round(-1), Column(FieldType::kLongLong), "9223372036854775807") == "9223372036854775800");
  CHECK(Rewritten(round(-1), Column(FieldType::kLongLong, kBinary, column_flag::kUnsigned), "18446744073709551615") ==
        "18446744073709551610");
}

TEST_CASE("dates and times survive the binary protocol") {
  for (const char* text : {"0000-00-00 00:00:00.000000", "2026-11-21 00:00:00.000000", "2026-11-21 20:15:01.000000",
                           "9999-12-31 23:59:59.999999"}) {
    const auto value = ParseDatetime(text);
    REQUIRE(value);
    std::string wire;
    EncodeDatetime(wire, *value);
    const auto again = DecodeDatetime(std::string_view(wire).substr(1));
    REQUIRE(again);
    std::string back;
    AppendDatetime(back, *again, 6);
    CHECK(back == text);
  }
  for (const char* text : {"00:00:00.000000", "-838:59:59.000000", "23:59:59.999999", "100:00:01.500000"}) {
    const auto value = ParseDuration(text);
    REQUIRE(value);
    std::string wire;
    EncodeDuration(wire, *value);
    const auto again = DecodeDuration(std::string_view(wire).substr(1));
    REQUIRE(again);
    std::string back;
    AppendDuration(back, *again, 6);
    CHECK(back == text);
  }
  CHECK_FALSE(DecodeDatetime("12345"));
  CHECK_FALSE(DecodeDatetime(std::string("\xEA\x07\x0D\x01", 4)));  // month 13
  CHECK_FALSE(DecodeDuration("1234567"));
}

}  // namespace
}  // namespace postern::masking
