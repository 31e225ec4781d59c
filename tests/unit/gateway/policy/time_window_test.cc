#include "gateway/policy/time_window.h"

#include <catch2/catch.hpp>

#include "gateway/policy/decide.h"
#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

absl::Time Utc(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d %H:%M:%S", text, absl::UTCTimeZone(), &time, &error)) throw std::runtime_error(error);
  return time;
}

bool Contains(const TimeWindow& window, const std::string& utc) {
  return window.Contains(WallClock::At(Utc(utc), window.zone));
}

TimeWindow Window(const std::string& hours, const std::string& zone, std::bitset<7> days = 0x7F) {
  TimeWindow window{.days = days, .zone = FindTimeZone(zone).value()};
  if (!hours.empty() && !ParseHours(hours, window)) throw std::runtime_error(hours);
  return window;
}

TEST_CASE("hours are from the first minute up to the last, on the clock of the zone") {
  const TimeWindow berlin = Window("06:00-22:00", "Europe/Berlin");
  CHECK_FALSE(Contains(berlin, "2026-01-05 04:59:59"));
  CHECK(Contains(berlin, "2026-01-05 05:00:00"));
  CHECK(Contains(berlin, "2026-01-05 20:59:59"));
  CHECK_FALSE(Contains(berlin, "2026-01-05 21:00:00"));
  CHECK(Contains(berlin, "2026-07-06 04:00:00"));
  CHECK_FALSE(Contains(berlin, "2026-07-06 20:00:00"));
  CHECK(Contains(Window("00:00-24:00", "UTC"), "2026-01-05 23:59:59"));
}

TEST_CASE("a window over midnight belongs to the day on which it opens") {
  const std::bitset<7> friday = 1 << 4;
  const TimeWindow night = Window("22:00-06:00", "UTC", friday);
  CHECK(Contains(night, "2026-01-09 22:00:00"));        // Friday
  CHECK(Contains(night, "2026-01-10 05:59:59"));        // Saturday morning
  CHECK_FALSE(Contains(night, "2026-01-10 06:00:00"));
  CHECK_FALSE(Contains(night, "2026-01-09 05:00:00"));  // the end of Thursday's
  CHECK_FALSE(Contains(night, "2026-01-10 22:00:00"));
}

TEST_CASE("an hour that a change of clocks leaves out never comes") {
  // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
  const TimeWindow gone = Window("02:00-03:00", "Europe/Berlin");
  CHECK_FALSE(Contains(gone, "2026-03-29 00:59:59"));
  CHECK_FALSE(Contains(gone, "2026-03-29 01:00:00"));
  CHECK_FALSE(Contains(gone, "2026-03-29 01:30:00"));
  CHECK(Contains(gone, "2026-03-30 00:30:00"));
  const TimeWindow across = Window("01:30-03:30", "Europe/Berlin");
  CHECK(Contains(across, "2026-03-29 00:45:00"));
  CHECK(Contains(across, "2026-03-29 01:15:00"));
  CHECK_FALSE(Contains(across, "2026-03-29 01:30:00"));
}

TEST_CASE("an hour that comes twice counts twice") {
  // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
  const TimeWindow twice = Window("02:00-03:00", "Europe/Berlin");
  CHECK_FALSE(Contains(twice, "2026-10-24 23:59:59"));
  CHECK(Contains(twice, "2026-10-25 00:30:00"));
  CHECK(Contains(twice, "2026-10-25 01:30:00"));
  CHECK_FALSE(Contains(twice, "2026-10-25 02:00:00"));
}

TEST_CASE("what is no time, no day and no zone is refused") {
  TimeWindow window;
  for (const char* text : {"", "6:00-22:00", "06:00", "06:00-06:00", "24:00-06:00", "22:00-00:00", "06:60-07:00", "06:00-24:01",
                           "06:00-22:00 ", "0a:00-22:00"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseHours(text, window));
  }
  CHECK_FALSE(ParseDay("monday"));
  for (const char* name : {"", "Europe/Atlantis", "/etc/localtime", "../../etc/localtime", "libc:localtime"}) {
    CAPTURE(name);
    CHECK_FALSE(FindTimeZone(name));
  }
}

constexpr char kHours[] = R"(
rules:
  - { name: day, agents: [bot], targets: ["*"], when: { hours: "06:00-22:00" }, allow: { verbs: [read], objects: ["shop.*"] } }
  - { name: weekend, agents: [bot], targets: ["*"], when: { days: [sat, sun] }, deny: { verbs: [read], objects: ["shop.pay"] } }
)";

TEST_CASE("outside its window a rule says nothing, whether it lets or denies") {
  const RulesPtr rules = Policy(kHours);
  SessionFacts session = Agent();
  const auto decided = [&](const char* table, const std::string& now) {
    session.now = Utc(now);
    return Decide(*rules, Select(table), session).rule();
  };
  CHECK(decided("orders", "2026-01-05 10:00:00") == "day");
  CHECK(decided("orders", "2026-01-05 23:00:00") == "default");
  CHECK(decided("pay", "2026-01-05 10:00:00") == "day");
  CHECK(decided("pay", "2026-01-10 10:00:00") == "weekend");
}

TEST_CASE("while the time is not known, a window lets nothing and denies") {
  const RulesPtr rules = Policy(kHours);
  SessionFacts session = Agent();
  session.now = absl::InfinitePast();
  CHECK(Decide(*rules, Select("orders"), session).rule() == "default");
  CHECK(Decide(*rules, Select("pay"), session).rule() == "weekend");
}

}  // namespace
}  // namespace postern::policy
