#include "gateway/console/session_table.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::console {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

v1::WhoAmIResponse Who(const std::string& name, absl::Duration good_for = absl::Hours(100)) {
  v1::WhoAmIResponse who;
  who.set_name(name);
  who.set_expires_at_unix_ms(absl::ToUnixMillis(kNow + good_for));
  return who;
}

std::string Add(SessionTable& table, const std::string& name, absl::Time now = kNow,
                absl::Duration good_for = absl::Hours(100)) {
  auto cookie = table.Add(mysql::Secret("pat_" + name), Who(name, good_for), now);
  REQUIRE(cookie.ok());
  return *cookie;
}

TEST_CASE("a cookie leads to what was signed in with, and to nothing else") {
  SessionTable table({});
  const std::string ada = Add(table, "ada");
  const std::string eve = Add(table, "eve");
  CHECK(ada != eve);
  CHECK(ada.size() == 43);
  CHECK(table.Find(ada, kNow, true)->credential.Reveal() == "pat_ada");
  CHECK(table.Find(eve, kNow, true)->who.name() == "eve");
  CHECK(table.Find(ada.substr(0, 42), kNow, true) == nullptr);
  CHECK(table.Find("", kNow, true) == nullptr);
  table.Remove(ada);
  CHECK(table.Find(ada, kNow, true) == nullptr);
}

TEST_CASE("a session ends when it is not used, when it is old, and when its credential does") {
  SessionTable table({.idle = absl::Minutes(10), .longest = absl::Minutes(25)});
  const std::string used = Add(table, "ada");
  const std::string unused = Add(table, "ada");
  const std::string short_lived = Add(table, "ada", kNow, absl::Minutes(5));
  CHECK(table.Find(used, kNow + absl::Minutes(9), true) != nullptr);
  CHECK(table.Find(unused, kNow + absl::Minutes(9), false) != nullptr);
  CHECK(table.Find(short_lived, kNow + absl::Minutes(5), true) == nullptr);
  CHECK(table.Find(unused, kNow + absl::Minutes(10), true) == nullptr);
  CHECK(table.Find(used, kNow + absl::Minutes(18), true) != nullptr);
  CHECK(table.Find(used, kNow + absl::Minutes(25), true) == nullptr);
}

TEST_CASE("the table is bounded: a person's oldest goes, nobody else's") {
  SessionTable table({.sessions = 3, .sessions_per_person = 2, .idle = absl::Minutes(10)});
  const std::string first = Add(table, "ada", kNow);
  const std::string second = Add(table, "ada", kNow + absl::Seconds(1));
  const std::string third = Add(table, "ada", kNow + absl::Seconds(2));
  CHECK(table.Find(first, kNow, false) == nullptr);
  CHECK(table.Find(second, kNow, false) != nullptr);
  CHECK(table.Find(third, kNow, false) != nullptr);
  const std::string eve = Add(table, "eve");
  CHECK(absl::IsResourceExhausted(table.Add(mysql::Secret("x"), Who("bob"), kNow).status()));
  // Those that are over make room.
  CHECK(table.Add(mysql::Secret("x"), Who("bob"), kNow + absl::Minutes(11)).ok());
  CHECK(table.size() == 1);
}

TEST_CASE("a session's token is told from others") {
  SessionTable table({});
  const auto session = table.Find(Add(table, "ada"), kNow, true);
  CHECK(HasCsrf(*session, session->csrf));
  CHECK_FALSE(HasCsrf(*session, ""));
  CHECK_FALSE(HasCsrf(*session, session->csrf + "x"));
  CHECK_FALSE(HasCsrf(*session, std::string(session->csrf.size(), 'x')));
}

}  // namespace
}  // namespace postern::console
