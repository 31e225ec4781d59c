#include "gateway/identity/failure_limits.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

namespace postern::identity {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// Knows one secret, and one that is right but not of now.
class OneSecret final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const Proof& proof, absl::Time) override {
    if (proof.secret == "good") return Principal();
    if (proof.secret == "ended") return absl::FailedPreconditionError("its task has ended");
    return absl::UnauthenticatedError("no such secret");
  }
  bool StillValid(const Principal&, absl::Time) const override { return true; }
};

struct Door {
  absl::Status Try(const std::string& secret, const std::string& source, const std::string& name = "", absl::Time now = kNow) {
    return counted.Authenticate({.secret = secret, .source = source, .name = name}, now).status();
  }

  FailureLimits limits{{.by_source = {.burst = 3, .block = absl::Seconds(5)}, .by_name = {.burst = 5, .block = absl::Seconds(5)}},
                       [this](std::string_view kind) { ++counted_by_kind[std::string(kind)]; }};
  std::map<std::string, int> counted_by_kind;
  OneSecret others;
  CountedFailures counted{others, limits};
};

TEST_CASE("an address that fails too often is limited, and a good proof from there is let in") {
  Door door;
  for (int i = 0; i < 3; ++i) CHECK(absl::IsUnauthenticated(door.Try("bad", "a")));
  for (int i = 0; i < 4; ++i) CHECK(absl::IsResourceExhausted(door.Try("bad", "a")));
  CHECK(door.Try("good", "a").ok());
  CHECK(absl::IsUnauthenticated(door.Try("bad", "b")));
  const absl::Status later = door.Try("bad", "a", "", kNow + absl::Seconds(6));
  CHECK(absl::IsUnauthenticated(later));
  CHECK(std::string(later.message()).find("4 more failed before it") != std::string::npos);
}

TEST_CASE("a name in which many places fail is limited, and its owner is let in all the same") {
  Door door;
  std::string last;
  for (int i = 0; i < 5; ++i) last = std::string(door.Try("bad", "source-" + std::to_string(i), "bot").message());
  CHECK(last.find("too many as this agent") != std::string::npos);
  for (int i = 5; i < 9; ++i) CHECK(absl::IsResourceExhausted(door.Try("bad", "source-" + std::to_string(i), "bot")));
  CHECK(door.Try("good", "home", "bot").ok());
  CHECK(absl::IsUnauthenticated(door.Try("bad", "home", "other-bot")));
}

TEST_CASE("whose task has ended is told so, but not for ever: each telling is a record") {
  Door door;
  for (int i = 0; i < 3; ++i) CHECK(absl::IsFailedPrecondition(door.Try("ended", "a")));
  CHECK(absl::IsResourceExhausted(door.Try("ended", "a")));
  CHECK(absl::IsFailedPrecondition(door.Try("ended", "b")));
}

TEST_CASE("each failure is counted by what was shown, limited or not") {
  Door door;
  for (const char* secret : {"pat_x", "pat_y", "tsk_x", "a.b.c", "hunter2", "", ""}) (void)door.Try(secret, "a");
  CHECK(door.counted_by_kind == std::map<std::string, int>{{"token", 2}, {"task", 1}, {"oidc", 1}, {"other", 1}, {"none", 2}});
}

TEST_CASE("what anybody sends as a name costs no more than one") {
  Door door;
  const std::string endless(1 << 20, 'x');
  for (int i = 0; i < 5; ++i) CHECK(absl::IsUnauthenticated(door.Try("bad", std::to_string(i), endless + std::to_string(i))));
  CHECK(absl::IsResourceExhausted(door.Try("bad", "5", endless)));
}

}  // namespace
}  // namespace postern::identity
