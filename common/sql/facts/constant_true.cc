#include "common/sql/facts/constant_true.h"

#include <algorithm>

#include "common/sql/ascii.h"
#include "common/sql/ast/name.h"

namespace postern::sql {
namespace {

// Whether the value can differ from row to row.
bool ReadsRows(const Expr& expr) {
  if (expr.kind == ExprKind::kColumn || expr.kind == ExprKind::kStar || expr.kind == ExprKind::kDefault) return true;
  if (expr.query != nullptr) return true;
  return std::any_of(expr.children.begin(), expr.children.end(), ReadsRows);
}

// 0, 0.0, '' and the like are false; of what else a number may read out of a string we do not judge.
bool IsTrueLiteral(const Expr& literal) {
  if (literal.keyword == Kw::kFALSE || literal.keyword == Kw::kNULL) return false;
  return literal.name.raw.find_first_not_of("0.'\"") != std::string_view::npos;
}

// c = c, c <= c: true for every row but those where it is NULL.
bool ComparesWithItself(const Expr& left, const Expr& right) {
  const bool reflexive = right.op == Op::kEqual || right.op == Op::kNullSafeEqual || right.op == Op::kLessEqual ||
                         right.op == Op::kGreaterEqual;
  return reflexive && left.kind == ExprKind::kColumn && right.kind == ExprKind::kColumn &&
         EqualsIgnoreCase(Unquote(left.name), Unquote(right.name)) &&
         EqualsIgnoreCase(Unquote(left.table), Unquote(right.table));
}

}  // namespace

bool IsConstantTrue(const Expr& condition) {
  if (condition.kind == ExprKind::kParenthesized) return IsConstantTrue(*condition.children.first);
  if (condition.kind == ExprKind::kLiteral) return IsTrueLiteral(condition);
  if (condition.kind == ExprKind::kLogical && condition.keyword == Kw::kOR) {
    return std::any_of(condition.children.begin(), condition.children.end(), IsConstantTrue);
  }
  if (condition.kind == ExprKind::kLogical && condition.keyword != Kw::kXOR) {
    return std::all_of(condition.children.begin(), condition.children.end(), IsConstantTrue);
  }
  if (condition.kind == ExprKind::kBinary && condition.children.size == 2 &&
      ComparesWithItself(*condition.children.first, *condition.children.first->next)) {
    return true;
  }
  return !ReadsRows(condition);
}

}  // namespace postern::sql
