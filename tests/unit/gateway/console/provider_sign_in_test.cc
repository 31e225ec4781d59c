#include "gateway/console/provider_sign_in.h"

#include <catch2/catch.hpp>

#include "gateway/console/random_text.h"

namespace postern::console {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// Nobody listens there: what these tests are about comes before a question, or is its failure.
ProviderSignIn Door() {
  return ProviderSignIn({{.name = "Example", .issuer = "https://localhost:1", .client_id = "console"}},
                        "https://c.example.com/sign-in/return");
}

TEST_CASE("there is no way to a provider that is not configured, or does not answer") {
  auto door = Door();
  CHECK(absl::IsNotFound(door.Begin(1, kNow).status()));
  CHECK(absl::IsUnavailable(door.Begin(0, kNow).status()));
}

TEST_CASE("an answer that the browser did not ask for is none") {
  auto door = Door();
  for (const auto& [query, state] : std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                                                     {"state=&code=c", ""},
                                                                                     {"state=a&code=c", ""},
                                                                                     {"state=a&code=c", "b"},
                                                                                     {"state=a&state=a&code=c", "a"},
                                                                                     {"state=a&code=c", "a"}}) {
    INFO(query);
    CHECK(absl::IsPermissionDenied(door.Finish(query, state, kNow).status()));
  }
}

TEST_CASE("random text is long, fit for a URL, and never the same") {
  const std::string text = RandomText();
  CHECK(text.size() == 43);
  CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
  CHECK(text != RandomText());
  CHECK(Base64Url(std::string("\xfb\xff\0", 3)) == "-_8A");
}

}  // namespace
}  // namespace postern::console
