#include "gateway/policy/decide.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

using sql::Access;
using sql::FunctionClass;
using sql::Verb;

constexpr char kTour[] = R"(
rules:
  - { name: reads, agents: [bot], targets: [prod], allow: { verbs: [read], objects: ["shop.*"] } }
  - name: writes
    agents: ["*"]
    targets: [prod]
    hold: { verbs: [insert, update, delete, replace], objects: ["shop.*"], reviewers: [dba], wait: 5m }
  - { name: never, agents: ["*"], targets: ["*"], deny: { verbs: [ddl, account, admin] } }
)";

std::string RuleOf(const RulesPtr& rules, const sql::Facts& facts, const SessionFacts& session = Agent()) {
  const Decision decision = Decide(*rules, facts, session);
  return std::string(EffectName(decision.effect())) + " " + decision.rule();
}

TEST_CASE("the tour: a read runs, a write waits, a drop is refused") {
  const RulesPtr rules = Policy(kTour);
  CHECK(RuleOf(rules, Select("orders")) == "allow reads");
  const Decision held = Decide(*rules, Statement(Verb::kUpdate, {Table("", "orders", Access::kUpdate)}), Agent());
  CHECK(held.held());
  CHECK(held.rule() == "writes");
  CHECK(held.terms() == HoldTerms{{"dba"}, 1, absl::Minutes(5)});
  CHECK(held.reason() == "update on shop.orders waits for 1 approval by dba (writes)");
  const Decision denied =
      Decide(*rules, Statement(Verb::kDropTable, {Table("shop", "orders", Access::kDrop)}), Agent());
  CHECK(denied.denied());
  CHECK(denied.rule() == "never");
  CHECK(
      denied.reason() ==
      "drop_table on shop.orders is denied by rule \"never\"; allowed: read on shop.*; with approval: insert, update, "
      "delete, replace on shop.*");
}

TEST_CASE("what no rule names is denied, and the refusal says what is let") {
  const RulesPtr rules = Policy(kTour);
  const Decision decision = Decide(*rules, Statement(Verb::kSelect, {Table("hr", "pay", Access::kRead)}), Agent());
  CHECK(decision.denied());
  CHECK(decision.rule() == "default");
  CHECK(decision.reason().starts_with("no rule lets bot select on hr.pay at prod; allowed: read on shop.*"));
  CHECK(RuleOf(rules, Select("orders"), Agent("other")) == "deny default");
  SessionFacts elsewhere = Agent();
  elsewhere.target = "test";
  CHECK(RuleOf(rules, Select("orders"), elsewhere) == "deny default");
}

TEST_CASE("a hold is not escaped by another spelling, by the whole schema, or by an allow that is more exact") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: lets, agents: [bot], targets: [prod], allow: { verbs: [ddl, call, create_procedure], objects: ["shop.*"] } }
  - { name: waits, agents: [bot], targets: [prod],
      hold: { verbs: [drop, call], objects: ["shop.secrets", "shop.pay_all"], reviewers: [dba] } }
  - { name: code, agents: [bot], targets: [prod],
      hold: { verbs: ["create"], objects: ["shop.*"], reviewers: [dba] } }
)");
  using sql::ObjectKind;
  const auto one = [](Verb verb, ObjectKind kind, const char* name, Access access) {
    return Statement(verb, {{kind, kind == ObjectKind::kSchema ? "" : "shop", name, access}});
  };
  CHECK(RuleOf(rules, one(Verb::kCall, ObjectKind::kProcedure, "PAY_ALL", Access::kExecute)) == "hold waits");
  CHECK(RuleOf(rules, one(Verb::kDropSchema, ObjectKind::kSchema, "shop", Access::kDrop)) == "hold waits");
  CHECK(RuleOf(rules, one(Verb::kDropTable, ObjectKind::kTable, "other", Access::kDrop)) == "allow lets");
  CHECK(RuleOf(rules, one(Verb::kCreateTable, ObjectKind::kTable, "t", Access::kCreate)) == "hold code");
}

TEST_CASE("a name that a server takes for a file's is refused") {
  const RulesPtr rules = Policy(kTour);
  CHECK(RuleOf(rules, Select("#mysql50#orders")) == "deny files");
  CHECK(RuleOf(rules, Select("#MySQL50#orders")) == "deny files");
}

TEST_CASE("groups speak for their members") {
  const RulesPtr rules =
      Policy("rules:\n  - { name: a, groups: [readers], targets: [\"*\"], allow: { verbs: [read] } }\n");
  CHECK(RuleOf(rules, Statement(Verb::kSelect), Agent("x", {"readers"})) == "allow a");
  CHECK(RuleOf(rules, Statement(Verb::kSelect), Agent("readers", {"x"})) == "deny default");
}

TEST_CASE("every object must be covered, each for what is done to it") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: w, agents: [bot], targets: ["*"], allow: { verbs: [insert], objects: ["shop.log"] } }
  - { name: r, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.orders"] } }
)");
  const auto copy = [](std::string to, std::string from) {
    return Statement(Verb::kInsert, {Table("shop", to, Access::kInsert), Table("shop", from, Access::kRead)});
  };
  CHECK(RuleOf(rules, copy("log", "orders")) == "allow w");
  CHECK(RuleOf(rules, copy("log", "secrets")) == "deny default");
  CHECK(RuleOf(rules, copy("orders", "orders")) == "deny default");
  CHECK(RuleOf(rules, copy("log", "log")) == "deny default");
  sql::Facts upsert = copy("log", "orders");
  upsert.objects.push_back(Table("shop", "log", Access::kUpdate));
  CHECK(RuleOf(rules, upsert) == "deny default");
}

TEST_CASE("one denied object denies the statement") {
  const RulesPtr rules =
      Policy(std::string(kTour) +
             "  - { name: secret, agents: [\"*\"], targets: [\"*\"], deny: { verbs: [read], objects: "
             "[\"shop.secrets\"] } }\n");
  sql::Facts join = Select("orders");
  join.objects.push_back(Table("", "Secrets", Access::kRead));
  CHECK(RuleOf(rules, join) == "deny secret");
  CHECK(RuleOf(rules, Statement(Verb::kInsert, {Table("", "t", Access::kInsert),
                                                Table("", "secrets", Access::kRead)})) == "deny secret");
  CHECK(RuleOf(rules, Select("orders")) == "allow reads");
  // Looking at a schema's list of tables is not reading one of them.
  CHECK(RuleOf(rules, Statement(Verb::kShow, {{sql::ObjectKind::kSchema, "", "shop", Access::kInspect}})) ==
        "allow reads");
}

TEST_CASE("letter case opens nothing and hides nothing") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: r, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"] } }
  - { name: d, agents: [bot], targets: ["*"], deny: { verbs: [read], objects: ["shop.blocks"] } }
)");
  const sql::Facts shouted = Statement(Verb::kSelect, {Table("SHOP", "ORDERS", Access::kRead)});
  SessionFacts session = Agent();
  CHECK(RuleOf(rules, shouted, session) == "deny default");
  session.lower_case_table_names = 1;
  CHECK(RuleOf(rules, shouted, session) == "allow r");
  session.lower_case_table_names.reset();
  CHECK(RuleOf(rules, shouted, session) == "deny default");
  // U+212A folds to k on a server that folds; nobody need know whether this one does.
  const sql::Facts kelvin = Select("bloc\xE2\x84\xAAs");
  CHECK(RuleOf(rules, kelvin, session) == "deny d");
  session.lower_case_table_names = 0;
  CHECK(RuleOf(rules, kelvin, session) == "deny d");
}

TEST_CASE("a name without schema takes the default schema or is refused") {
  const RulesPtr rules = Policy(kTour);
  SessionFacts session = Agent();
  const sql::Facts facts = Statement(Verb::kSelect, {Table("", "orders", Access::kRead)});
  CHECK(RuleOf(rules, facts, session) == "allow reads");
  session.default_schema = "hr";
  CHECK(RuleOf(rules, facts, session) == "deny default");
  session.default_schema = "";
  CHECK(RuleOf(rules, facts, session) == "deny no-schema");
}

TEST_CASE("a star does not mean the server's own schemas") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: all, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["*"] } }
  - { name: digest, agents: [dba], targets: ["*"], allow: { verbs: [read], objects: ["performance_schema.*"] } }
)");
  const auto read = [](std::string schema, std::string name) {
    return Statement(Verb::kSelect, {Table(schema, name, Access::kRead)});
  };
  CHECK(RuleOf(rules, read("any", "t")) == "allow all");
  CHECK(RuleOf(rules, read("mysql", "user")) == "deny default");
  CHECK(RuleOf(rules, read("MYSQL", "user")) == "deny default");
  CHECK(RuleOf(rules, read("sys", "session")) == "deny default");
  CHECK(RuleOf(rules, read("performance_schema", "threads")) == "deny default");
  CHECK(RuleOf(rules, read("performance_schema", "threads"), Agent("dba")) == "allow digest");
  CHECK(RuleOf(rules, read("information_schema", "TABLES")) == "allow all");
  CHECK(RuleOf(rules, read("INFORMATION_SCHEMA", "PROCESSLIST")) == "deny default");
  CHECK(RuleOf(rules, read("information_schema", "COLUMN_STATISTICS")) == "deny default");
  CHECK(RuleOf(rules, read("İnformation_schema", "PROCESSLIST")) == "deny default");
  CHECK(RuleOf(rules, read("日本語", "t")) == "allow all");
}

TEST_CASE("a variable that is set for one statement is set as by SET") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: deletes, agents: [bot], targets: ["*"], allow: { verbs: [delete], objects: ["shop.*"] } }
  - { name: timed, agents: [slow], targets: ["*"], allow: { verbs: [delete], objects: ["shop.*"], session: [max_statement_time] } }
)");
  sql::Facts facts = Statement(Verb::kDelete, {Table("shop", "orders", Access::kDelete)});
  CHECK(RuleOf(rules, facts) == "allow deletes");
  facts.variables = {{sql::VariableScope::kSession, "foreign_key_checks", true, "0"}};
  CHECK(RuleOf(rules, facts) == "deny default");
  facts.variables = {{sql::VariableScope::kSession, "max_statement_time", true, "5"}};
  CHECK(RuleOf(rules, facts) == "deny default");
  CHECK(RuleOf(rules, facts, Agent("slow")) == "allow timed");
}

TEST_CASE("SHOW shows everybody what is harmless, and nobody the statements of others") {
  const RulesPtr rules = Policy(kTour);
  const auto show = [](std::string part) {
    return Statement(Verb::kShow, {{sql::ObjectKind::kServer, "", part, Access::kInspect}});
  };
  CHECK(RuleOf(rules, show("databases")) == "allow reads");
  CHECK(RuleOf(rules, show("processlist")) == "deny default");
  CHECK(RuleOf(rules, show("engine_status")) == "deny default");
  const RulesPtr named = Policy(
      "rules:\n  - { name: p, agents: [bot], targets: [\"*\"], allow: { verbs: [show], objects: "
      "[\"@server.processlist\"] } }\n");
  CHECK(RuleOf(named, show("processlist")) == "allow p");
}

TEST_CASE("functions that may do more than compute need a rule of their own") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: r, agents: ["*"], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"] } }
  - { name: c, agents: [dba], targets: ["*"], allow: { verbs: [call], objects: ["shop.*", "@function.sleep"] } }
)");
  CHECK(RuleOf(rules, Call("", "COUNT", FunctionClass::kPure)) == "allow r");
  CHECK(RuleOf(rules, Call("", "DATABASE", FunctionClass::kReadsSession)) == "allow r");
  CHECK(RuleOf(rules, Call("", "SLEEP", FunctionClass::kSleepsOrLocks)) == "deny function");
  CHECK(RuleOf(rules, Call("", "SLEEP", FunctionClass::kSleepsOrLocks), Agent("dba")) == "allow r");
  CHECK(RuleOf(rules, Call("", "NEXTVAL", FunctionClass::kWrites)) == "deny function");
  CHECK(RuleOf(rules, Call("shop", "price", FunctionClass::kUnknown)) == "deny function");
  CHECK(RuleOf(rules, Call("shop", "price", FunctionClass::kUnknown), Agent("dba")) == "allow r");
  // Unqualified it might be a loadable function that does anything.
  CHECK(RuleOf(rules, Call("", "sys_exec", FunctionClass::kUnknown), Agent("dba")) == "deny function");
  CHECK(RuleOf(rules, Call("", "LOAD_FILE", FunctionClass::kTouchesFiles), Agent("dba")) == "deny files");
}

TEST_CASE("a stored function is denied and held by its schema however it is called") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: r, agents: ["*"], targets: ["*"], allow: { verbs: [read, call], objects: ["shop.*", "@function.*"] } }
  - { name: d, agents: [bot], targets: ["*"], deny: { verbs: [call], objects: ["shop.refund"] } }
  - { name: h, agents: [dba], targets: ["*"], hold: { verbs: [call], objects: ["shop.refund"], reviewers: [dba] } }
)");
  CHECK(RuleOf(rules, Call("shop", "refund", FunctionClass::kUnknown)) == "deny d");
  CHECK(RuleOf(rules, Call("", "refund", FunctionClass::kUnknown)) == "deny d");
  CHECK(RuleOf(rules, Call("", "refund", FunctionClass::kUnknown), Agent("dba")) == "hold h");
  CHECK(RuleOf(rules, Call("", "price", FunctionClass::kUnknown)) == "allow r");
  CHECK(RuleOf(rules, Call("", "SLEEP", FunctionClass::kSleepsOrLocks)) == "allow r");
}

TEST_CASE("a name that the server may take for a denied or held one is denied or held") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: r, agents: ["*"], targets: ["*"], allow: { verbs: [read, call], objects: ["shop.*"] } }
  - { name: d, agents: ["*"], targets: ["*"], deny: { verbs: [call, select], objects: ["shop.wipe", "shop.gehälter", "shop.tmp_*"] } }
)");
  CHECK(RuleOf(rules, Call("shop", "wípe", FunctionClass::kUnknown)) == "deny d");
  CHECK(RuleOf(rules, Call("shop", "WIPE", FunctionClass::kUnknown)) == "deny d");
  CHECK(RuleOf(rules, Call("shop", "gehalter", FunctionClass::kUnknown)) == "deny d");
  CHECK(RuleOf(rules, Call("shop", "tmp_x", FunctionClass::kUnknown)) == "deny d");
  CHECK(RuleOf(rules, Call("shop", "tmp", FunctionClass::kUnknown)) == "allow r");
  CHECK(RuleOf(rules, Call("shop", "wipes", FunctionClass::kUnknown)) == "allow r");
  CHECK(RuleOf(rules, Call("shop", "wip", FunctionClass::kUnknown)) == "allow r");
}

TEST_CASE("reading rows is select, whatever the verb around it is called") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: r, agents: [bot], targets: ["*"], allow: { verbs: [read], objects: ["shop.*"] } }
  - { name: s, agents: [shower], targets: ["*"], allow: { verbs: [show, table, values], objects: ["shop.*"] } }
  - { name: d, agents: [bot], targets: ["*"], deny: { verbs: [select], objects: ["shop.customers"] } }
)");
  for (const Verb verb : {Verb::kTable, Verb::kValues, Verb::kShow, Verb::kSelect}) {
    const sql::Facts facts = Statement(verb, {Table("shop", "customers", Access::kRead)});
    CHECK(RuleOf(rules, facts) == "deny d");
    CHECK(RuleOf(rules, facts, Agent("shower")) == "deny default");
  }
  CHECK(RuleOf(rules, Statement(Verb::kTable, {Table("shop", "orders", Access::kRead)})) == "allow r");
}

TEST_CASE("EXPLAIN holds the functions that it may run") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: r, agents: ["*"], targets: ["*"], allow: { verbs: [read, call], objects: ["shop.*"] } }
  - { name: h, agents: ["*"], targets: ["*"], hold: { verbs: [call, select], objects: ["shop.refund", "shop.orders"], reviewers: [dba] } }
)");
  sql::Facts facts = Statement(Verb::kExplain, {Table("shop", "orders", Access::kRead)});
  facts.nested = Verb::kSelect;
  CHECK(RuleOf(rules, facts) == "allow r");
  facts.functions.push_back({"shop", "refund", FunctionClass::kUnknown});
  CHECK(RuleOf(rules, facts) == "hold h");
}

TEST_CASE("what a reviewer could not see is refused in place of being held") {
  const RulesPtr rules = Policy(kTour);
  sql::Facts facts = Statement(Verb::kUpdate, {Table("shop", "orders", Access::kUpdate)});
  CHECK(RuleOf(rules, facts) == "hold writes");
  facts.variables.push_back({sql::VariableScope::kUser, "x", false, {}});
  CHECK(RuleOf(rules, facts) == "deny held-variables");
  facts.variables = {{sql::VariableScope::kSession, "last_insert_id", false, {}}};
  CHECK(RuleOf(rules, facts) == "deny held-variables");
  facts.variables = {{sql::VariableScope::kGlobal, "max_connections", false, {}}};
  CHECK(RuleOf(rules, facts) == "hold writes");
}

TEST_CASE("a held statement reads nothing that earlier ones left in its session") {
  const RulesPtr rules = Policy(kTour);
  const auto with = [&](const char* function) {
    sql::Facts facts = Statement(Verb::kUpdate, {Table("shop", "orders", Access::kUpdate)});
    facts.functions.push_back({"", function, sql::FunctionClass::kReadsSession});
    return RuleOf(rules, facts);
  };
  for (const char* left : {"LAST_INSERT_ID", "ROW_COUNT", "FOUND_ROWS", "CONNECTION_ID", "PS_CURRENT_THREAD_ID"}) {
    CHECK(with(left) == "deny held-variables");
  }
  for (const char* known : {"CURRENT_USER", "USER", "DATABASE", "SCHEMA", "CURRENT_ROLE", "VERSION"}) CHECK(with(known) == "hold writes");
}

TEST_CASE("rows may be locked only where they may be changed") {
  sql::Facts facts = Select("orders");
  facts.locking_read = true;
  CHECK(RuleOf(Policy(kTour), facts) == "allow reads");
  const RulesPtr readers = Policy(
      "rules:\n  - { name: r, agents: [bot], targets: [\"*\"], allow: { verbs: [read], objects: [\"shop.*\"] } }\n");
  CHECK(RuleOf(readers, facts) == "deny locking-read");
}

TEST_CASE("EXPLAIN ANALYZE needs what the explained statement needs") {
  sql::Facts facts = Statement(Verb::kExplain, {Table("shop", "orders", Access::kUpdate)});
  facts.nested = Verb::kUpdate;
  CHECK(RuleOf(Policy(kTour), facts) == "allow reads");
  facts.executes_nested = true;
  facts.group = sql::VerbGroup::kWrite;
  CHECK(RuleOf(Policy(kTour), facts) == "hold writes");
}

TEST_CASE("some statements no rule can let") {
  const RulesPtr rules = Policy(R"(
rules:
  - name: all
    agents: [bot]
    targets: ["*"]
    allow: { verbs: [read, write, ddl, account, admin, session, transaction], objects: ["*", "@file.*", "@variable.*"] }
)");
  CHECK(RuleOf(rules, Statement(Verb::kPrepare)) == "deny dynamic-sql");
  CHECK(RuleOf(rules, Statement(Verb::kExecuteImmediate)) == "deny dynamic-sql");
  CHECK(RuleOf(rules, Statement(Verb::kBlock)) == "deny block");
  CHECK(RuleOf(rules, Statement(Verb::kUnknown)) == "deny unknown-verb");
  sql::Facts outfile = Select("orders");
  outfile.into_outfile = true;
  CHECK(RuleOf(rules, outfile) == "deny files");
  sql::Facts load = Statement(Verb::kLoad, {Table("shop", "orders", Access::kInsert)});
  load.local_file = true;
  CHECK(RuleOf(rules, load) == "deny files");
  sql::Facts pinned = Statement(Verb::kSet);
  pinned.session.moves_pinned_state = true;
  CHECK(RuleOf(rules, pinned) == "deny pinned-session");
  sql::Facts mode = Statement(Verb::kSet);
  mode.session.sql_mode_value = "ANSI_QUOTES";
  mode.session.sql_mode = sql::SqlMode{.ansi_quotes = true};
  CHECK(RuleOf(rules, mode) == "deny pinned-session");
  SessionFacts ansi = Agent();
  ansi.sql_mode.ansi_quotes = true;
  CHECK(RuleOf(rules, mode, ansi) == "allow all");
  mode.session.sql_mode.reset();
  CHECK(RuleOf(rules, mode, ansi) == "deny pinned-session");
}

TEST_CASE("dangerous verbs are let by name only") {
  const RulesPtr words = Policy(R"(
rules:
  - name: w
    agents: [bot]
    targets: ["*"]
    allow: { verbs: [set, create, alter, drop, transaction], objects: ["*", "@user.*", "@variable.*"] }
)");
  CHECK(RuleOf(words, Statement(Verb::kSet)) == "allow w");
  CHECK(RuleOf(words, Statement(Verb::kSetPassword)) == "deny default");
  CHECK(RuleOf(words, Statement(Verb::kDropUser, {{sql::ObjectKind::kUser, "", "bob", Access::kDrop}})) ==
        "deny default");
  CHECK(RuleOf(words, Statement(Verb::kXa)) == "deny default");
  sql::Facts global = Statement(Verb::kSetGlobal);
  global.variables.push_back({sql::VariableScope::kGlobal, "max_connections", true, "1"});
  CHECK(RuleOf(words, global) == "deny default");
  const sql::Facts procedure =
      Statement(Verb::kCreateProcedure, {{sql::ObjectKind::kProcedure, "shop", "p", Access::kCreate}});
  CHECK(RuleOf(words, procedure) == "deny stored-code");
  const RulesPtr named = Policy(R"(
rules:
  - name: n
    agents: [bot]
    targets: ["*"]
    allow: { verbs: [create_procedure, admin], objects: ["shop.*", "@variable.max_connections"] }
)");
  CHECK(RuleOf(named, procedure) == "allow n");
  CHECK(RuleOf(named, global) == "allow n");
  global.variables[0].name = "general_log_file";
  CHECK(RuleOf(named, global) == "deny default");
}

TEST_CASE("what every driver sends to start is let, unless a rule denies it") {
  sql::Facts names = Statement(Verb::kSet);
  names.session.harmless_startup = true;
  CHECK(RuleOf(Policy("rules: []\n"), names) == "allow startup");
  CHECK(RuleOf(Policy("rules:\n  - { name: d, agents: [\"*\"], targets: [\"*\"], deny: { verbs: [session] } }\n"),
               names) == "deny d");
}

TEST_CASE("USE opens only schemas in which something is let") {
  const RulesPtr rules = Policy(kTour);
  CHECK(DecideUse(*rules, Agent(), "shop").rule() == "startup");
  CHECK(DecideUse(*rules, Agent(), "hr").rule() == "schema-not-visible");
  CHECK(DecideUse(*rules, Agent(), "mysql").denied());
  CHECK(SchemaVisible(*rules, Agent(), "information_schema"));
  CHECK_FALSE(SchemaVisible(*Policy("rules: []\n"), Agent(), "information_schema"));
}

TEST_CASE("Ctrl-C works where admin is denied; other forms of KILL do not") {
  const RulesPtr rules = Policy(kTour);
  sql::Facts kill = Statement(Verb::kKill);
  kill.kill = sql::KillFacts{.id = 7, .query_only = true};
  CHECK(RuleOf(rules, kill) == "allow kill");
  kill.kill->by_user = true;
  CHECK(RuleOf(rules, kill) == "deny kill");
  kill.kill = sql::KillFacts{};
  CHECK(RuleOf(rules, kill) == "deny kill");
  kill.kill->id = 7;
  CHECK(RuleOf(Policy("rules:\n  - { name: d, agents: [bot], targets: [\"*\"], deny: { verbs: [kill] } }\n"), kill) ==
        "deny d");
}

TEST_CASE("several holds ask for the strictest of their terms, or for what nobody can give") {
  const RulesPtr rules = Policy(R"(
rules:
  - { name: b, agents: [bot], targets: ["*"], hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba, lead], approvals: 2, wait: 1h } }
  - { name: a, agents: [bot], targets: ["*"], hold: { verbs: [update], objects: ["shop.pay*"], reviewers: [lead, cfo], wait: 5m } }
  - { name: c, agents: [bot], targets: ["*"], hold: { verbs: [update], objects: ["hr.*"], reviewers: [hr] } }
)");
  const Decision decision = Decide(*rules, Statement(Verb::kUpdate, {Table("", "payments", Access::kUpdate)}), Agent());
  CHECK(decision.rule() == "a");
  CHECK(decision.terms() == HoldTerms{{"lead"}, 2, absl::Minutes(5)});
  CHECK(RuleOf(rules, Statement(Verb::kUpdate, {Table("", "orders", Access::kUpdate),
                                                Table("hr", "pay", Access::kUpdate)})) == "deny conflicting-holds");
}

TEST_CASE("what was not read is refused, by the rule its first words suggest") {
  const RulesPtr rules = Policy(kTour);
  sql::ParseError error;
  error.hint = Verb::kDropTable;
  CHECK(RefuseUnparsed(*rules, Agent(), error).rule() == "never");
  error.hint = Verb::kSelect;
  CHECK(RefuseUnparsed(*rules, Agent(), error).denied());
  CHECK(RefuseUnparsed(*rules, Agent(), error).rule() == "unparsed");
  error.hint = Verb::kUnknown;
  CHECK(RefuseUnparsed(*rules, Agent(), error).rule() == "unparsed");
}

TEST_CASE("several statements in one packet need a rule that says so") {
  CHECK_FALSE(MultiStatementsAllowed(*Policy(kTour), Agent()));
  const RulesPtr rules = Policy(
      "rules:\n  - { name: m, agents: [bot], targets: [prod], multi_statements: true, allow: { verbs: [read] } }\n");
  CHECK(MultiStatementsAllowed(*rules, Agent()));
  CHECK_FALSE(MultiStatementsAllowed(*rules, Agent("other")));
}

TEST_CASE("a refusal repeats no control character of a name") {
  const Decision decision = Decide(*Policy("rules: []\n"), Select("a\nb\x1b[2J" + std::string(100, 'x')), Agent());
  CHECK(decision.reason().find('\n') == std::string::npos);
  CHECK(decision.reason().find('\x1b') == std::string::npos);
  CHECK(decision.reason().size() < 200);
}

}  // namespace
}  // namespace postern::policy
