// Which columns an agent may not see as they are, and what is looked for in the values it does see. Pure, any thread.
//
// A mask speaks of a name widely, as a deny does: any letter case, with or without accents, and a name without schema may be
// in any if none is selected.
#ifndef POSTERN_GATEWAY_POLICY_MASKS_H_
#define POSTERN_GATEWAY_POLICY_MASKS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "gateway/policy/rules.h"
#include "gateway/policy/session_facts.h"

namespace postern::policy {

struct MaskFor {
  Mask mask;
  MaskedUse use = MaskedUse::kRefuse;

  friend bool operator==(const MaskFor&, const MaskFor&) = default;
};

// Negative if `a` shows less than `b`, 0 if they are the same. From the strictest: null, redact, fixed, hash, date: year,
// date: month, round, email, keep_first, keep_last; of two of a kind the one with fewer characters, fewer decimals or the
// value that sorts first.
int CompareStrictness(const Mask& a, const Mask& b);

// Empty: the agent sees the column as it is. Of several masks the strictest, under the strictest use of any of them. The
// column "*" is every column of the table, "*" as a table every table of the schema.
std::optional<MaskFor> MaskOf(const Rules& rules, const SessionFacts& session, std::string_view schema,
                              std::string_view table, std::string_view column);

// The masks of the rules, and nothing else of them, as they are for those for whom no exception is made.
Rules MasksWithoutExceptions(const Rules& rules);

// Whether any column anywhere is masked for the session.
bool AnyMasks(const Rules& rules, const SessionFacts& session);

// Those that look at what the session is shown; they live as long as the rules.
std::vector<const Detector*> DetectorsFor(const Rules& rules, const SessionFacts& session);

// "keep_last: 4", "redact"; a fixed value is not told.
std::string MaskText(const Mask& mask);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_MASKS_H_
