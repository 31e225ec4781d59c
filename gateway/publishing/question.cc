#include "gateway/publishing/question.h"

#include <optional>
#include <utility>
#include <vector>

#include "common/text/utf8.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/decide_packet.h"
#include "gateway/policy/mask_plan.h"
#include "gateway/policy/masks.h"

namespace postern::publishing {
namespace {

struct Answer {
  policy::Decision decision;
  sql::Reading reading;  // of a batch, of its first statement
  policy::MaskPlan masks;
};

sql::Known KnownTo(const Question& question) { return {question.schema, question.session.default_schema}; }

// As the session's judge does: what masks refuse is refused unless policy has denied it already.
void ApplyMasks(const policy::Rules& rules, const Question& question, const std::vector<const sql::Facts*>& batch,
                Answer& answer) {
  if (question.schema == nullptr) return;
  policy::Masking masking = policy::PlanMasks(rules, batch, question.session, question.schema);
  answer.masks = std::move(masking.plan);
  if (masking.refused && !answer.decision.denied()) answer.decision = *std::move(masking.refused);
}

Answer AskBatch(const policy::Rules& rules, const Question& question) {
  sql::BatchReading batch = sql::ReadBatch(question.statement, question.dialect, {}, KnownTo(question));
  if (!batch.ok()) {
    sql::Reading failed;
    failed.error = *batch.error;
    return {policy::RefuseUnparsed(rules, question.session, *failed.error), std::move(failed), {}};
  }
  std::vector<const sql::Facts*> all;
  for (const sql::Reading& reading : batch.statements) all.push_back(&reading.facts);
  Answer answer{policy::DecidePacket(rules, all, question.session), {}, {}};
  ApplyMasks(rules, question, all, answer);
  answer.reading = std::move(batch.statements.front());
  return answer;
}

Answer Ask(const policy::Rules& rules, const Question& question) {
  if (question.use_schema) return {policy::DecideUse(rules, question.session, question.statement), {}, {}};
  sql::Reading reading = sql::Read(question.statement, question.dialect, {}, KnownTo(question));
  if (reading.ok()) {
    Answer answer{policy::DecidePacket(rules, {&reading.facts}, question.session), std::move(reading), {}};
    ApplyMasks(rules, question, {&answer.reading.facts}, answer);
    return answer;
  }
  if (reading.error->kind == sql::ParseErrorKind::kMultipleStatements) return AskBatch(rules, question);
  return {policy::RefuseUnparsed(rules, question.session, *reading.error), std::move(reading), {}};
}

std::string ColumnText(const sql::ColumnRef& column) {
  std::string text = column.schema.empty() ? "" : column.schema + ".";
  if (!column.table.empty()) text += column.table + ".";
  return text + column.name;
}

std::optional<policy::MaskFor> MaskOf(const policy::Rules& rules, const Question& question, const sql::ColumnRef& column) {
  const std::string_view table = column.table.empty() ? "*" : std::string_view(column.table);
  return policy::MaskOf(rules, question.session, column.schema, table, column.name);
}

// Without a schema: the strictest mask of any column that the statement itself names as a source.
std::optional<policy::Mask> MaskOf(const policy::Rules& rules, const Question& question, const sql::OutputColumn& output) {
  std::optional<policy::Mask> strictest;
  for (const sql::ColumnSource& source : output.sources) {
    const auto mask = MaskOf(rules, question, source.column);
    if (mask && (!strictest || policy::CompareStrictness(mask->mask, *strictest) < 0)) strictest = mask->mask;
  }
  return strictest;
}

void AddOutput(std::string_view name, const std::optional<policy::Mask>& mask, v1::PolicyAnswer& told) {
  v1::PolicyAnswer::Output& output = *told.add_outputs();
  output.set_name(text::ValidUtf8(name));
  if (mask) output.set_mask(policy::MaskText(*mask));
}

std::string_view UseText(policy::MaskedUse use) {
  switch (use) {
    case policy::MaskedUse::kRefuse: return "refuse";
    case policy::MaskedUse::kCompareEqual: return "compare_equal";
    case policy::MaskedUse::kAny: return "any";
  }
  return "refuse";
}

void DescribeMasks(const policy::Rules& rules, const Question& question, const Answer& answer, v1::PolicyAnswer& told) {
  const sql::Facts& facts = answer.reading.facts;
  if (answer.masks.predicted) {
    for (const policy::OutputPlan& output : answer.masks.outputs) AddOutput(output.name, output.mask, told);
  } else {
    for (const sql::OutputColumn& output : facts.outputs) AddOutput(output.name, MaskOf(rules, question, output), told);
  }
  for (const sql::ColumnUse& use : facts.columns) {
    if (use.role == sql::ColumnRole::kProjected) continue;
    const auto mask = MaskOf(rules, question, use.column);
    if (!mask) continue;
    v1::PolicyAnswer::MaskedUse& masked = *told.add_masked_uses();
    masked.set_column(text::ValidUtf8(ColumnText(use.column)));
    masked.set_role(std::string(sql::ColumnRoleName(use.role)));
    masked.set_masked_use(std::string(UseText(mask->use)));
  }
}

v1::PolicyAnswer::Effect EffectOf(policy::Effect effect) {
  switch (effect) {
    case policy::Effect::kAllow: return v1::PolicyAnswer::EFFECT_ALLOW;
    case policy::Effect::kHold: return v1::PolicyAnswer::EFFECT_HOLD;
    case policy::Effect::kDeny: break;
  }
  return v1::PolicyAnswer::EFFECT_DENY;
}

void DescribeDecision(const policy::Decision& decision, v1::PolicyAnswer& told) {
  told.set_decision(EffectOf(decision.effect()));
  told.set_rule(decision.rule());
  told.set_reason(text::ValidUtf8(decision.reason()));
  *told.mutable_limits() = ToProto(decision.limits());
  if (!decision.held()) return;
  v1::PolicyAnswer::Hold& hold = *told.mutable_hold();
  for (const std::string& group : decision.terms().reviewers) hold.add_reviewers(group);
  hold.set_approvals(decision.terms().approvals_needed);
  hold.set_wait_seconds(absl::ToInt64Seconds(decision.terms().wait));
  hold.set_mode(std::string(policy::HoldModeName(decision.terms().mode)));
  hold.set_reason_required(decision.terms().reason_required);
  hold.set_window_seconds(absl::ToInt64Seconds(decision.terms().window));
}

}  // namespace

v1::PolicyAnswer::Limits ToProto(const policy::StatementLimits& limits) {
  v1::PolicyAnswer::Limits told;
  if (limits.max_rows) told.set_max_rows(*limits.max_rows);
  if (limits.max_bytes) told.set_max_bytes(*limits.max_bytes);
  if (limits.max_affected_rows) told.set_max_affected_rows(*limits.max_affected_rows);
  if (limits.max_execution_time) told.set_max_execution_time_ms(absl::ToInt64Milliseconds(*limits.max_execution_time));
  return told;
}

policy::Decision Decide(const policy::Rules& rules, const Question& question) { return Ask(rules, question).decision; }

v1::PolicyAnswer Explain(const policy::Rules& rules, const Question& question) {
  const Answer answer = Ask(rules, question);
  v1::PolicyAnswer told;
  DescribeDecision(answer.decision, told);
  told.set_policy_version(rules.version);
  if (!answer.reading.ok() || question.use_schema) return told;
  told.set_facts(text::ValidUtf8(sql::ToText(answer.reading.facts)));
  told.set_under_masks(policy::AnyMasks(rules, question.session));
  if (told.under_masks()) DescribeMasks(rules, question, answer, told);
  return told;
}

}  // namespace postern::publishing
