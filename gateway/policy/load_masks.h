// The entries of `masks` and `detectors` in a policy file. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_LOAD_MASKS_H_
#define POSTERN_GATEWAY_POLICY_LOAD_MASKS_H_

#include "common/config/document.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

MaskRule ReadMask(config::Section& section);
DetectorRule ReadDetector(config::Section& section);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_LOAD_MASKS_H_
