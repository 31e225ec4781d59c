#include "gateway/identity/failure_limit.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::identity {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

void Fail(FailureLimit& limit, int times, absl::Time at, const std::string& source = "a") {
  for (int i = 0; i < times; ++i) limit.Failed(source, at);
}

TEST_CASE("addresses that one host may choose at will are counted together") {
  CHECK(SourceKey("2001:db8::1") == SourceKey("2001:db8::ffff:2"));
  CHECK(SourceKey("2001:db8::1") != SourceKey("2001:db8:0:1::1"));
  CHECK(SourceKey("192.0.2.1") == "192.0.2.1");
  CHECK(SourceKey("::ffff:192.0.2.1") != SourceKey("::ffff:192.0.2.2"));
  CHECK(SourceKey("no address") == "no address");
}

TEST_CASE("a source may fail as often as it has to spend, then waits; others do not") {
  FailureLimit limit({.burst = 10, .block = absl::Seconds(5)});
  Fail(limit, 9, kNow);
  CHECK(limit.Wait("a", kNow) == absl::ZeroDuration());
  Fail(limit, 1, kNow);
  CHECK(limit.Wait("a", kNow) == absl::Seconds(5));
  CHECK(limit.Wait("a", kNow + absl::Seconds(2)) == absl::Seconds(3));
  CHECK(limit.Wait("a", kNow + absl::Seconds(5)) == absl::ZeroDuration());
  CHECK(limit.Wait("b", kNow) == absl::ZeroDuration());
}

TEST_CASE("failures are earned back over time") {
  FailureLimit limit({.burst = 10, .per = absl::Minutes(1)});
  absl::Time now = kNow;
  // One each six seconds is exactly what is earned.
  for (int i = 0; i < 1000; ++i, now += absl::Seconds(6)) {
    REQUIRE(limit.Wait("a", now) == absl::ZeroDuration());
    limit.Failed("a", now);
  }
}

TEST_CASE("each block is twice as long, up to a limit, until all is earned back") {
  FailureLimit limit({.burst = 2, .per = absl::Minutes(10), .block = absl::Seconds(5), .max_block = absl::Seconds(18)});
  absl::Time now = kNow;
  Fail(limit, 2, now);
  for (const int seconds : {5, 10, 18, 18}) {
    CHECK(limit.Wait("a", now) == absl::Seconds(seconds));
    now += absl::Seconds(seconds);
    limit.Failed("a", now);
  }
  now += absl::Minutes(11);
  Fail(limit, 2, now);
  CHECK(limit.Wait("a", now) == absl::Seconds(5));
}

TEST_CASE("memory is bounded: who failed longest ago is forgotten first") {
  FailureLimit limit({.burst = 1, .block = absl::Hours(1), .max_block = absl::Hours(1), .keys = 3});
  for (const char* source : {"a", "b", "c"}) limit.Failed(source, kNow);
  limit.Failed("a", kNow);
  limit.Failed("d", kNow);
  CHECK(limit.size() == 3);
  CHECK(limit.Wait("b", kNow) == absl::ZeroDuration());
  for (const char* source : {"a", "c", "d"}) CHECK(limit.Wait(source, kNow) > absl::ZeroDuration());
}

TEST_CASE("those that came while it was blocked are counted, and told with the next") {
  FailureLimit limit({.burst = 1, .block = absl::Seconds(5)});
  CHECK(limit.Count("a", kNow).blocks);
  for (int i = 0; i < 3; ++i) CHECK(limit.Count("a", kNow + absl::Seconds(i)).waiting);
  const FailureLimit::Verdict next = limit.Count("a", kNow + absl::Seconds(6));
  CHECK_FALSE(next.waiting);
  CHECK(next.untold == 3);
  CHECK(limit.Count("a", kNow + absl::Minutes(5)).untold == 0);
}

TEST_CASE("a clock that steps back earns nothing and breaks nothing") {
  FailureLimit limit({.burst = 2, .block = absl::Seconds(5)});
  limit.Failed("a", kNow);
  limit.Failed("a", kNow - absl::Hours(1));
  CHECK(limit.Wait("a", kNow - absl::Hours(1)) == absl::Seconds(5));
}

}  // namespace
}  // namespace postern::identity
