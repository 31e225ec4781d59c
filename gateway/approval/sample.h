// The rows that a preview shows: for reviewers while they decide, and nowhere kept. Pure, any thread.
#ifndef POSTERN_GATEWAY_APPROVAL_SAMPLE_H_
#define POSTERN_GATEWAY_APPROVAL_SAMPLE_H_

#include <string_view>

#include "proto/postern/v1/approval.pb.h"

namespace postern::approval {

// Of one whose approval is decided or over.
inline constexpr std::string_view kDecided = "rows are not kept once somebody has decided";

// Says among the masks why no rows are shown.
void HideSample(v1::ImpactPreview& preview, std::string_view why);
// Takes the rows out, if there are any, and says why.
void DropSample(v1::Approval& approval, std::string_view why);

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_SAMPLE_H_
