// gateway.yaml's section `verification` as values.
#ifndef POSTERN_GATEWAY_VERIFICATION_OPTIONS_H_
#define POSTERN_GATEWAY_VERIFICATION_OPTIONS_H_

#include <absl/time/time.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace postern::verification {

// A query that brings back a masked column of a row whose value is known.
struct MaskedCanary {
  std::string sql;
  std::string expect_not;  // that value; not empty
};

// What is tried at a target.
struct TargetPlan {
  std::string read;  // harmless; opens the door
  std::string held;  // a write that policy must hold; meets no row, so that it is harmless even where it is not held
  std::optional<MaskedCanary> masked;
  std::vector<std::string> groups;  // which the canary has, for policies that speak of groups
};

struct Options {
  absl::Duration every = absl::Hours(1);
  std::map<std::string, TargetPlan> targets;  // those that are verified
};

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_OPTIONS_H_
