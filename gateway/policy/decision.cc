#include "gateway/policy/decision.h"

#include <algorithm>
#include <iterator>

namespace postern::policy {

std::string_view EffectName(Effect effect) {
  switch (effect) {
    case Effect::kAllow:
      return "allow";
    case Effect::kHold:
      return "hold";
    case Effect::kDeny:
      return "deny";
  }
  return "deny";
}

std::string_view HoldModeName(HoldMode mode) {
  switch (mode) {
    case HoldMode::kWait:
      return "wait";
    case HoldMode::kTicket:
      return "ticket";
  }
  return "wait";
}

std::optional<HoldMode> HoldModeFromName(std::string_view name) {
  for (const HoldMode mode : {HoldMode::kWait, HoldMode::kTicket}) {
    if (name == HoldModeName(mode)) return mode;
  }
  return std::nullopt;
}

bool IsBuiltin(std::string_view rule) {
  static constexpr std::string_view kNames[] = {builtin::kDefault,
                                                builtin::kStartup,
                                                builtin::kKill,
                                                builtin::kUnparsed,
                                                builtin::kUnknownVerb,
                                                builtin::kNoSchema,
                                                builtin::kSchemaNotVisible,
                                                builtin::kPinnedSession,
                                                builtin::kDynamicSql,
                                                builtin::kFiles,
                                                builtin::kFunction,
                                                builtin::kLockingRead,
                                                builtin::kStoredCode,
                                                builtin::kBlock,
                                                builtin::kConflictingHolds,
                                                builtin::kHeldVariables,
                                                builtin::kMultiStatements,
                                                builtin::kCondition,
                                                builtin::kBudget,
                                                builtin::kPreview,
                                                builtin::kMaskedColumn,
                                                builtin::kNotResolved,
                                                builtin::kServerState,
                                                // Refusals where no policy is asked.
                                                "identity",
                                                "access",
                                                "charset",
                                                "limits",
                                                "command",
                                                "protocol",
                                                "recording",
                                                "policy-changed",
                                                "target-unknown"};
  return std::find(std::begin(kNames), std::end(kNames), rule) != std::end(kNames);
}

}  // namespace postern::policy
