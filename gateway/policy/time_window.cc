#include "gateway/policy/time_window.h"

#include <absl/time/civil_time.h>

#include <algorithm>
#include <iterator>

namespace postern::policy {
namespace {

// "hh:mm" from 00:00 to 24:00.
std::optional<uint32_t> ParseClock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const uint32_t hour = static_cast<uint32_t>(text[0] - '0') * 10 + static_cast<uint32_t>(text[1] - '0');
  const uint32_t minute = static_cast<uint32_t>(text[3] - '0') * 10 + static_cast<uint32_t>(text[4] - '0');
  const uint32_t second = (hour * 60 + minute) * 60;
  if (minute > 59 || second > TimeWindow::kDay) return std::nullopt;
  return second;
}

}  // namespace

WallClock WallClock::At(absl::Time time, absl::TimeZone zone) {
  const absl::CivilSecond now = zone.At(time).cs;
  return {.weekday = static_cast<uint8_t>(absl::GetWeekday(absl::CivilDay(now))),
          .second = static_cast<uint32_t>((now.hour() * 60 + now.minute()) * 60 + now.second())};
}

bool TimeWindow::Contains(const WallClock& clock) const {
  if (from < until) return days[clock.weekday] && clock.second >= from && clock.second < until;
  if (clock.second >= from) return days[clock.weekday];
  return clock.second < until && days[(clock.weekday + 6) % 7];
}

bool ParseHours(std::string_view text, TimeWindow& window) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const auto from = ParseClock(text.substr(0, dash));
  const auto until = ParseClock(text.substr(dash + 1));
  if (!from || !until || *from == *until || *from == TimeWindow::kDay || *until == 0) return false;
  window.from = *from;
  window.until = *until;
  return true;
}

std::optional<uint8_t> ParseDay(std::string_view text) {
  static constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  const auto* const found = std::find(std::begin(kDays), std::end(kDays), text);
  if (found == std::end(kDays)) return std::nullopt;
  return static_cast<uint8_t>(found - std::begin(kDays));
}

// The library would also open a file of that name: only names of the database's own shape are asked for.
std::optional<absl::TimeZone> FindTimeZone(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' ||
           c == '/';
  });
  if (!plain || name.empty() || name.size() > 64 || name.front() == '/') return std::nullopt;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(std::string(name), &zone)) return std::nullopt;
  return zone;
}

}  // namespace postern::policy
