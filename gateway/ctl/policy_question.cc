#include "gateway/ctl/policy_question.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "common/config/units.h"
#include "common/text/utf8.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/masks.h"

namespace postern::ctl {
namespace {

using nlohmann::ordered_json;

// What is masked of one column of the result, or of one use of a column; an empty mask: it is shown as it is.
struct Shown {
  std::string name;
  std::string role;
  std::optional<policy::MaskFor> mask;
};

std::string ColumnText(const sql::ColumnRef& column) {
  std::string text = column.schema.empty() ? "" : column.schema + ".";
  if (!column.table.empty()) text += column.table + ".";
  return text + column.name;
}

std::optional<policy::MaskFor> MaskOf(const policy::Rules& rules, const PolicyQuestion& question,
                                      const sql::ColumnRef& column) {
  const std::string_view table = column.table.empty() ? "*" : std::string_view(column.table);
  return policy::MaskOf(rules, question.session, column.schema, table, column.name);
}

Shown OutputOf(const policy::Rules& rules, const PolicyQuestion& question, const sql::OutputColumn& output) {
  Shown shown{.name = output.name, .role = "output", .mask = std::nullopt};
  for (const sql::ColumnSource& source : output.sources) {
    const auto mask = MaskOf(rules, question, source.column);
    if (!mask) continue;
    if (!shown.mask || policy::CompareStrictness(mask->mask, shown.mask->mask) < 0) shown.mask = mask;
  }
  return shown;
}

std::vector<Shown> OutputsOf(const policy::Rules& rules, const PolicyQuestion& question, const sql::Facts& facts) {
  std::vector<Shown> outputs;
  for (const sql::OutputColumn& output : facts.outputs) outputs.push_back(OutputOf(rules, question, output));
  return outputs;
}

// Uses of masked columns beside showing them.
std::vector<Shown> OtherUsesOf(const policy::Rules& rules, const PolicyQuestion& question, const sql::Facts& facts) {
  std::vector<Shown> uses;
  for (const sql::ColumnUse& use : facts.columns) {
    if (use.role == sql::ColumnRole::kProjected) continue;
    const auto mask = MaskOf(rules, question, use.column);
    if (mask) uses.push_back({ColumnText(use.column), std::string(sql::ColumnRoleName(use.role)), mask});
  }
  return uses;
}

const char* UseText(policy::MaskedUse use) {
  switch (use) {
    case policy::MaskedUse::kRefuse: return "refuse";
    case policy::MaskedUse::kCompareEqual: return "compare_equal";
    case policy::MaskedUse::kAny: return "any";
  }
  return "refuse";
}

ordered_json LimitsJson(const policy::StatementLimits& limits) {
  ordered_json json = ordered_json::object();
  if (limits.max_rows) json["max_rows"] = *limits.max_rows;
  if (limits.max_bytes) json["max_bytes"] = *limits.max_bytes;
  if (limits.max_affected_rows) json["max_affected_rows"] = *limits.max_affected_rows;
  if (limits.max_execution_time) json["max_execution_time_ms"] = absl::ToInt64Milliseconds(*limits.max_execution_time);
  return json;
}

policy::Decision Stricter(policy::Decision a, policy::Decision b) {
  const policy::StatementLimits limits = b.limits();
  return b.effect() > a.effect() ? std::move(b).Within(a.limits()) : std::move(a).Within(limits);
}

PolicyAnswer AnswerBatch(const policy::Rules& rules, const PolicyQuestion& question, const sql::ParseError& error) {
  sql::BatchReading batch = sql::ReadBatch(question.statement, question.dialect);
  const bool several = policy::MultiStatementsAllowed(rules, question.session);
  sql::Reading failed;
  failed.error = batch.ok() ? error : *batch.error;
  if (!batch.ok() || !several) {
    return {policy::RefuseUnparsed(rules, question.session, *failed.error), std::move(failed)};
  }
  policy::Decision decision = policy::Decide(rules, batch.statements.front().facts, question.session);
  for (size_t i = 1; i < batch.statements.size(); ++i) {
    decision = Stricter(std::move(decision), policy::Decide(rules, batch.statements[i].facts, question.session));
  }
  return {std::move(decision), std::move(batch.statements.front())};
}

void TellMask(const Shown& shown, bool cut, std::ostream& out) {
  out << "  " << OneLine(shown.name) << ": ";
  if (!shown.mask) {
    out << (cut ? "not followed\n" : "as it is\n");
  } else if (shown.role == "output") {
    out << "masked, " << policy::MaskText(shown.mask->mask) << '\n';
  } else {
    out << "masked, and used for " << shown.role << " (masked_use: " << UseText(shown.mask->use) << ")\n";
  }
}

}  // namespace

PolicyAnswer Answer(const policy::Rules& rules, const PolicyQuestion& question) {
  if (question.use_schema) return {policy::DecideUse(rules, question.session, question.statement), {}};
  sql::Reading reading = sql::Read(question.statement, question.dialect);
  if (reading.ok()) return {policy::Decide(rules, reading.facts, question.session), std::move(reading)};
  if (reading.error->kind == sql::ParseErrorKind::kMultipleStatements) {
    return AnswerBatch(rules, question, *reading.error);
  }
  return {policy::RefuseUnparsed(rules, question.session, *reading.error), std::move(reading)};
}

std::string LimitsText(const policy::StatementLimits& limits) {
  std::vector<std::string> words;
  if (limits.max_rows) words.push_back("max_rows " + std::to_string(*limits.max_rows));
  if (limits.max_bytes) words.push_back("max_bytes " + config::BytesText(*limits.max_bytes));
  if (limits.max_affected_rows) words.push_back("max_affected_rows " + std::to_string(*limits.max_affected_rows));
  if (limits.max_execution_time) {
    words.push_back("max_execution_time " + config::DurationText(*limits.max_execution_time));
  }
  return Joined(words);
}

void TellAnswer(const policy::Rules& rules, const PolicyQuestion& question, const PolicyAnswer& answer,
                std::ostream& out) {
  const policy::Decision& decision = answer.decision;
  Sheet sheet;
  sheet.Add("decision", policy::EffectName(decision.effect()));
  sheet.Add("rule", decision.rule());
  if (!decision.reason().empty()) sheet.Add("reason", decision.reason());
  if (decision.limits().any()) sheet.Add("limits", LimitsText(decision.limits()));
  sheet.Add("policy", rules.version);
  sheet.Print(out);
  if (!answer.reading.ok() || question.use_schema) return;
  const sql::Facts& facts = answer.reading.facts;
  out << "\nWhat the statement does:\n" << Block(sql::ToText(facts), "  ") << '\n';
  if (!policy::AnyMasks(rules, question.session)) return;
  out << "\nColumns of the result:\n";
  for (const Shown& shown : OutputsOf(rules, question, facts)) TellMask(shown, facts.columns_cut, out);
  for (const Shown& shown : OtherUsesOf(rules, question, facts)) TellMask(shown, facts.columns_cut, out);
}

ordered_json AnswerJson(const policy::Rules& rules, const PolicyQuestion& question, const PolicyAnswer& answer) {
  const policy::Decision& decision = answer.decision;
  ordered_json json = {{"decision", policy::EffectName(decision.effect())},
                       {"rule", decision.rule()},
                       {"reason", text::ValidUtf8(decision.reason())},
                       {"limits", LimitsJson(decision.limits())},
                       {"policy_version", rules.version},
                       {"outputs", ordered_json::array()},
                       {"masked_uses", ordered_json::array()}};
  if (decision.held()) {
    json["hold"] = {{"reviewers", decision.terms().reviewers},
                    {"approvals", decision.terms().approvals_needed},
                    {"wait_seconds", absl::ToInt64Seconds(decision.terms().wait)}};
  }
  if (!answer.reading.ok() || question.use_schema) return json;
  for (const Shown& shown : OutputsOf(rules, question, answer.reading.facts)) {
    const ordered_json mask = shown.mask ? ordered_json(policy::MaskText(shown.mask->mask)) : ordered_json(nullptr);
    json["outputs"].push_back({{"name", text::ValidUtf8(shown.name)}, {"mask", mask}});
  }
  for (const Shown& shown : OtherUsesOf(rules, question, answer.reading.facts)) {
    json["masked_uses"].push_back(
        {{"column", text::ValidUtf8(shown.name)}, {"role", shown.role}, {"masked_use", UseText(shown.mask->use)}});
  }
  return json;
}

}  // namespace postern::ctl
