// What expressions call, read and set.
#include <algorithm>

#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"
#include "common/sql/facts/constant_true.h"
#include "common/sql/facts/functions.h"
#include "common/sql/lexer/lexer.h"

namespace postern::sql {

void Collector::VisitExprs(const List<Expr>& exprs) {
  for (const Expr& expr : exprs) VisitExpr(&expr);
}

namespace {

bool PassesOn(const Expr& expr) {
  return expr.kind == ExprKind::kParenthesized || expr.kind == ExprKind::kSubquery || expr.kind == ExprKind::kCollate;
}

bool IsOneSide(const Expr& expr) {
  if (expr.kind == ExprKind::kParenthesized) return IsOneSide(*expr.children.first);
  return expr.kind == ExprKind::kColumn || expr.kind == ExprKind::kLiteral || expr.kind == ExprKind::kParameter;
}

// column = constant, column = column, column IN (constants): tells whether values are equal, and no more.
bool IsEquality(const Expr& expr) {
  if (expr.query != nullptr) return false;
  if (expr.kind == ExprKind::kBinary) {
    const Op op = expr.children.first->next->op;
    if (expr.children.size != 2 || (op != Op::kEqual && op != Op::kNullSafeEqual)) return false;
  } else if (expr.kind != ExprKind::kIn) {
    return false;
  }
  for (const Expr& side : expr.children) {
    if (!IsOneSide(side)) return false;
  }
  return true;
}

}  // namespace

// What the expression makes of the values that it passes on; put back by VisitExpr.
void Collector::EnterExpr(const Expr& expr) {
  if (expr.kind == ExprKind::kColumn || PassesOn(expr)) return;
  if (sink_ != nullptr) lineage_.AddFlow({lineage_.Constant(), how_, nullptr}, *sink_);
  if (expr.kind == ExprKind::kFunction) return;
  how_ = Derivation::kTransformed;
  comparing_ = IsEquality(expr);
}

void Collector::VisitExpr(const Expr* expr) {
  if (expr == nullptr) return;
  const Derivation how = how_;
  const bool comparing = comparing_;
  const ColumnRole role = role_;
  EnterExpr(*expr);
  VisitAny(*expr);
  how_ = how;
  comparing_ = comparing;
  role_ = role;
}

void Collector::VisitAny(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kColumn: VisitColumn(expr); return;
    case ExprKind::kLiteral:
    case ExprKind::kStar:
    case ExprKind::kParameter: return;
    case ExprKind::kUserVariable: AddVariable({VariableScope::kUser, Unquote(expr.name), false, std::nullopt}); return;
    case ExprKind::kAssignment:
      AddVariable({VariableScope::kUser, Unquote(expr.name), true, std::nullopt});
      role_ = ColumnRole::kStored;
      break;
    case ExprKind::kSystemVariable: VisitSystemVariable(expr); return;
    case ExprKind::kFunction: VisitFunction(expr); break;
    case ExprKind::kDefault:
      if (expr.keyword == Kw::kDEFAULT && !expr.children.empty()) VisitDefault(*expr.children.first);
      break;
    case ExprKind::kNextValue:
      AddObject(ObjectKind::kSequence, expr.negated ? Access::kRead : Access::kUpdate, {expr.table, expr.name});
      AddFunction({"", expr.negated ? "LASTVAL" : "NEXTVAL",
                   expr.negated ? FunctionClass::kReadsServer : FunctionClass::kWrites, false, false});
      break;
    case ExprKind::kUnary:
    case ExprKind::kBinary:
    case ExprKind::kLogical:
    case ExprKind::kNot:
    case ExprKind::kIs:
    case ExprKind::kIn:
    case ExprKind::kBetween:
    case ExprKind::kLike:
    case ExprKind::kQuantified:
    case ExprKind::kRow:
    case ExprKind::kParenthesized:
    case ExprKind::kSubquery:
    case ExprKind::kExists:
    case ExprKind::kCase:
    case ExprKind::kCast:
    case ExprKind::kInterval:
    case ExprKind::kMatch:
    case ExprKind::kCollate:
    case ExprKind::kIntroduced:
    case ExprKind::kJsonPath: break;
  }
  VisitExprs(expr.children);
  if (expr.query != nullptr) VisitSubquery(expr);
  VisitWindow(expr.window);
}

// What a subquery yields is used as the expression around it is; whether EXISTS yields anything only decides.
void Collector::VisitSubquery(const Expr& expr) {
  List<Flow>* sink = sink_;
  const ColumnRole role = role_;
  if (expr.kind != ExprKind::kSubquery && role == ColumnRole::kProjected) role_ = ColumnRole::kPredicate;
  sink_ = nullptr;
  const Relation relation = VisitQuery(*expr.query);
  sink_ = sink;
  role_ = role;
  if (expr.kind == ExprKind::kExists) return;
  for (const RelationColumn& column : relation) {
    for (const Flow& flow : column.flows) UseColumn(flow.column, role_, how_);
    if (sink_ != nullptr) lineage_.AddFlows(column.flows, how_, *sink_);
  }
}

namespace {

// MariaDB's geometry constructors are rules of its grammar: with another number of arguments it looks for a stored function
// of that name.
bool MissesItsRule(std::string_view name, size_t arguments) {
  if (name == "POINT") return arguments != 2;
  for (std::string_view shape :
       {"LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"}) {
    if (name == shape) return arguments == 0;
  }
  return false;
}

}  // namespace

void Collector::VisitFunction(const Expr& call) {
  FunctionUse use;
  use.window = call.window != nullptr;
  use.schema = Unquote(call.schema);
  use.name = Unquote(call.name);
  const bool own_rule_missed = !call.special && FindKeyword(use.name) != Kw::kNone;
  const BuiltIn* built_in = use.schema.empty() && !own_rule_missed ? FindBuiltIn(use.name, dialect_) : nullptr;
  if (built_in != nullptr && dialect_.IsMariaDb() && MissesItsRule(built_in->name, call.children.size)) {
    built_in = nullptr;
  }
  if (built_in != nullptr) {
    use.name = std::string(built_in->name);
    use.cls = built_in->cls;
    use.aggregate = built_in->aggregate;
    // With an argument it stores it for the session.
    if (use.name == "LAST_INSERT_ID" && !call.children.empty()) use.cls = FunctionClass::kWrites;
  }
  how_ = std::max(how_, use.aggregate ? Derivation::kAggregated : Derivation::kTransformed);
  comparing_ = false;
  const bool stored = use.cls == FunctionClass::kUnknown;
  AddFunction(std::move(use));
  if (stored && VisitStoredFunction(call)) role_ = ColumnRole::kStored;
}

// A default may be an expression over any columns of its table, and the schema does not tell it.
void Collector::VisitDefault(const Expr& column) {
  if (known_.schema == nullptr) return;
  List<Flow> named;
  VisitFlows(&column, named);
  List<Flow> all;
  for (const Flow& flow : named) {
    const Column of = lineage_[flow.column];
    const auto shape = known_.schema->FindRelation(of.schema, of.table);
    if (!shape) continue;
    for (const ColumnShape other : shape->columns) {
      lineage_.AddFlow({lineage_.Add({shape->schema, shape->name, other.name, true, true}), how_, nullptr}, all);
    }
  }
  TakeFlows(all);
}

void Collector::VisitSystemVariable(const Expr& variable) {
  VariableUse use;
  const std::string scope = Lower(variable.table.raw);
  use.scope = scope == "global"         ? VariableScope::kGlobal
              : scope == "persist"      ? VariableScope::kPersist
              : scope == "persist_only" ? VariableScope::kPersistOnly
                                        : VariableScope::kSession;
  use.name = Lower(Unquote(variable.name));
  if (!variable.schema.empty()) use.name = Lower(Unquote(variable.schema)) + "." + use.name;
  AddVariable(std::move(use));
}

namespace {

// Optimizer hints that leave it to the server how rows are found.
constexpr std::string_view kHintsOfNoPlan[] = {"MAX_EXECUTION_TIME", "QB_NAME", "RESOURCE_GROUP", "SET_VAR"};

bool LeavesPlan(std::string_view hint) {
  return std::any_of(std::begin(kHintsOfNoPlan), std::end(kHintsOfNoPlan),
                     [&](std::string_view name) { return EqualsIgnoreCase(name, hint); });
}

}  // namespace

// An optimizer hint may set a variable for the statement and name a resource group; both are to be seen.
void Collector::VisitHint(std::string_view hint) {
  if (hint.size() < 5) return;
  harmful_hint_ = true;
  Lexer lexer(hint.substr(3, hint.size() - 5), dialect_);
  Token token = lexer.Next();
  while (token.kind != TokenKind::kEnd && token.kind != TokenKind::kError) {
    const std::string_view word = hint.substr(3 + token.begin, token.end - token.begin);
    token = lexer.Next();
    facts_.plan_hint |= token.kind == TokenKind::kError;
    if (token.op != Op::kOpen) continue;
    facts_.plan_hint |= !LeavesPlan(word);
    if (!EqualsIgnoreCase(word, "SET_VAR")) continue;
    token = lexer.Next();
    AddVariable({VariableScope::kSession, Lower(hint.substr(3 + token.begin, token.end - token.begin)), true, std::nullopt});
  }
}

void Collector::SetWhere(const Expr* where) {
  if (where == nullptr) return;
  facts_.has_where = true;
  facts_.constant_true_where = IsConstantTrue(*where);
}

}  // namespace postern::sql
