#include "relay-agent/credential/program_output.h"

#include <absl/time/clock.h>
#include <stdlib.h>

#include <catch2/catch.hpp>

namespace postern::relay {
namespace {

absl::StatusOr<std::string> Password(const std::string& script, absl::Duration timeout = absl::Seconds(10),
                                     std::vector<std::string> environment = {}) {
  ProgramOutput program({"postern", "/bin/sh", {"-c", script}, std::move(environment), timeout});
  absl::StatusOr<Credential> credential = program.Fetch(absl::Now() + absl::Minutes(1));
  if (!credential.ok()) return credential.status();
  CHECK(credential->user == "postern");
  return std::string(credential->password.Reveal());
}

TEST_CASE("what a program prints is the password, less one newline") {
  CHECK(*Password("printf 'se cret'") == "se cret");
  CHECK(*Password("echo secret; echo noise >&2") == "secret");
  CHECK(*Password("printf 'secret\\n\\n'") == "secret\n");
}

TEST_CASE("a program that fails, says nothing or too much is refused, without a word of it") {
  for (const char* script : {"echo hunter2; exit 3", "true", "echo hunter2; kill -9 $$", "yes hunter2 | head -c 20000"}) {
    const auto password = Password(script);
    REQUIRE_FALSE(password.ok());
    CHECK(std::string(password.status().message()).find("hunter2") == std::string::npos);
  }
  ProgramOutput missing({"postern", "/nowhere/program", {}, {}, absl::Seconds(1)});
  CHECK(missing.Fetch(absl::Now() + absl::Seconds(5)).status().code() == absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("a program that takes too long is killed, with what it started") {
  const absl::Time begun = absl::Now();
  CHECK(Password("sleep 60", absl::Milliseconds(200)).status().code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(Password("sleep 60 & sleep 60", absl::Milliseconds(200)).status().code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(Password("exec >&-; sleep 60", absl::Milliseconds(200)).status().code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(absl::Now() - begun < absl::Seconds(20));
}

TEST_CASE("a program sees of the environment what it is given") {
  setenv("POSTERN_TEST_SECRET", "hidden", 1);
  setenv("POSTERN_TEST_GIVEN", "given", 1);
  CHECK(*Password("echo \"${POSTERN_TEST_SECRET:-none} ${POSTERN_TEST_GIVEN:-none}\"", absl::Seconds(10), {"POSTERN_TEST_GIVEN"}) ==
        "none given");
}

}  // namespace
}  // namespace postern::relay
