#include "gateway/frontend/judge.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "common/mysql/collation.h"
#include "common/sql/lexer/name_char.h"
#include "common/sql/read.h"
#include "gateway/frontend/approval_for.h"
#include "gateway/frontend/binding.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/transaction.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/decide_packet.h"
#include "gateway/policy/mask_plan.h"
#include "gateway/policy/masks.h"
#include "gateway/tunnel/server_dialect.h"

namespace postern::frontend {
namespace {

// Before the door is open, statements are read as the relay last described the server. False when none has, or when it
// is one we cannot read for.
bool LearnDialect(SessionState& s) {
  if (s.door) return true;
  const auto server = s.services.relays.ServerOf(s.login.target);
  if (!server) return false;
  const auto charset = sql::CharsetFromName(mysql::SafeCharsetOf(s.login.collation));
  const auto dialect = tunnel::DialectOf(*server, charset);
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
                                absl::StrCat("no connected relay has reached ", s.login.target, "; try again later"));
}

policy::Decision PreparedOtherwise() {
  return policy::Decision::Deny(policy::builtin::kUnparsed,
                                "the session's character set or sql_mode has changed since this statement was prepared; prepare it again");
}

// What masks make of statements that policy would let run; their plan is the errand's.
policy::Decision UnderMasks(Errand& errand, policy::Decision decision, policy::Masking masking) {
  errand.masks = std::move(masking.plan);
  if (decision.denied() || !masking.refused) return decision;
  return *std::move(masking.refused);
}

// The target's schema as it is known now; null where it is not, or may be older than what an agent changed.
catalog::CatalogPtr CatalogOf(const SessionState& s) {
  return s.schema_is_stale ? nullptr : s.services.catalogs.Of(s.login.target);
}

bool TouchesSchema(const sql::Facts& facts) {
  const auto in_schema = [](const sql::ObjectUse& use) {
    return use.kind == sql::ObjectKind::kTable || use.kind == sql::ObjectKind::kProcedure ||
           use.kind == sql::ObjectKind::kFunction;
  };
  const auto stored = [](const sql::FunctionUse& use) { return use.cls == sql::FunctionClass::kUnknown; };
  return std::any_of(facts.objects.begin(), facts.objects.end(), in_schema) ||
         std::any_of(facts.functions.begin(), facts.functions.end(), stored);
}

uint64_t GenerationOf(const catalog::CatalogPtr& catalog) { return catalog == nullptr ? 0 : catalog->generation(); }

void JudgeBatch(const SessionState& s, const policy::Rules& rules, Judged& judged, std::string_view text) {
  sql::BatchReading batch = sql::ReadBatch(text, s.dialect, s.services.options.sql, {judged.catalog.get(), s.schema});
  if (!batch.ok()) {
    judged.error = batch.error;
    SetDecision(judged.errand, policy::RefuseUnparsed(rules, s.Facts(), *batch.error), rules);
    return;
  }
  const policy::SessionFacts session = s.Facts();
  judged.is_batch = batch.statements.size() > 1;
  judged.errand.statements = batch.statements.size();
  for (const sql::Reading& reading : batch.statements) {
    DescribeFacts(judged.errand.record, reading.facts);
    judged.errand.changes_schema |= sql::MayChangeSchema(reading.facts);
    judged.errand.touches_schema |= TouchesSchema(reading.facts);
    judged.errand.may_end_transaction |= MayEndTransaction(reading.facts);
    judged.moves_settings |= MovesSettings(reading.facts);
    absl::StrAppend(&judged.forwarded, judged.forwarded.empty() ? "" : ";",
                    absl::string_view(reading.canonical.view().data(), reading.canonical.view().size()));
  }
  std::vector<const sql::Facts*> all;
  for (const sql::Reading& reading : batch.statements) all.push_back(&reading.facts);
  policy::Decision decision = UnderMasks(judged.errand, policy::DecidePacket(rules, all, session),
                                         policy::PlanMasks(rules, all, session, judged.catalog.get()));
  SetDecision(judged.errand, std::move(decision), rules);
  NoteForReview(judged.errand, all, judged.forwarded, s.dialect, judged.catalog.get());
  judged.facts = std::move(batch.statements.front().facts);
}

void JudgeOne(const SessionState& s, const policy::Rules& rules, Judged& judged, std::string_view text) {
  sql::Reading reading = sql::Read(text, s.dialect, s.services.options.sql, {judged.catalog.get(), s.schema});
  if (!reading.ok()) {
    judged.error = reading.error;
    judged.errand.record.set_verb(std::string(sql::VerbName(reading.error->hint)));
    SetDecision(judged.errand, policy::RefuseUnparsed(rules, s.Facts(), *reading.error), rules);
    return;
  }
  DescribeFacts(judged.errand.record, reading.facts);
  policy::SessionFacts session = s.Facts();
  // Whether a transaction is open is asked again when it is executed.
  if (!judged.errand.command->Is(mysql::Command::kQuery)) session.can_undo = true;
  SetDecision(judged.errand,
              UnderMasks(judged.errand, policy::DecidePacket(rules, {&reading.facts}, session),
                         policy::PlanMasks(rules, reading.facts, session, judged.catalog.get())),
              rules);
  judged.errand.changes_schema = sql::MayChangeSchema(reading.facts);
  judged.errand.touches_schema = TouchesSchema(reading.facts);
  judged.errand.may_end_transaction = MayEndTransaction(reading.facts);
  judged.forwarded = std::string(reading.canonical.view());
  judged.facts = std::move(reading.facts);
  const sql::Facts* const facts = &judged.facts;
  NoteForReview(judged.errand, {&facts, 1}, judged.forwarded, s.dialect, judged.catalog.get());
}

}  // namespace

// One snapshot of the policy decides, and its version is what the record says.
Judged Judge(SessionState& s, mysql::Command command, uint8_t agent_sequence, std::string_view text) {
  const policy::RulesPtr rules = s.services.policy.Current();
  Judged judged{.errand = NewErrand(s, command, agent_sequence)};
  judged.errand.record.set_text(std::string(text));
  judged.schema = s.schema;
  judged.errand.rules = rules;
  if (!LearnDialect(s)) {
    SetDecision(judged.errand, NoRelay(s), *rules);
    return judged;
  }
  judged.catalog = CatalogOf(s);
  judged.errand.catalog_generation = GenerationOf(judged.catalog);
  judged.dialect = s.dialect;
  if (command == mysql::Command::kQuery && s.multi_statements) {
    JudgeBatch(s, *rules, judged, text);
  } else {
    JudgeOne(s, *rules, judged, text);
  }
  if (judged.forwarded != text) judged.errand.record.set_forwarded(judged.forwarded);
  return judged;
}

policy::Decision JudgeAgain(const SessionState& s, const policy::Rules& rules, const sql::Facts& facts,
                            const std::string& schema) {
  policy::SessionFacts session = s.Facts();
  session.default_schema = schema;
  return policy::Decide(rules, facts, session);
}

// Read by the schema of now: what a column is may have changed since.
void JudgePrepared(const SessionState& s, Errand& errand, PreparedStatement& prepared) {
  const policy::RulesPtr rules = s.services.policy.Current();
  policy::SessionFacts session = s.Facts();
  session.default_schema = prepared.schema;
  const catalog::CatalogPtr catalog = CatalogOf(s);
  const uint64_t generation = GenerationOf(catalog);
  errand.catalog_generation = generation;
  errand.rules = rules;
  // A server that prepares its text again, for new types or a changed table, may read it as the session reads now.
  if (prepared.dialect != s.dialect) return SetDecision(errand, PreparedOtherwise(), *rules);
  if (generation != prepared.catalog_generation) {
    sql::Reading reading =
        sql::Read(prepared.forwarded, prepared.dialect, s.services.options.sql, {catalog.get(), prepared.schema});
    if (!reading.ok()) return SetDecision(errand, policy::RefuseUnparsed(*rules, session, *reading.error), *rules);
    prepared.facts = std::move(reading.facts);
    prepared.catalog_generation = generation;
  }
  errand.changes_schema = sql::MayChangeSchema(prepared.facts);
  errand.touches_schema = TouchesSchema(prepared.facts);
  errand.may_end_transaction = MayEndTransaction(prepared.facts);
  SetDecision(errand,
              UnderMasks(errand, policy::DecidePacket(*rules, {&prepared.facts}, session),
                         policy::PlanMasks(*rules, prepared.facts, session, catalog.get())),
              *rules);
  const sql::Facts* const facts = &prepared.facts;
  NoteForReview(errand, {&facts, 1}, prepared.forwarded, prepared.dialect, catalog.get());
}

void JudgeUse(SessionState& s, Errand& errand, std::string_view schema) {
  const policy::RulesPtr rules = s.services.policy.Current();
  errand.record.set_text(std::string(schema));
  errand.record.set_verb("use");
  if (!LearnDialect(s)) return SetDecision(errand, NoRelay(s), *rules);
  if (!sql::IsSafeName(schema, s.dialect.charset)) {
    return SetDecision(errand, policy::Decision::Deny(policy::builtin::kUnparsed, "the schema's name is not one in utf8mb4"), *rules);
  }
  SetDecision(errand, policy::DecideUse(*rules, s.Facts(), schema), *rules);
}

}  // namespace postern::frontend
