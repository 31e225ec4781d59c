// What policy says about one statement, and by which rule. Plain value, any thread.
//
// INVARIANT: a Decision is made by one of the three factories only, so none exists without a rule and an effect.
#ifndef POSTERN_GATEWAY_POLICY_DECISION_H_
#define POSTERN_GATEWAY_POLICY_DECISION_H_

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/policy/limits.h"

namespace postern::policy {

enum class Effect : uint8_t { kAllow, kHold, kDeny };  // the later beats the earlier
std::string_view EffectName(Effect effect);

// How an agent comes to know: its statement waits on the wire, or is refused at once and sent again when it was approved.
enum class HoldMode : uint8_t { kWait, kTicket };
std::string_view HoldModeName(HoldMode mode);
std::optional<HoldMode> HoldModeFromName(std::string_view name);

// Who may let a held statement run.
struct HoldTerms {
  std::vector<std::string> reviewers;  // groups; sorted
  uint32_t approvals_needed = 1;
  absl::Duration wait = absl::Minutes(10);  // for a decision
  bool reason_required = false;             // who approves says why
  HoldMode mode = HoldMode::kWait;          // unless the agent chooses
  absl::Duration window = absl::Minutes(10);  // an approved ticket may be used for so long
  bool preview = false;                       // reviewers are shown what it would change

  friend bool operator==(const HoldTerms&, const HoldTerms&) = default;
};

class Decision {
 public:
  static Decision Allow(std::string_view rule) { return Decision(Effect::kAllow, rule, {}, {}); }
  static Decision Hold(std::string_view rule, HoldTerms terms, std::string reason) {
    return Decision(Effect::kHold, rule, std::move(reason), std::move(terms));
  }
  static Decision Deny(std::string_view rule, std::string reason) {
    return Decision(Effect::kDeny, rule, std::move(reason), {});
  }

  Effect effect() const { return effect_; }
  bool allowed() const { return effect_ == Effect::kAllow; }
  bool held() const { return effect_ == Effect::kHold; }
  bool denied() const { return effect_ == Effect::kDeny; }
  // The rule that decided: its name in the policy, or one of the built-in names below.
  const std::string& rule() const { return rule_; }
  // For people and models: what was refused and what would be let through. One line; names, never values. Empty if
  // allowed.
  const std::string& reason() const { return reason_; }
  // Of a hold.
  const HoldTerms& terms() const { return terms_; }
  // What the statement is bound to when it runs, now or once it is approved: the tightest of every rule that covers it.
  const StatementLimits& limits() const { return limits_; }

  // The same decision under more limits as well; of a denial the same.
  Decision Within(const StatementLimits& limits) && {
    if (!denied()) limits_.Tighten(limits);
    return std::move(*this);
  }

  friend bool operator==(const Decision&, const Decision&) = default;

 private:
  Decision(Effect effect, std::string_view rule, std::string reason, HoldTerms terms)
      : effect_(effect), rule_(rule), reason_(std::move(reason)), terms_(std::move(terms)) {}

  Effect effect_;
  std::string rule_;
  std::string reason_;
  HoldTerms terms_;
  StatementLimits limits_;
};

// Rules that stand in no policy file. docs/policy.md explains each; a policy may not name a rule like one of them.
namespace builtin {
inline constexpr std::string_view kDefault = "default";    // nothing matched: denied
inline constexpr std::string_view kStartup = "startup";    // what every driver sends to start: allowed
inline constexpr std::string_view kKill = "kill";          // ends own sessions or queries only: allowed
inline constexpr std::string_view kUnparsed = "unparsed";  // not fully understood
inline constexpr std::string_view kUnknownVerb = "unknown-verb";
inline constexpr std::string_view kNoSchema = "no-schema";  // a name without schema, and none is selected
inline constexpr std::string_view kSchemaNotVisible = "schema-not-visible";
inline constexpr std::string_view kPinnedSession = "pinned-session";        // would change how statements are read
inline constexpr std::string_view kDynamicSql = "dynamic-sql";              // runs text that is not in the statement
inline constexpr std::string_view kFiles = "files";                         // reads or writes files
inline constexpr std::string_view kFunction = "function";                   // calls what may do more than compute
inline constexpr std::string_view kLockingRead = "locking-read";            // row locks on a table it may not change
inline constexpr std::string_view kStoredCode = "stored-code";              // defines code that runs later, unseen
inline constexpr std::string_view kBlock = "block";                         // a compound block
inline constexpr std::string_view kConflictingHolds = "conflicting-holds";  // no reviewer group may decide all of it
inline constexpr std::string_view kHeldVariables = "held-variables";        // what a reviewer could not see
inline constexpr std::string_view kMultiStatements = "multi-statements";
inline constexpr std::string_view kCondition = "condition";  // a rule speaks of it, but wants a WHERE, a LIMIT or other columns
inline constexpr std::string_view kBudget = "budget";        // the task has used up what its access entry gives it
inline constexpr std::string_view kPreview = "preview";      // what the gateway asks to show what a held statement would change
inline constexpr std::string_view kMaskedColumn = "masked-column";  // a use of a masked column that could tell its value
inline constexpr std::string_view kNotResolved = "not-resolved";    // a name nobody knows, where columns are masked
inline constexpr std::string_view kServerState = "server-state";    // could show values of masked columns by another way
}  // namespace builtin

bool IsBuiltin(std::string_view rule);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_DECISION_H_
