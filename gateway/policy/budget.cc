#include "gateway/policy/budget.h"

#include <limits>
#include <string_view>

#include "common/config/cat.h"
#include "gateway/policy/limits.h"

namespace postern::policy {
namespace {

struct Part {
  std::string_view name;
  std::optional<uint64_t> BudgetTerms::*limit;
  uint64_t Spending::*spent;
};

constexpr Part kParts[] = {{"statements", &BudgetTerms::statements, &Spending::statements},
                           {"rows", &BudgetTerms::rows, &Spending::rows},
                           {"bytes", &BudgetTerms::bytes, &Spending::bytes},
                           {"masked values", &BudgetTerms::masked_values, &Spending::masked_values}};

uint64_t Sum(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max() : a + b;
}

Decision UsedUp(const Part& part, uint64_t limit) {
  return Decision::Deny(builtin::kBudget, config::Cat("this task's budget of ", limit, " ", part.name,
                                                      " is used up; it has no more for this, in any session of it. What is still needed takes a new task"));
}

}  // namespace

void BudgetTerms::Tighten(const BudgetTerms& other) {
  for (const Part& part : kParts) this->*part.limit = Tightest(this->*part.limit, other.*part.limit);
}

std::optional<Decision> Budget::BeginStatement(uint64_t statements) {
  Spending after = spent_;
  after.statements = Sum(after.statements, statements - 1);
  for (const Part& part : kParts) {
    const std::optional<uint64_t>& limit = terms_.*part.limit;
    if (limit && after.*part.spent >= *limit) return UsedUp(part, *limit);
  }
  spent_.statements = Sum(spent_.statements, statements);
  return std::nullopt;
}

std::optional<Decision> Budget::Spend(const Spending& more) {
  std::optional<Decision> refusal;
  for (const Part& part : kParts) {
    spent_.*part.spent = Sum(spent_.*part.spent, more.*part.spent);
    const std::optional<uint64_t>& limit = terms_.*part.limit;
    if (limit && spent_.*part.spent > *limit && !refusal) refusal = UsedUp(part, *limit);
  }
  return refusal;
}

}  // namespace postern::policy
