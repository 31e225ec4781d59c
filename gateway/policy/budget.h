// What one task may use up in all, and how much of it is gone. Plain values: whoever shares a Budget guards it.
#ifndef POSTERN_GATEWAY_POLICY_BUDGET_H_
#define POSTERN_GATEWAY_POLICY_BUDGET_H_

#include <cstdint>
#include <optional>

#include "gateway/policy/decision.h"

namespace postern::policy {

// Of an access entry. Absent: no end.
struct BudgetTerms {
  std::optional<uint64_t> statements;
  std::optional<uint64_t> rows;
  std::optional<uint64_t> bytes;          // of results
  std::optional<uint64_t> masked_values;  // different ones that were shown masked

  bool any() const { return statements || rows || bytes || masked_values; }
  void Tighten(const BudgetTerms& other);

  friend bool operator==(const BudgetTerms&, const BudgetTerms&) = default;
};

struct Spending {
  uint64_t statements = 0;
  uint64_t rows = 0;
  uint64_t bytes = 0;
  uint64_t masked_values = 0;

  friend bool operator==(const Spending&, const Spending&) = default;
};

class Budget {
 public:
  Budget() = default;
  // `spent` so far, for terms that changed in the middle of a task.
  explicit Budget(const BudgetTerms& terms, const Spending& spent = {}) : terms_(terms), spent_(spent) {}

  // Before a statement runs, or several of one packet: a denial by the rule `budget` if a part of the budget is used up, or has
  // not so many statements left; else they are counted.
  [[nodiscard]] std::optional<Decision> BeginStatement(uint64_t statements = 1);

  // Whatever came back. A denial if it is more than there was left: then what goes beyond must not be handed on, and no
  // further statement begins.
  [[nodiscard]] std::optional<Decision> Spend(const Spending& more);

  const BudgetTerms& terms() const { return terms_; }
  const Spending& spent() const { return spent_; }

 private:
  BudgetTerms terms_;
  Spending spent_;
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_BUDGET_H_
