#include "gateway/frontend/admission.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "common/ids/ulid.h"
#include "common/mysql/collation.h"
#include "common/sql/lexer/name_char.h"
#include "common/text/utf8.h"
#include "gateway/policy/access.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/decision.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kAccessDenied = 1045;      // ER_ACCESS_DENIED_ERROR
constexpr uint16_t kSchemaDenied = 1044;      // ER_DBACCESS_DENIED_ERROR
constexpr size_t kMostNameBytes = 160;        // AGENT+TARGET is at most 129
constexpr uint16_t kUnknownSchema = 1049;     // ER_BAD_DB_ERROR
constexpr uint16_t kWrongAttribute = 1210;    // ER_WRONG_ARGUMENTS
constexpr uint16_t kUnknownCharset = 1115;    // ER_UNKNOWN_CHARACTER_SET

Admission Refused(uint16_t code, std::string_view sqlstate, std::string message, std::string reason) {
  return {.error = {code, std::string(sqlstate), std::move(message)}, .reason = std::move(reason)};
}

constexpr std::string_view kHoldAttribute = "postern_hold";

// What the client's connection attributes ask for: "wait" or "ticket".
std::string HoldAttributeOf(const mysql::Verify& claim) {
  for (const auto& [name, value] : claim.attributes) {
    if (name == kHoldAttribute) return value;
  }
  return {};
}

// One text for whatever was wrong with name or secret.
Admission NotKnown(const mysql::Verify& claim, const AgentChannel& channel, std::string reason) {
  return Refused(kAccessDenied, "28000",
                 absl::StrCat("Access denied for user '", ShownName(claim), "'@'", channel.peer_address(),
                              "': log in as AGENT+TARGET with an access token as password, or a client certificate and none [postern decision=deny "
                              "rule=identity]"),
                 std::move(reason));
}

// The password is right, so its agent may know.
Admission TaskNotOpen(const mysql::Verify& claim, const absl::Status& why) {
  return Refused(kAccessDenied, "28000",
                 absl::StrCat("Access denied for user '", ShownName(claim), "': ", why.message(),
                              " [postern decision=deny rule=task]"),
                 std::string(why.message()));
}

Admission NeedsTask(const mysql::Verify& claim, std::string_view target) {
  const absl::string_view shown(target.data(), target.size());
  return Refused(kAccessDenied, "28000",
                 absl::StrCat("Access denied for user '", ShownName(claim), "': ", shown,
                              " opens for a task that a reviewer approved. Start one with `posternctl task start --target ", shown,
                              " --reason …` and log in with its password [postern decision=deny rule=access]"),
                 "policy opens the target by approval, and this is no task's password");
}

Admission NoSuchTarget(const mysql::Verify& claim, std::string reason) {
  return Refused(kAccessDenied, "28000",
                 absl::StrCat("Access denied for user '", ShownName(claim),
                              "': no target of that name is open to this agent [postern decision=deny rule=access]"),
                 std::move(reason));
}

bool MayUse(const identity::Principal& who, std::string_view target) {
  return who.targets.empty() || std::find(who.targets.begin(), who.targets.end(), target) != who.targets.end();
}

// The target named, or the only one the agent may log in to.
std::string ChooseTarget(const Services& services, const policy::Rules& rules, const identity::Principal& who,
                         std::string_view named) {
  if (!named.empty()) return services.options.targets.contains(named) ? std::string(named) : std::string();
  const std::vector<std::string> known(services.options.targets.begin(), services.options.targets.end());
  std::vector<std::string> open = policy::TargetsOf(rules, who.name, who.groups, known);
  std::erase_if(open, [&](const std::string& target) { return !MayUse(who, target); });
  return open.size() == 1 ? open.front() : std::string();
}

// The schema that the target gives to whoever names none, if this agent may see it.
std::string DefaultSchema(const Services& services, const policy::Rules& rules, const policy::SessionFacts& facts) {
  const auto server = services.relays.ServerOf(facts.target);
  if (!server || server->default_schema().empty()) return {};
  return policy::DecideUse(rules, facts, server->default_schema()).allowed() ? server->default_schema() : std::string();
}

}  // namespace

LoginName SplitLoginName(std::string_view user) {
  const size_t plus = user.find('+');
  if (plus == std::string_view::npos) return {.agent = user, .target = {}};
  return {.agent = user.substr(0, plus), .target = user.substr(plus + 1)};
}

std::string ShownName(const mysql::Verify& claim) { return text::ValidUtf8(text::CutUtf8(claim.user, kMostNameBytes)); }

Admission TokenEnded(const mysql::Verify& claim, const AgentChannel& channel) {
  return NotKnown(claim, channel, "the token or certificate was revoked during the login");
}

Admission Admit(const Services& services, const AgentChannel& channel, uint32_t connection_id,
                const mysql::Verify& claim) {
  const LoginName name = SplitLoginName(claim.user);
  const identity::Proof proof{
      .secret = claim.secret.Reveal(), .source = channel.peer_address(), .name = name.agent, .certificate = channel.certificate()};
  auto who = services.authenticator.Authenticate(proof, absl::Now());
  if (!who.ok()) {
    if (absl::IsFailedPrecondition(who.status())) return TaskNotOpen(claim, who.status());
    Admission refused = NotKnown(claim, channel, std::string(who.status().message()));
    refused.flood = absl::IsResourceExhausted(who.status());
    return refused;
  }
  if (who->kind != v1::PRINCIPAL_KIND_AGENT) return NotKnown(claim, channel, "the token is not an agent's");
  if (!name.agent.empty() && name.agent != who->name) return NotKnown(claim, channel, "the token or certificate is another agent's");

  const policy::RulesPtr rules = services.policy.Current();
  const std::string target = ChooseTarget(services, *rules, *who, name.target);
  if (target.empty() || !MayUse(*who, target)) return NoSuchTarget(claim, "target unknown, or not one of the token's");
  const auto access = policy::AccessFor(*rules, who->name, who->groups, target);
  if (!access) return NoSuchTarget(claim, "no access entry of the policy covers agent and target");
  const bool has_task = who->identity_kind == tasks::kTaskIdentity;
  if (!has_task && access->open == policy::Open::kApproval) return NeedsTask(claim, target);
  if (mysql::SafeCharsetOf(claim.charset).empty()) {
    return Refused(kUnknownCharset, "42000",
                   "Use character set utf8mb4, utf8mb3, latin1, ascii or binary: statements in others cannot be read "
                   "safely [postern decision=deny rule=charset]",
                   absl::StrCat("unsafe collation id ", claim.charset));
  }
  policy::SessionFacts facts{.agent = who->name, .groups = who->groups, .target = target, .now = absl::Now()};
  if (!sql::IsSafeName(claim.database, sql::CharsetFromName(mysql::SafeCharsetOf(claim.charset)))) {
    return Refused(kUnknownSchema, "42000",
                   "Unknown database: a name beyond ASCII needs a connection in utf8mb4 [postern decision=deny rule=charset]",
                   "unreadable schema name");
  }
  if (!claim.database.empty() && policy::DecideUse(*rules, facts, claim.database).denied()) {
    return Refused(kSchemaDenied, "42000",
                   absl::StrCat("Access denied for user '", ShownName(claim), "' to database '", claim.database,
                                "' [postern decision=deny rule=schema-not-visible]"),
                   "schema not visible");
  }
  const std::string hold = HoldAttributeOf(claim);
  const auto hold_mode = policy::HoldModeFromName(hold);
  if (!hold.empty() && !hold_mode) {
    return Refused(kWrongAttribute, "HY000",
                   "The connection attribute postern_hold is \"wait\" or \"ticket\" [postern decision=deny rule=protocol]",
                   "postern_hold is neither wait nor ticket");
  }
  LoggedIn login;
  login.hold_mode = hold_mode;
  if (has_task) {
    auto joined = services.tasks.Join(who->identity_id);
    if (!joined) return TokenEnded(claim, channel);
    login.task = *std::move(joined);
  } else {
    login.task = services.tasks.JoinAlone(*who, *access);
  }
  login.session_id = ids::NewSessionId();
  login.who = *std::move(who);
  login.target = target;
  login.schema = claim.database.empty() ? DefaultSchema(services, *rules, facts) : claim.database;
  login.connection_id = connection_id;
  login.capabilities = claim.capabilities;
  login.collation = claim.charset;
  return {.login = std::move(login)};
}

}  // namespace postern::frontend
