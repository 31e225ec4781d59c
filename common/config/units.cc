#include "common/config/units.h"

#include <charconv>
#include <limits>

#include "common/config/cat.h"

namespace postern::config {
namespace {

struct Unit {
  std::string_view name;
  int64_t size;
};

// Largest first: the order in which they may stand.
constexpr Unit kTimes[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr Unit kSizes[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}};
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes "12" off the front; empty without digits or when it does not fit.
std::optional<int64_t> TakeNumber(std::string_view& text) {
  int64_t number = 0;
  if (text.empty() || !IsDigit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

std::string_view TakeWord(std::string_view& text) {
  size_t letters = 0;
  while (letters < text.size() && !IsDigit(text[letters])) ++letters;
  const std::string_view word = text.substr(0, letters);
  text.remove_prefix(letters);
  return word;
}

// Index of the unit, or the number of units.
template <size_t N>
size_t Find(const Unit (&units)[N], std::string_view name) {
  size_t i = 0;
  while (i < N && units[i].name != name) ++i;
  return i;
}

}  // namespace

std::optional<absl::Duration> ParseDuration(std::string_view text) {
  if (text == "0") return absl::ZeroDuration();
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  size_t next_unit = 0;
  while (!text.empty()) {
    const std::optional<int64_t> number = TakeNumber(text);
    if (!number) return std::nullopt;
    const size_t unit = Find(kTimes, TakeWord(text));
    if (unit >= std::size(kTimes) || unit < next_unit) return std::nullopt;
    if (*number > (kMost - total) / kTimes[unit].size) return std::nullopt;
    total += *number * kTimes[unit].size;
    next_unit = unit + 1;
  }
  return absl::Milliseconds(total);
}

std::string DurationText(absl::Duration duration) {
  int64_t left = absl::ToInt64Milliseconds(duration);
  if (left <= 0) return "0";
  std::string out;
  for (const Unit& unit : kTimes) {
    if (left >= unit.size) Append(out, left / unit.size, unit.name);
    left %= unit.size;
  }
  return out;
}

std::optional<uint64_t> ParseBytes(std::string_view text) {
  const std::optional<int64_t> number = TakeNumber(text);
  if (!number) return std::nullopt;
  const size_t unit = Find(kSizes, text);
  if (unit == std::size(kSizes) || *number > kMost / kSizes[unit].size) return std::nullopt;
  return static_cast<uint64_t>(*number * kSizes[unit].size);
}

std::string BytesText(uint64_t bytes) {
  for (const Unit& unit : kSizes) {
    const auto size = static_cast<uint64_t>(unit.size);
    if (size > 1 && bytes >= size && bytes % size == 0) return Cat(bytes / size, unit.name);
  }
  return Cat(bytes);
}

}  // namespace postern::config
