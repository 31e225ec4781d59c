#include "gateway/approval/sample.h"

#include <string>

namespace postern::approval {

void HideSample(v1::ImpactPreview& preview, std::string_view why) {
  preview.clear_sample();
  preview.clear_columns();
  preview.add_masks("every column: not shown, since " + std::string(why));
}

void DropSample(v1::Approval& approval, std::string_view why) {
  if (approval.preview().sample().empty()) return;
  HideSample(*approval.mutable_preview(), why);
}

}  // namespace postern::approval
