#include "gateway/policy/in_force.h"

#include <utility>

#include "gateway/policy/load_rules.h"

namespace postern::policy {

PolicyInForce::PolicyInForce(RulesPtr rules, absl::Time loaded_at) : rules_(std::move(rules)), loaded_at_(loaded_at) {}

RulesPtr PolicyInForce::Current() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

absl::Time PolicyInForce::LoadedAt() const {
  std::lock_guard lock(mutex_);
  return loaded_at_;
}

absl::Status PolicyInForce::Reload(const std::string& path, absl::Time now) {
  config::Loaded<RulesPtr> loaded = LoadRules(path);
  if (!loaded.ok()) return loaded.status();
  Replace(*std::move(loaded.value), now);
  return absl::OkStatus();
}

void PolicyInForce::Replace(RulesPtr rules, absl::Time now) {
  std::lock_guard lock(mutex_);
  rules_ = std::move(rules);
  loaded_at_ = now;
}

}  // namespace postern::policy
