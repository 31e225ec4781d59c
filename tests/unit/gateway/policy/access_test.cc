#include "gateway/policy/access.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

constexpr char kAccess[] = R"(
access:
  - { agents: ["orders-*"], targets: [prod, test], open: automatic, max_ttl: 2h, idle: 10m, connections: 3 }
  - { groups: [temp], targets: [prod], open: automatic, max_ttl: 15m, idle: 1h, connections: 8 }
)";

TEST_CASE("who is in no entry cannot log in") {
  const RulesPtr rules = Policy(kAccess);
  CHECK(AccessFor(*rules, "orders-bot", {}, "prod") == AccessTerms{absl::Hours(2), absl::Minutes(10), 3});
  CHECK(AccessFor(*rules, "orders-bot", {}, "other") == std::nullopt);
  CHECK(AccessFor(*rules, "bot", {}, "prod") == std::nullopt);
}

TEST_CASE("where several entries cover an agent the tightest terms hold") {
  CHECK(AccessFor(*Policy(kAccess), "orders-bot", {"temp"}, "prod") ==
        AccessTerms{absl::Minutes(15), absl::Minutes(10), 3});
}

TEST_CASE("a login without a target sees those it may use") {
  const RulesPtr rules = Policy(kAccess);
  CHECK(TargetsOf(*rules, "orders-bot", {}, {"other", "prod", "test"}) == std::vector<std::string>{"prod", "test"});
  CHECK(TargetsOf(*rules, "x", {"temp"}, {"other", "prod", "test"}) == std::vector<std::string>{"prod"});
  CHECK(TargetsOf(*rules, "x", {}, {"prod"}).empty());
}

}  // namespace
}  // namespace postern::policy
