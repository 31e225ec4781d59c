#include "gateway/tasks/shared_budget.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

namespace postern::tasks {
namespace {

TEST_CASE("sessions side by side take exactly what there is") {
  constexpr uint64_t kRows = 10'000;
  SharedBudget budget({.rows = kRows}, {});
  std::atomic<uint64_t> taken = 0;
  std::vector<std::thread> sessions;
  for (int i = 0; i < 4; ++i) {
    sessions.emplace_back([&] {
      for (int piece = 0; piece < 1000; ++piece) {
        budget.Take([&](const BudgetLeft& left) {
          const uint64_t rows = std::min<uint64_t>(left.rows, 7);
          taken += rows;
          return policy::Spending{.rows = rows};
        });
      }
    });
  }
  for (std::thread& session : sessions) session.join();
  CHECK(taken == kRows);
  CHECK(budget.spent().rows == kRows);
  CHECK(budget.BeginStatement());
}

TEST_CASE("what was spent in an earlier life is spent") {
  SharedBudget budget({.rows = 10, .bytes = 100}, {.rows = 7});
  budget.Take([](const BudgetLeft& left) {
    CHECK(left.rows == 3);
    CHECK(left.bytes == 100);
    return policy::Spending{};
  });
}

TEST_CASE("equal masked values are counted once, and one too many says enough") {
  SharedBudget budget({.masked_values = 2}, {});
  CHECK(budget.counts_masked_values());
  for (const char* value : {"ann", "bob", "ann", "bob"}) budget.CountMasked(value);
  CHECK(budget.spent().masked_values == 2);
  CHECK_FALSE(budget.masked_values_overspent());
  budget.CountMasked("cat");
  CHECK(budget.masked_values_overspent());
  budget.CountMasked("dan");
  CHECK(budget.spent().masked_values == 3);
  CHECK(budget.BeginStatement()->reason().find("2 masked values is used up") != std::string::npos);
  CHECK_FALSE(SharedBudget({.rows = 1}, {}).counts_masked_values());
}

}  // namespace
}  // namespace postern::tasks
