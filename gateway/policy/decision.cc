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
