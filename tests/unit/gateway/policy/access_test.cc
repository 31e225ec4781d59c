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
  CHECK(AccessFor(*rules, "orders-bot", {}, "prod") == AccessTerms{.max_ttl = absl::Hours(2), .idle = absl::Minutes(10), .connections = 3});
  CHECK(AccessFor(*rules, "orders-bot", {}, "other") == std::nullopt);
  CHECK(AccessFor(*rules, "bot", {}, "prod") == std::nullopt);
}

TEST_CASE("where several entries cover an agent the tightest terms hold") {
  CHECK(AccessFor(*Policy(kAccess), "orders-bot", {"temp"}, "prod") ==
        AccessTerms{.max_ttl = absl::Minutes(15), .idle = absl::Minutes(10), .connections = 3});
}

TEST_CASE("one entry that wants approval is enough, several are decided by the groups they share, and one refusal closes") {
  const RulesPtr rules = Policy(R"(
access:
  - { agents: ["*"], targets: [prod], open: automatic }
  - { agents: [asker, both, shut], targets: [prod], open: approval, reviewers: [dba, ops], approvals: 1, wait: 5m }
  - { agents: [both, apart], targets: [prod], open: approval, reviewers: [dba], approvals: 2, wait: 10m }
  - { agents: [apart], targets: [prod], open: approval, reviewers: [ops] }
  - { agents: [shut], targets: [prod], open: refused }
)");
  CHECK(AccessFor(*rules, "bot", {}, "prod")->open == Open::kAutomatic);
  const auto asker = AccessFor(*rules, "asker", {}, "prod");
  REQUIRE(asker);
  CHECK(asker->open == Open::kApproval);
  CHECK(asker->approval == HoldTerms{{"dba", "ops"}, 1, absl::Minutes(5)});
  CHECK(AccessFor(*rules, "both", {}, "prod")->approval == HoldTerms{{"dba"}, 2, absl::Minutes(5)});
  CHECK(AccessFor(*rules, "apart", {}, "prod")->approval.reviewers.empty());
  CHECK(AccessFor(*rules, "shut", {}, "prod") == std::nullopt);
}

TEST_CASE("a login without a target sees those it may use") {
  const RulesPtr rules = Policy(kAccess);
  CHECK(TargetsOf(*rules, "orders-bot", {}, {"other", "prod", "test"}) == std::vector<std::string>{"prod", "test"});
  CHECK(TargetsOf(*rules, "x", {"temp"}, {"other", "prod", "test"}) == std::vector<std::string>{"prod"});
  CHECK(TargetsOf(*rules, "x", {}, {"prod"}).empty());
}

}  // namespace
}  // namespace postern::policy
