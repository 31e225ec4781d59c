#include "gateway/frontend/judge.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/ids/ulid.h"
#include "common/mysql/collation.h"
#include "common/sql/read.h"
#include "gateway/frontend/open_door.h"
#include "gateway/policy/decide.h"

namespace postern::frontend {
namespace {

// Built-in rules of the front end, beside those of policy/decision.h.
constexpr std::string_view kTargetUnknown = "target-unknown";

v1::Statement::Decision ToRecord(policy::Effect effect) {
  switch (effect) {
    case policy::Effect::kAllow:
      return v1::Statement::DECISION_ALLOW;
    case policy::Effect::kHold:
      return v1::Statement::DECISION_HOLD;
    case policy::Effect::kDeny:
      return v1::Statement::DECISION_DENY;
  }
  return v1::Statement::DECISION_DENY;
}

std::string ObjectText(const sql::ObjectUse& use) {
  const std::string_view access = sql::AccessName(use.access);
  const std::string name = use.schema.empty() ? use.name : absl::StrCat(use.schema, ".", use.name);
  return absl::StrCat(absl::string_view(access.data(), access.size()), " ", name);
}

// Before the door is open, statements are read as the relay last described the server. False when none has, or when it
// is one we cannot read for.
bool LearnDialect(SessionState& s) {
  if (s.door) return true;
  const auto server = s.services.relays.ServerOf(s.login.target);
  if (!server) return false;
  const auto charset = sql::CharsetFromName(mysql::SafeCharsetOf(s.login.collation));
  const auto dialect = DialectOf(*server, charset);
  if (!dialect) return false;
  s.dialect = *dialect;
  // The relay will ask for what the agent asked for, and this flag is a mode to the server.
  if ((s.login.capabilities & mysql::capability::kIgnoreSpace) != 0) s.dialect.mode.ignore_space = true;
  s.lower_case_table_names = static_cast<int>(server->lower_case_table_names());
  for (const Postponed& waiting : s.postponed) {
    if (waiting.facts.session.charset) s.dialect.charset = *waiting.facts.session.charset;
  }
  return true;
}

policy::Decision NoRelay(const SessionState& s) {
  return policy::Decision::Deny(kTargetUnknown,
                                absl::StrCat("no relay that has reached ", s.login.target, " is connected; try again later"));
}

// A batch is read before any of it runs, so nothing in it may change how the rest is read or which schema it means.
bool MovesSession(const sql::Facts& facts) {
  return facts.use_schema || facts.session.charset || facts.session.sql_mode || facts.session.moves_pinned_state ||
         facts.kill;
}

// The strictest of several; holds are joined only when their terms are the same.
policy::Decision Strictest(policy::Decision a, policy::Decision b) {
  if (a.held() && b.held() && a.terms() != b.terms()) {
    return policy::Decision::Deny(policy::builtin::kConflictingHolds,
                                  "statements of one packet are held for different reviewers; send them one by one");
  }
  return b.effect() > a.effect() ? b : a;
}

policy::Decision DecideBatch(const SessionState& s, const std::vector<sql::Reading>& statements) {
  const policy::RulesPtr rules = s.services.policy.Current();
  const policy::SessionFacts session = s.Facts();
  if (!policy::MultiStatementsAllowed(*rules, session)) {
    return policy::Decision::Deny(policy::builtin::kMultiStatements,
                                  "several statements in one packet are not allowed; send them one by one");
  }
  policy::Decision decision = policy::Decide(*rules, statements.front().facts, session);
  for (const sql::Reading& reading : statements) {
    if (MovesSession(reading.facts)) {
      return policy::Decision::Deny(policy::builtin::kMultiStatements,
                                    "a statement that changes the session must be sent alone");
    }
    decision = Strictest(std::move(decision), policy::Decide(*rules, reading.facts, session));
  }
  return decision;
}

void JudgeBatch(const SessionState& s, Judged& judged, std::string_view text) {
  sql::BatchReading batch = sql::ReadBatch(text, s.dialect, s.services.options.sql);
  if (!batch.ok()) {
    judged.error = batch.error;
    SetDecision(s, judged.errand, policy::RefuseUnparsed(*s.services.policy.Current(), s.Facts(), *batch.error));
    return;
  }
  judged.is_batch = batch.statements.size() > 1;
  for (const sql::Reading& reading : batch.statements) {
    DescribeFacts(judged.errand.record, reading.facts);
    absl::StrAppend(&judged.forwarded, judged.forwarded.empty() ? "" : ";",
                    absl::string_view(reading.canonical.view().data(), reading.canonical.view().size()));
  }
  policy::Decision decision = judged.is_batch
                                  ? DecideBatch(s, batch.statements)
                                  : policy::Decide(*s.services.policy.Current(), batch.statements.front().facts, s.Facts());
  judged.facts = std::move(batch.statements.front().facts);
  SetDecision(s, judged.errand, std::move(decision));
}

void JudgeOne(const SessionState& s, Judged& judged, std::string_view text) {
  sql::Reading reading = sql::Read(text, s.dialect, s.services.options.sql);
  const policy::RulesPtr rules = s.services.policy.Current();
  if (!reading.ok()) {
    judged.error = reading.error;
    judged.errand.record.set_verb(std::string(sql::VerbName(reading.error->hint)));
    SetDecision(s, judged.errand, policy::RefuseUnparsed(*rules, s.Facts(), *reading.error));
    return;
  }
  DescribeFacts(judged.errand.record, reading.facts);
  SetDecision(s, judged.errand, policy::Decide(*rules, reading.facts, s.Facts()));
  judged.forwarded = std::string(reading.canonical.view());
  judged.facts = std::move(reading.facts);
}

}  // namespace

void DescribeFacts(v1::Statement& record, const sql::Facts& facts) {
  const std::string_view verb = sql::VerbName(facts.verb);
  if (!record.verb().empty()) record.mutable_verb()->append("; ");
  record.mutable_verb()->append(verb);
  for (const sql::ObjectUse& use : facts.objects) record.add_objects(ObjectText(use));
}

Errand NewErrand(const SessionState& s, mysql::Command command, uint8_t agent_sequence) {
  Errand errand{.command = &mysql::FindCommand(static_cast<uint8_t>(command)),
                .agent_sequence = agent_sequence,
                .decision = policy::Decision::Deny(policy::builtin::kDefault, "nothing was decided"),
                .arrived = absl::Now()};
  errand.record.set_statement_id(ids::NewStatementId());
  errand.record.set_command(std::string(errand.command->name));
  errand.record.set_schema(s.schema);
  SetDecision(s, errand, errand.decision);
  return errand;
}

void SetDecision(const SessionState& s, Errand& errand, policy::Decision decision) {
  errand.record.set_decision(ToRecord(decision.effect()));
  errand.record.set_rule(decision.rule());
  errand.record.set_reason(decision.reason());
  errand.record.set_policy_version(s.services.policy.Version());
  errand.decision = std::move(decision);
}

Judged Judge(SessionState& s, mysql::Command command, uint8_t agent_sequence, std::string_view text) {
  Judged judged{.errand = NewErrand(s, command, agent_sequence)};
  judged.errand.record.set_text(std::string(text));
  if (!LearnDialect(s)) {
    SetDecision(s, judged.errand, NoRelay(s));
    return judged;
  }
  if (command == mysql::Command::kQuery && s.multi_statements) {
    JudgeBatch(s, judged, text);
  } else {
    JudgeOne(s, judged, text);
  }
  if (judged.forwarded != text) judged.errand.record.set_forwarded(judged.forwarded);
  return judged;
}

policy::Decision JudgeAgain(const SessionState& s, const sql::Facts& facts, const std::string& schema) {
  policy::SessionFacts session = s.Facts();
  session.default_schema = schema;
  return policy::Decide(*s.services.policy.Current(), facts, session);
}

void JudgeUse(SessionState& s, Errand& errand, std::string_view schema) {
  errand.record.set_text(std::string(schema));
  errand.record.set_verb("use");
  SetDecision(s, errand, LearnDialect(s) ? policy::DecideUse(*s.services.policy.Current(), s.Facts(), schema) : NoRelay(s));
}

}  // namespace postern::frontend
