#include "gateway/tasks/shared_budget.h"

#include <absl/hash/hash.h>

#include <algorithm>

namespace postern::tasks {
namespace {

uint64_t Left(const std::optional<uint64_t>& limit, uint64_t spent) {
  return limit ? *limit - std::min(*limit, spent) : std::numeric_limits<uint64_t>::max();
}

}  // namespace

std::optional<policy::Decision> SharedBudget::BeginStatement(uint64_t statements) {
  std::lock_guard lock(mutex_);
  return budget_.BeginStatement(statements);
}

void SharedBudget::Take(absl::FunctionRef<policy::Spending(const BudgetLeft&)> walk) {
  std::lock_guard lock(mutex_);
  const policy::BudgetTerms& terms = budget_.terms();
  const policy::Spending& spent = budget_.spent();
  // Never more than is left: what goes beyond was cut, and the next statement hears of it.
  static_cast<void>(budget_.Spend(walk({Left(terms.rows, spent.rows), Left(terms.bytes, spent.bytes)})));
}

void SharedBudget::CountMasked(std::string_view value) {
  const auto fingerprint = static_cast<uint64_t>(absl::HashOf(absl::string_view(value.data(), value.size())));
  std::lock_guard lock(mutex_);
  // Once there is too much, what else is in that row need not be remembered.
  if (budget_.spent().masked_values > *budget_.terms().masked_values) return;
  if (seen_.insert(fingerprint).second) static_cast<void>(budget_.Spend({.masked_values = 1}));
}

bool SharedBudget::masked_values_overspent() const {
  std::lock_guard lock(mutex_);
  const auto& limit = budget_.terms().masked_values;
  return limit && budget_.spent().masked_values > *limit;
}

policy::Spending SharedBudget::spent() const {
  std::lock_guard lock(mutex_);
  return budget_.spent();
}

}  // namespace postern::tasks
