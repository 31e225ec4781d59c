// When a rule counts: days and hours of a clock somewhere. Pure, any thread.
#ifndef POSTERN_GATEWAY_POLICY_TIME_WINDOW_H_
#define POSTERN_GATEWAY_POLICY_TIME_WINDOW_H_

#include <absl/time/time.h>

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::policy {

// What a wall clock shows. An hour that a change of clocks leaves out never comes; one that comes twice counts twice.
struct WallClock {
  uint8_t weekday = 0;  // Monday is 0
  uint32_t second = 0;  // of the day

  static WallClock At(absl::Time time, absl::TimeZone zone);
};

struct TimeWindow {
  static constexpr uint32_t kDay = 24 * 60 * 60;

  std::bitset<7> days = 0x7F;  // Monday is bit 0
  uint32_t from = 0;           // seconds of the day
  uint32_t until = kDay;       // exclusive; before `from`: over midnight, and the hours after it belong to the day before
  absl::TimeZone zone;

  bool Contains(const WallClock& clock) const;
};

// "06:00-22:00", "22:00-06:00", up to "24:00". False: it is neither, or from and until are the same.
bool ParseHours(std::string_view text, TimeWindow& window);
// "mon" .. "sun" as 0 .. 6.
std::optional<uint8_t> ParseDay(std::string_view text);
// By its name in the tz database; empty if there is none.
std::optional<absl::TimeZone> FindTimeZone(std::string_view name);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_TIME_WINDOW_H_
