// What a decision costs, with many rules: by agent, all for one agent, and with long lists of objects. Google Benchmark.
//
//   build/release/bin/bench_policy_deciding [--benchmark_filter=...]
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "common/sql/read.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/load_rules.h"
#include "gateway/policy/masks.h"

namespace postern::policy {
namespace {

constexpr int kRules = 200;

RulesPtr Load(const std::string& text) {
  const auto loaded = ParseRules("version: 1\n" + text, "bench");
  if (!loaded.ok()) {
    std::fputs(ToString(loaded.problems).c_str(), stderr);
    std::abort();
  }
  return *loaded.value;
}

std::string RuleText(int i, const std::string& agent, const std::string& rest) {
  return "  - { name: rule-" + std::to_string(i) + ", agents: [" + agent + "], targets: [prod], " + rest + " }\n";
}

// What a team has: some rules for each of many agents, and a few denials for all.
RulesPtr ManyAgents() {
  std::string text = "rules:\n";
  for (int i = 0; i < kRules - 4; ++i) {
    const std::string agent = "bot-" + std::to_string(i / 4);
    text += RuleText(i, agent, i % 4 == 0 ? "hold: { verbs: [write], objects: [\"shop.*\"], reviewers: [dba] }"
                                          : "allow: { verbs: [read], objects: [\"shop.*\", \"crm.*\"] }");
  }
  for (int i = kRules - 4; i < kRules; ++i) {
    text += RuleText(i, "\"*\"", "deny: { verbs: [ddl, account, admin], objects: [\"hr.*\", \"*\"] }");
  }
  return Load(text);
}

// All for one agent, each about tables of its own, with hours.
RulesPtr ManyTables() {
  std::string text = "rules:\n";
  for (int i = 0; i < kRules; ++i) {
    const std::string table = "shop.t" + std::to_string(i);
    const std::string when = i % 3 == 0 ? "when: { hours: \"00:00-24:00\", timezone: Europe/Berlin }, " : "";
    text += RuleText(i, "bot-7", when + (i % 5 == 0 ? "deny: { verbs: [write], objects: [" : "allow: { verbs: [read], objects: [") +
                                     table + "] }");
  }
  return Load(text);
}

// Rules with a thousand objects each.
RulesPtr LongLists() {
  std::string text = "rules:\n";
  for (int i = 0; i < 20; ++i) {
    std::string objects;
    for (int k = 0; k < 1000; ++k) objects += (k == 0 ? "shop.t" : ", shop.t") + std::to_string(i * 37 + k);
    text += RuleText(i, i % 2 == 0 ? "bot-7" : "\"*\"", "allow: { verbs: [read], objects: [" + objects + "] }");
  }
  for (int i = 20; i < kRules; ++i) text += RuleText(i, "\"bot-7*\"", "deny: { verbs: [ddl], objects: [\"shop.*\"] }");
  return Load(text);
}

SessionFacts Session() {
  SessionFacts session;
  session.agent = "bot-7";
  session.groups = {"bots", "eu"};
  session.target = "prod";
  session.default_schema = "shop";
  session.lower_case_table_names = 0;
  session.now = absl::FromUnixSeconds(1'767'607'200);
  return session;
}

void DecideIt(benchmark::State& state, const RulesPtr& rules, const std::string& text) {
  const sql::Reading reading = sql::Read(text, sql::Dialect{});
  const SessionFacts session = Session();
  state.SetLabel(std::string(EffectName(Decide(*rules, reading.facts, session).effect())));
  for (auto _ : state) benchmark::DoNotOptimize(Decide(*rules, reading.facts, session));
}

constexpr char kPoint[] = "SELECT c FROM t150 WHERE id = 5";
constexpr char kWrite[] = "UPDATE t150 SET c = 1 WHERE id = 5";
constexpr char kJoin[] =
    "SELECT a.c, b.d FROM t151 a JOIN t152 b ON a.id = b.id JOIN t153 x ON x.id = a.id JOIN t154 y ON y.id = a.id WHERE a.c > 5";

void BM_ManyAgentsRead(benchmark::State& state) { DecideIt(state, ManyAgents(), kPoint); }
BENCHMARK(BM_ManyAgentsRead);
void BM_ManyAgentsHeldWrite(benchmark::State& state) { DecideIt(state, ManyAgents(), kWrite); }
BENCHMARK(BM_ManyAgentsHeldWrite);
void BM_ManyAgentsRefused(benchmark::State& state) { DecideIt(state, ManyAgents(), "SELECT c FROM other.t"); }
BENCHMARK(BM_ManyAgentsRefused);
void BM_ManyAgentsStartup(benchmark::State& state) { DecideIt(state, ManyAgents(), "SET autocommit = 0"); }
BENCHMARK(BM_ManyAgentsStartup);
void BM_ManyTablesRead(benchmark::State& state) { DecideIt(state, ManyTables(), "SELECT c FROM t151 WHERE id = 5"); }
BENCHMARK(BM_ManyTablesRead);
void BM_ManyTablesJoin(benchmark::State& state) { DecideIt(state, ManyTables(), kJoin); }
BENCHMARK(BM_ManyTablesJoin);
void BM_LongListsRead(benchmark::State& state) { DecideIt(state, LongLists(), kPoint); }
BENCHMARK(BM_LongListsRead);
void BM_LongListsJoin(benchmark::State& state) { DecideIt(state, LongLists(), kJoin); }
BENCHMARK(BM_LongListsJoin);

void BM_LoadPolicy(benchmark::State& state) {
  const std::string text = ManyAgents()->text;
  for (auto _ : state) benchmark::DoNotOptimize(ParseRules(text, "bench"));
}
BENCHMARK(BM_LoadPolicy);

}  // namespace
}  // namespace postern::policy

BENCHMARK_MAIN();
