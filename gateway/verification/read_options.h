// Reads gateway.yaml's section `verification`.
#ifndef POSTERN_GATEWAY_VERIFICATION_READ_OPTIONS_H_
#define POSTERN_GATEWAY_VERIFICATION_READ_OPTIONS_H_

#include <set>
#include <string>

#include "common/config/document.h"
#include "gateway/verification/options.h"

namespace postern::verification {

// Absent: nothing is verified. `targets`: the names that the gateway has. Statements that are no read, or no write that a rollback
// takes back, are problems.
Options ReadOptions(config::Section section, const std::set<std::string>& targets);

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_READ_OPTIONS_H_
