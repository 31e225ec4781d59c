#include "common/config/units.h"

#include <catch2/catch.hpp>

namespace postern::config {
namespace {

TEST_CASE("durations read as people write them") {
  CHECK(ParseDuration("250ms") == absl::Milliseconds(250));
  CHECK(ParseDuration("5s") == absl::Seconds(5));
  CHECK(ParseDuration("10m") == absl::Minutes(10));
  CHECK(ParseDuration("1h30m") == absl::Minutes(90));
  CHECK(ParseDuration("2d1ms") == absl::Hours(48) + absl::Milliseconds(1));
  CHECK(ParseDuration("0") == absl::ZeroDuration());
}

TEST_CASE("what is no duration is refused") {
  const auto text = GENERATE("", "5", "-5s", "s", "5 s", "5s ", "1.5h", "30m1h", "1m1m", "5S", "1h30", "inf",
                             "9223372036854775807d", "99999999999999999999s");
  CAPTURE(text);
  CHECK(ParseDuration(text) == std::nullopt);
}

TEST_CASE("sizes read as people write them") {
  CHECK(ParseBytes("512") == 512u);
  CHECK(ParseBytes("512B") == 512u);
  CHECK(ParseBytes("64KiB") == 65536u);
  CHECK(ParseBytes("16MiB") == 16777216u);
  CHECK(ParseBytes("2GiB") == 2147483648u);
}

TEST_CASE("what is no size is refused") {
  const auto text = GENERATE("", "MiB", "16MB", "16mib", "16 MiB", "-1", "1.5KiB", "1KiB1B", "9223372036854775807KiB");
  CAPTURE(text);
  CHECK(ParseBytes(text) == std::nullopt);
}

TEST_CASE("what is printed reads back") {
  const int64_t ms = GENERATE(1, 999, 1000, 61'000, 3'600'000, 90'061'001);
  CHECK(ParseDuration(DurationText(absl::Milliseconds(ms))) == absl::Milliseconds(ms));
  const uint64_t bytes = GENERATE(0u, 1u, 1023u, 1024u, 1536u, 1048576u, 67108864u);
  CHECK(ParseBytes(BytesText(bytes)) == bytes);
}

}  // namespace
}  // namespace postern::config
