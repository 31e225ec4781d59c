#include "gateway/frontend/errand.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <utility>

#include "common/ids/ulid.h"
#include "common/text/utf8.h"

namespace postern::frontend {
namespace {

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
  return absl::StrCat(absl::string_view(access.data(), access.size()), " ", text::ValidUtf8(name));
}

}  // namespace

Errand NewErrand(const SessionState& s, mysql::Command command, uint8_t agent_sequence) {
  Errand errand{.command = &mysql::FindCommand(static_cast<uint8_t>(command)),
                .agent_sequence = agent_sequence,
                .decision = policy::Decision::Deny(policy::builtin::kDefault, "nothing was decided"),
                .arrived = absl::Now()};
  errand.record.set_statement_id(ids::NewStatementId());
  errand.record.set_command(std::string(errand.command->name));
  errand.record.set_schema(text::ValidUtf8(s.schema));
  errand.rules = s.services.policy.Current();
  errand.masks.in_force = s.UnderMasks(*errand.rules);
  SetDecision(errand, errand.decision, *errand.rules);
  return errand;
}

void SetDecision(Errand& errand, policy::Decision decision) {
  errand.record.set_decision(ToRecord(decision.effect()));
  errand.record.set_rule(decision.rule());
  errand.record.set_reason(text::ValidUtf8(decision.reason()));
  errand.limits = decision.limits();
  errand.decision = std::move(decision);
}

void SetDecision(Errand& errand, policy::Decision decision, const policy::Rules& rules) {
  errand.record.set_policy_version(rules.version);
  SetDecision(errand, std::move(decision));
}

void DescribeFacts(v1::Statement& record, const sql::Facts& facts) {
  const std::string_view verb = sql::VerbName(facts.verb);
  if (!record.verb().empty()) record.mutable_verb()->append("; ");
  record.mutable_verb()->append(verb);
  for (const sql::ObjectUse& use : facts.objects) record.add_objects(ObjectText(use));
}

}  // namespace postern::frontend
