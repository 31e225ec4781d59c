// The policy in force: one snapshot that everybody reads and a reload replaces whole.
//
// Thread-safe. Whoever holds a snapshot keeps it alive; a bad file changes nothing.
#ifndef POSTERN_GATEWAY_POLICY_IN_FORCE_H_
#define POSTERN_GATEWAY_POLICY_IN_FORCE_H_

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <mutex>
#include <string>

#include "gateway/policy/rules.h"

namespace postern::policy {

class PolicyInForce {
 public:
  // REQUIRES: `rules` is not null.
  PolicyInForce(RulesPtr rules, absl::Time loaded_at);

  RulesPtr Current() const;
  std::string Text() const { return Current()->text; }
  std::string Version() const { return Current()->version; }
  absl::Time LoadedAt() const;

  // From the next statement on. REQUIRES: `rules` is not null.
  void Replace(RulesPtr rules, absl::Time now);

  // Reads the file and puts it in force from the next statement on. INVALID_ARGUMENT with every problem, one per line:
  // the old policy stays in force.
  absl::Status Reload(const std::string& path, absl::Time now);

 private:
  mutable std::mutex mutex_;
  RulesPtr rules_;
  absl::Time loaded_at_;
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_IN_FORCE_H_
