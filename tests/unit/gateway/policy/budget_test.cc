#include "gateway/policy/budget.h"

#include <catch2/catch.hpp>
#include <limits>

namespace postern::policy {
namespace {

TEST_CASE("statements are counted, and the one too many is refused by name") {
  Budget budget({.statements = 2});
  CHECK_FALSE(budget.BeginStatement());
  CHECK_FALSE(budget.BeginStatement());
  const auto refused = budget.BeginStatement();
  REQUIRE(refused);
  CHECK(refused->rule() == "budget");
  CHECK(refused->reason().find("budget of 2 statements is used up") != std::string::npos);
  CHECK(budget.spent().statements == 2);
}

TEST_CASE("rows may be spent to the last one, then no further statement begins") {
  Budget budget({.rows = 100});
  CHECK_FALSE(budget.BeginStatement());
  CHECK_FALSE(budget.Spend({.rows = 99}));
  CHECK_FALSE(budget.BeginStatement());
  CHECK_FALSE(budget.Spend({.rows = 1}));
  CHECK(budget.BeginStatement());
  CHECK(budget.Spend({.rows = 1}));
}

TEST_CASE("what goes beyond is refused and stays spent") {
  Budget budget({.bytes = 10, .masked_values = 3});
  CHECK(budget.Spend({.bytes = 11}));
  CHECK(budget.BeginStatement());
  Budget values({.masked_values = 3});
  CHECK_FALSE(values.Spend({.bytes = 1'000'000, .masked_values = 3}));
  CHECK(values.Spend({.masked_values = 1})->reason().find("masked values") != std::string::npos);
}

TEST_CASE("no sum is too large to be counted") {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  Budget budget({.bytes = 10});
  CHECK(budget.Spend({.bytes = kMost}));
  CHECK(budget.Spend({.bytes = kMost}));
  CHECK(budget.spent().bytes == kMost);
}

TEST_CASE("without terms there is no end, and of two terms the tighter count") {
  Budget endless;
  CHECK_FALSE(endless.Spend({.rows = 1'000'000'000}));
  CHECK_FALSE(endless.BeginStatement());
  BudgetTerms terms{.statements = 5, .rows = 10};
  terms.Tighten({.rows = 7, .bytes = 1});
  CHECK(terms == BudgetTerms{.statements = 5, .rows = 7, .bytes = 1});
}

TEST_CASE("new terms in the middle of a task go on counting") {
  Budget budget({.rows = 100});
  CHECK_FALSE(budget.Spend({.rows = 50}));
  Budget tighter({.rows = 50}, budget.spent());
  CHECK(tighter.BeginStatement());
}


TEST_CASE("a packet of several statements takes as many, or none") {
  Budget budget({.statements = 5});
  CHECK_FALSE(budget.BeginStatement(3));
  CHECK(budget.BeginStatement(3));
  CHECK_FALSE(budget.BeginStatement(2));
  CHECK(budget.BeginStatement());
  CHECK(budget.spent().statements == 5);
}

}  // namespace
}  // namespace postern::policy
