#include "gateway/masking/temporal.h"

#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::masking {
namespace {

constexpr uint32_t kHoursPerDay = 24;
constexpr uint32_t kMaxHours = 838;  // of MySQL's TIME

// Takes parts off the front of a text; a part that is not there makes all of it bad.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Between `least` and `most` digits, and a value up to `max`.
  uint32_t Number(size_t least, size_t most, uint32_t max) {
    size_t digits = 0;
    uint32_t value = 0;
    while (digits < most && digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      value = value * 10 + static_cast<uint32_t>(rest_[digits++] - '0');
    }
    ok_ = ok_ && digits >= least && value <= max;
    rest_.remove_prefix(digits);
    return value;
  }
  bool Take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char c) { ok_ = Take(c) && ok_; }
  // [.digits]: in millionths.
  uint32_t Fraction() {
    if (!Take('.')) return 0;
    const size_t before = rest_.size();
    uint32_t value = Number(1, kMaxFractionDigits, 999999);
    for (size_t digits = before - rest_.size(); digits < kMaxFractionDigits; ++digits) value *= 10;
    return value;
  }
  bool done() const { return rest_.empty(); }
  bool ok() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void AppendNumber(std::string& out, uint32_t value, size_t width) {
  const std::string digits = std::to_string(value);  // short enough not to allocate
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void AppendTimeOfDay(std::string& out, uint8_t minute, uint8_t second) {
  out += ':';
  AppendNumber(out, minute, 2);
  out += ':';
  AppendNumber(out, second, 2);
}

void AppendFraction(std::string& out, uint32_t microsecond, uint8_t digits) {
  if (digits == 0) return;
  out += '.';
  const size_t whole = out.size() + kMaxFractionDigits;
  AppendNumber(out, microsecond, kMaxFractionDigits);
  if (digits < kMaxFractionDigits) out.resize(whole - kMaxFractionDigits + digits);
}

}  // namespace

std::optional<Datetime> ParseDatetime(std::string_view text) {
  Scanner scan(text);
  Datetime value;
  value.year = static_cast<uint16_t>(scan.Number(4, 4, 9999));
  scan.Expect('-');
  value.month = static_cast<uint8_t>(scan.Number(2, 2, 12));
  scan.Expect('-');
  value.day = static_cast<uint8_t>(scan.Number(2, 2, 31));
  if (!scan.done()) {
    value.has_time = true;
    if (!scan.Take('T')) scan.Expect(' ');
    value.hour = static_cast<uint8_t>(scan.Number(2, 2, 23));
    scan.Expect(':');
    value.minute = static_cast<uint8_t>(scan.Number(2, 2, 59));
    scan.Expect(':');
    value.second = static_cast<uint8_t>(scan.Number(2, 2, 59));
    value.microsecond = scan.Fraction();
  }
  if (!scan.ok()) return std::nullopt;
  return value;
}

std::optional<Duration> ParseDuration(std::string_view text) {
  Scanner scan(text);
  Duration value;
  value.negative = scan.Take('-');
  value.hours = scan.Number(2, 3, kMaxHours);
  scan.Expect(':');
  value.minute = static_cast<uint8_t>(scan.Number(2, 2, 59));
  scan.Expect(':');
  value.second = static_cast<uint8_t>(scan.Number(2, 2, 59));
  value.microsecond = scan.Fraction();
  if (!scan.ok()) return std::nullopt;
  return value;
}

std::optional<Datetime> DecodeDatetime(std::string_view raw) {
  if (raw.size() != 0 && raw.size() != 4 && raw.size() != 7 && raw.size() != 11) return std::nullopt;
  mysql::Reader reader(mysql::AsBytes(raw), "datetime");
  Datetime value;
  if (raw.size() >= 4) {
    value.year = reader.U16();
    value.month = reader.U8();
    value.day = reader.U8();
  }
  if (raw.size() >= 7) {
    value.hour = reader.U8();
    value.minute = reader.U8();
    value.second = reader.U8();
  }
  if (raw.size() == 11) value.microsecond = reader.U32();
  value.has_time = raw.size() != 4;
  const bool in_range = value.year <= 9999 && value.month <= 12 && value.day <= 31 && value.hour <= 23 &&
                        value.minute <= 59 && value.second <= 59 && value.microsecond <= 999999;
  return in_range ? std::optional(value) : std::nullopt;
}

std::optional<Duration> DecodeDuration(std::string_view raw) {
  if (raw.size() != 0 && raw.size() != 8 && raw.size() != 12) return std::nullopt;
  mysql::Reader reader(mysql::AsBytes(raw), "time");
  Duration value;
  if (raw.empty()) return value;
  value.negative = reader.U8() != 0;
  const uint32_t days = reader.U32();
  if (days > kMaxHours) return std::nullopt;
  value.hours = days * kHoursPerDay + reader.U8();
  value.minute = reader.U8();
  value.second = reader.U8();
  if (raw.size() == 12) value.microsecond = reader.U32();
  const bool in_range =
      value.hours <= kMaxHours && value.minute <= 59 && value.second <= 59 && value.microsecond <= 999999;
  return in_range ? std::optional(value) : std::nullopt;
}

void AppendDate(std::string& out, const Datetime& value) {
  AppendNumber(out, value.year, 4);
  out += '-';
  AppendNumber(out, value.month, 2);
  out += '-';
  AppendNumber(out, value.day, 2);
}

void AppendDatetime(std::string& out, const Datetime& value, uint8_t fraction_digits) {
  AppendDate(out, value);
  out += ' ';
  AppendNumber(out, value.hour, 2);
  AppendTimeOfDay(out, value.minute, value.second);
  AppendFraction(out, value.microsecond, fraction_digits);
}

void AppendDuration(std::string& out, const Duration& value, uint8_t fraction_digits) {
  if (value.negative) out += '-';
  AppendNumber(out, value.hours, 2);
  AppendTimeOfDay(out, value.minute, value.second);
  AppendFraction(out, value.microsecond, fraction_digits);
}

void EncodeDatetime(std::string& out, const Datetime& value) {
  const bool has_time = value.hour != 0 || value.minute != 0 || value.second != 0 || value.microsecond != 0;
  const bool is_zero = !has_time && value.year == 0 && value.month == 0 && value.day == 0;
  mysql::Writer writer(out);
  if (is_zero) {
    writer.U8(0);
    return;
  }
  writer.U8(value.microsecond != 0 ? 11 : has_time ? 7 : 4).U16(value.year).U8(value.month).U8(value.day);
  if (has_time) writer.U8(value.hour).U8(value.minute).U8(value.second);
  if (value.microsecond != 0) writer.U32(value.microsecond);
}

void EncodeDuration(std::string& out, const Duration& value) {
  mysql::Writer writer(out);
  if (value.hours == 0 && value.minute == 0 && value.second == 0 && value.microsecond == 0) {
    writer.U8(0);
    return;
  }
  writer.U8(value.microsecond != 0 ? 12 : 8).U8(value.negative ? 1 : 0).U32(value.hours / kHoursPerDay);
  writer.U8(static_cast<uint8_t>(value.hours % kHoursPerDay)).U8(value.minute).U8(value.second);
  if (value.microsecond != 0) writer.U32(value.microsecond);
}

}  // namespace postern::masking
