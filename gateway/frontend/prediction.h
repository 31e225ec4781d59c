// Where columns are masked, the lineage of a statement predicts its result, and the server's definitions say what it is. Where the
// two contradict each other nobody knows what the values are. Pure; tells names, never values.
#ifndef POSTERN_GATEWAY_FRONTEND_PREDICTION_H_
#define POSTERN_GATEWAY_FRONTEND_PREDICTION_H_

#include <string>

#include "gateway/masking/row_masks.h"
#include "gateway/policy/mask_plan.h"
#include "gateway/policy/rules.h"
#include "gateway/policy/session_facts.h"

namespace postern::frontend {

// How the result is another than was predicted; empty: it is not. REQUIRES: plan.predicted.
std::string DifferenceFrom(const policy::MaskPlan& plan, masking::RowMasks::Columns columns);

// A masked column among those of the result that no mask is planned for, by the origin that the server tells: views and derived
// tables may hide it, but what it names is so. `planned`: the plan's outputs are the result's. Empty: there is none.
std::string UnplannedMasked(const policy::Rules& rules, const policy::SessionFacts& session, const policy::MaskPlan& plan,
                            bool planned, masking::RowMasks::Columns columns);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_PREDICTION_H_
