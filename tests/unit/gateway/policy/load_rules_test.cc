#include "gateway/policy/load_rules.h"

#include <catch2/catch.hpp>

namespace postern::policy {
namespace {

using config::ToString;

TEST_CASE("a policy reads into rules sorted by name, with a version of its text") {
  const std::string text = R"(version: 1
rules:
  - name: writes
    agents: ["*"]
    groups: [ops]
    targets: [prod]
    multi_statements: true
    hold: { verbs: [insert, create_table], objects: ["shop.*", "hr.p*"], reviewers: [dba, dba, cfo], approvals: 2, wait: 1h30m }
  - { name: never, agents: ["*"], targets: ["*"], deny: { verbs: ["*"], objects: ["@user.*", "*"] } }
access:
  - { agents: [bot], targets: [prod], open: automatic }
)";
  const auto loaded = ParseRules(text, "p.yaml");
  REQUIRE(ToString(loaded.problems) == "");
  const Rules& rules = **loaded.value;
  REQUIRE(rules.rules.size() == 2);
  CHECK(rules.rules[0].name == "never");
  const Rule& writes = rules.rules[1];
  CHECK(writes.effect == Effect::kHold);
  CHECK(writes.hold == HoldTerms{{"cfo", "dba"}, 2, absl::Minutes(90)});
  CHECK(writes.multi_statements);
  CHECK(writes.objects[1].ToString() == "hr.p*");
  CHECK(rules.rules[0].objects[0].ToString() == "@user.*");
  CHECK(rules.access[0].terms == AccessTerms{});
  CHECK(rules.version.size() == 12);
  CHECK((*ParseRules(text + "\n", "p.yaml").value)->version != rules.version);
}

TEST_CASE("each mistake in a policy is told with its place") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"rules: []", "p.yaml:1:1: version: is missing"},
      {"version: 2", "p.yaml:1:10: version: must be from 1 to 1"},
      {"version: 1\nmask: []", "p.yaml:2:1: mask: unknown key"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], allow: { verbs: [reed] } }",
       "p.yaml:3:60: rules[0].allow.verbs[0]: unknown verb \"reed\""},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], allow: { verbs: [\"*\"] } }",
       "p.yaml:3:60: rules[0].allow.verbs[0]: only a deny may say *; name the verbs or groups"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], allow: { verbs: [read], objects: [shop] } }",
       "p.yaml:3:77: rules[0].allow.objects[0]: expected schema.table, schema.*, * or @kind.name"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], allow: { verbs: [read], objects: [\"a.*b\"] } }",
       "p.yaml:3:77: rules[0].allow.objects[0]: expected schema.table, schema.*, * or @kind.name"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], allow: { verbs: [read], objects: [\"@x.y\"] } }",
       "p.yaml:3:77: rules[0].allow.objects[0]: expected schema.table, schema.*, * or @kind.name"},
      {"version: 1\nrules:\n  - { name: a, targets: [y], allow: { verbs: [read] } }",
       "p.yaml:3:5: rules[0]: needs agents, groups or both"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], allow: { verbs: [read] } }",
       "p.yaml:3:5: rules[0].targets: is missing"},
      {"version: 1\nrules:\n  - { name: a, agents: [\"a*b\"], targets: [y], allow: { verbs: [read] } }",
       "p.yaml:3:25: rules[0].agents[0]: a * may stand only at the end"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y] }",
       "p.yaml:3:5: rules[0]: needs one of allow, hold and deny"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], allow: { verbs: [read] }, deny: { verbs: [ddl] } "
       "}",
       "p.yaml:3:5: rules[0]: needs one of allow, hold and deny"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], hold: { verbs: [read] } }",
       "p.yaml:3:49: rules[0].hold.reviewers: is missing"},
      {"version: 1\nrules:\n  - { name: default, agents: [x], targets: [y], deny: { verbs: [ddl] } }",
       "p.yaml:3:13: rules[0].name: is the name of a built-in rule"},
      {"version: 1\nrules:\n  - { name: \"a b\", agents: [x], targets: [y], deny: { verbs: [ddl] } }",
       "p.yaml:3:13: rules[0].name: expected at most 64 printable characters without blanks"},
      {"version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], deny: { verbs: [ddl], reviewers: [z] } }",
       "p.yaml:3:65: rules[0].deny.reviewers: unknown key"},
      {"version: 1\naccess:\n  - { agents: [x], targets: [y], open: on-request }",
       "p.yaml:3:40: access[0].open: expected one of automatic, approval, refused"},
  }));
  CAPTURE(text);
  CHECK(ToString(ParseRules(text, "p.yaml").problems) == expected);
}

TEST_CASE("an access entry says who approves, and nothing beyond its refusal") {
  const auto problems_of = [](const std::string& entry) {
    return ToString(ParseRules("version: 1\naccess:\n  - { agents: [x], targets: [y], " + entry + " }", "p.yaml").problems);
  };
  CHECK(problems_of("open: approval, reviewers: [dba], approvals: 2, wait: 5m, max_ttl: 30m").empty());
  CHECK(problems_of("open: approval").find("access[0].reviewers: is missing") != std::string::npos);
  CHECK(problems_of("open: automatic, reviewers: [dba]").find("unknown key") != std::string::npos);
  CHECK(problems_of("open: refused").empty());
  CHECK(problems_of("open: refused, max_ttl: 1h").find("unknown key") != std::string::npos);
  CHECK(problems_of("open: automatic, budgets: { masked_values: 100 }").empty());
  CHECK(problems_of("open: automatic, budgets: { masked_values: 0 }").find("masked_values") != std::string::npos);
  CHECK(problems_of("open: automatic, budgets: {}").find("needs statements, rows, bytes or masked_values") != std::string::npos);
}

TEST_CASE("two rules may not share a name") {
  const auto loaded = ParseRules(
      "version: 1\nrules:\n  - { name: a, agents: [x], targets: [y], deny: { verbs: [ddl] } }\n"
      "  - { name: a, agents: [x], targets: [y], allow: { verbs: [ddl] } }\n",
      "p.yaml");
  CHECK(ToString(loaded.problems) == "p.yaml:4:13: rules[1].name: stands here twice");
}

}  // namespace
}  // namespace postern::policy
