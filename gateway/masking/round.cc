#include "gateway/masking/round.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace postern::masking {
namespace {

constexpr size_t kMaxDigits = 1024;       // a server has 65
constexpr int32_t kMaxRealDigits = 300;   // what 10^digits can be as a double
constexpr double kPlainlyWritten = 1e15;  // from here on with an exponent

bool AllDigits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

void AddOne(std::string& digits) {
  for (size_t i = digits.size(); i > 0; --i) {
    if (digits[i - 1] != '9') {
      ++digits[i - 1];
      return;
    }
    digits[i - 1] = '0';
  }
  digits.insert(0, "1");
}

// The digits of the rounded number, the last `decimals` of them after the point.
std::string RoundDigits(std::string_view all, int64_t kept, Rounding rounding) {
  if (kept < 0) return "";
  const auto keep = static_cast<size_t>(kept);
  std::string digits(all.substr(0, keep));
  if (keep > all.size()) digits.append(keep - all.size(), '0');
  if (rounding == Rounding::kHalfUp && keep < all.size() && all[keep] >= '5') AddOne(digits);
  return digits;
}

}  // namespace

bool RoundExact(std::string_view text, int32_t digits, Rounding rounding, std::string& out) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point < text.size() ? text.substr(point + 1) : "";
  if (text.empty() || text.size() > kMaxDigits || !AllDigits(whole) || !AllDigits(fraction)) return false;

  const auto places = std::clamp<int64_t>(digits, -static_cast<int64_t>(kMaxDigits), kMaxDigits);
  const std::string all = std::string(whole).append(fraction);
  std::string rounded = RoundDigits(all, static_cast<int64_t>(whole.size()) + places, rounding);
  const bool is_zero = rounded.find_first_not_of('0') == std::string::npos;
  const auto decimals = static_cast<size_t>(std::max<int64_t>(places, 0));
  if (places < 0 && !is_zero) rounded.append(static_cast<size_t>(-places), '0');
  if (rounded.size() < decimals) rounded.insert(0, decimals - rounded.size(), '0');

  std::string_view before = std::string_view(rounded).substr(0, rounded.size() - decimals);
  before.remove_prefix(std::min(before.find_first_not_of('0'), before.size()));
  if (negative && !is_zero) out += '-';
  out.append(before.empty() ? "0" : before);
  if (decimals > 0) out.append(".").append(rounded, rounded.size() - decimals, decimals);
  return true;
}

bool RoundReal(std::string_view text, int32_t digits, std::string& out) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return false;
  const int32_t places = std::clamp(digits, -kMaxRealDigits, kMaxRealDigits);
  const double unit = std::pow(10.0, std::abs(places));
  const double rounded = places >= 0 ? std::round(value * unit) / unit : std::round(value / unit) * unit;
  if (std::isfinite(rounded)) value = rounded;
  if (value == 0) value = 0;  // -0 too
  std::array<char, 32> buffer;
  const auto format = std::abs(value) < kPlainlyWritten ? std::chars_format::fixed : std::chars_format::scientific;
  auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  if (written.ec != std::errc()) {  // 1e-30, written out, does not fit
    written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  }
  out.append(buffer.data(), written.ptr);
  return true;
}

}  // namespace postern::masking
