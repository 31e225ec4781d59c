// The budget of a task, spent by all of its sessions at once. Thread-safe.
#ifndef POSTERN_GATEWAY_TASKS_SHARED_BUDGET_H_
#define POSTERN_GATEWAY_TASKS_SHARED_BUDGET_H_

#include <absl/functional/function_ref.h>

#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "gateway/policy/budget.h"

namespace postern::tasks {

// Of a result: how much of it may still be handed on.
struct BudgetLeft {
  uint64_t rows = std::numeric_limits<uint64_t>::max();
  uint64_t bytes = std::numeric_limits<uint64_t>::max();
};

class SharedBudget {
 public:
  SharedBudget(const policy::BudgetTerms& terms, const policy::Spending& spent) : budget_(terms, spent) {}

  // Before a statement, or a packet of several, runs: policy/budget.h.
  [[nodiscard]] std::optional<policy::Decision> BeginStatement(uint64_t statements = 1);

  // Hands on a piece of a result: `walk` is told what is left and says what it took of it. Nobody else spends meanwhile, so
  // that sessions side by side take no more than there is. `walk` must not block nor come back here.
  void Take(absl::FunctionRef<policy::Spending(const BudgetLeft&)> walk);

  // Whether values that are shown masked must be told by CountMasked.
  bool counts_masked_values() const { return counts_masked_values_; }
  // A value that was shown masked: equal values are counted once. What is remembered of it is a fingerprint.
  void CountMasked(std::string_view value);
  // More different values were shown than there may be: show no more rows.
  bool masked_values_overspent() const;

  policy::Spending spent() const;

 private:
  mutable std::mutex mutex_;
  policy::Budget budget_;
  const bool counts_masked_values_ = budget_.terms().masked_values.has_value();
  std::unordered_set<uint64_t> seen_;
};

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_SHARED_BUDGET_H_
