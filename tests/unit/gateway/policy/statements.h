// Facts of statements, made by hand so that policy is tested apart from the reader of SQL.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_POLICY_STATEMENTS_H_
#define POSTERN_TESTS_UNIT_GATEWAY_POLICY_STATEMENTS_H_

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/config/problem.h"
#include "common/sql/facts/facts.h"
#include "gateway/policy/load_rules.h"
#include "gateway/policy/session_facts.h"

namespace postern::policy {

inline sql::ObjectUse Table(std::string schema, std::string name, sql::Access access) {
  return {sql::ObjectKind::kTable, std::move(schema), std::move(name), access};
}

inline sql::Facts Statement(sql::Verb verb, std::vector<sql::ObjectUse> objects = {}) {
  sql::Facts facts;
  facts.verb = verb;
  facts.group = sql::GroupOf(verb);
  facts.objects = std::move(objects);
  return facts;
}

inline sql::Facts Select(std::string table) {
  return Statement(sql::Verb::kSelect, {Table("shop", std::move(table), sql::Access::kRead)});
}

inline sql::Facts Call(std::string schema, std::string function, sql::FunctionClass cls) {
  sql::Facts facts = Statement(sql::Verb::kSelect);
  facts.functions.push_back({std::move(schema), std::move(function), cls, false, false});
  return facts;
}

inline SessionFacts Agent(std::string name = "bot", std::vector<std::string> groups = {}) {
  SessionFacts session;
  session.agent = std::move(name);
  session.groups = std::move(groups);
  session.target = "prod";
  session.default_schema = "shop";
  session.lower_case_table_names = 0;
  session.now = absl::FromUnixSeconds(1'767'607'200);  // Monday, 5 January 2026, 10:00 UTC
  return session;
}

// Aborts the test with the problems when the text is no policy.
inline RulesPtr Policy(const std::string& text) {
  config::Loaded<RulesPtr> loaded = ParseRules("version: 1\n" + text, "policy.yaml");
  if (!loaded.ok()) throw std::runtime_error(ToString(loaded.problems));
  return *loaded.value;
}

}  // namespace postern::policy

#endif  // POSTERN_TESTS_UNIT_GATEWAY_POLICY_STATEMENTS_H_
