// Expressions and names in a summary.
#include "common/sql/ast/summary_writer.h"
#include "common/sql/lexer/lexer.h"

namespace postern::sql {
namespace {

std::string_view OperatorText(Op op) {
  switch (op) {
    case Op::kNone: return "";
    case Op::kPlus: return "+";
    case Op::kMinus: return "-";
    case Op::kStar: return "*";
    case Op::kSlash: return "/";
    case Op::kPercent: return "%";
    case Op::kCaret: return "^";
    case Op::kTilde: return "~";
    case Op::kAmpersand: return "&";
    case Op::kPipe: return "|";
    case Op::kShiftLeft: return "<<";
    case Op::kShiftRight: return ">>";
    case Op::kAndAnd: return "&&";
    case Op::kOrOr: return "||";
    case Op::kNot: return "!";
    case Op::kEqual: return "=";
    case Op::kNullSafeEqual: return "<=>";
    case Op::kNotEqual: return "<>";
    case Op::kLess: return "<";
    case Op::kLessEqual: return "<=";
    case Op::kGreater: return ">";
    case Op::kGreaterEqual: return ">=";
    case Op::kAssign: return ":=";
    case Op::kArrow: return "->";
    case Op::kArrowText: return "->>";
    case Op::kDot: return ".";
    case Op::kComma: return ",";
    case Op::kSemicolon: return ";";
    case Op::kOpen: return "(";
    case Op::kClose: return ")";
    case Op::kOpenBrace: return "{";
    case Op::kCloseBrace: return "}";
    case Op::kColon: return ":";
    case Op::kDotDot: return "..";
    case Op::kDiv: return "DIV";
  }
  return "";
}

bool StartsName(std::string_view raw) { return !raw.empty() && raw.front() != '\''; }

}  // namespace

std::string SummaryWriter::NameText(const Name& name) const {
  if (!StartsName(name.raw)) return std::string(name.raw);
  std::string text = "`";
  for (char c : Unquote(name)) text.append(c == '`' ? 2 : 1, c);
  return text + "`";
}

std::string SummaryWriter::NameText(const Name& first, const Name& second, const Name& third) const {
  std::string text;
  for (const Name* name : {&first, &second, &third}) {
    if (!name->empty()) Append(text, text.empty() ? "" : ".", NameText(*name));
  }
  return text;
}

std::string SummaryWriter::NameText(const ObjectName& name) const { return NameText({}, name.schema, name.name); }

std::string SummaryWriter::NamesText(const List<NameRef>& names) const {
  std::string text;
  for (const NameRef& ref : names) Append(text, text.empty() ? "" : ", ", NameText(ref.name));
  return text;
}

std::string SummaryWriter::TokensText(std::string_view raw) const {
  std::string text;
  Lexer lexer(raw, dialect_);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    const std::string_view piece = raw.substr(token.begin, token.end - token.begin);
    if (token.kind == TokenKind::kError) return std::string(raw);
    const bool keyword = token.keyword != Kw::kNone && IsReserved(token.keyword, dialect_);
    Append(text, text.empty() ? "" : " ", keyword ? KeywordText(token.keyword) : piece);
  }
  return text;
}

std::string SummaryWriter::FunctionHead(const Expr& call) const {
  std::string text = "function " + NameText({}, call.schema, call.name);
  if (call.special && call.keyword != Kw::kNone) Append(text, " built-in");
  if (call.special && call.keyword == Kw::kNone) Append(text, " bare");
  if (call.adjacent) Append(text, " adjacent");
  if (call.distinct) Append(text, " distinct");
  return text;
}

// What a node is, without its children.
std::string SummaryWriter::ExprHead(const Expr& expr) const {
  const std::string_view keyword = expr.keyword == Kw::kNone ? "" : KeywordText(expr.keyword);
  const std::string no = expr.negated ? "not " : "";
  switch (expr.kind) {
    case ExprKind::kLiteral:
      return expr.keyword == Kw::kNone ? "literal " + TokensText(expr.name.raw) : std::string(keyword);
    case ExprKind::kColumn: return "column " + NameText(expr.schema, expr.table, expr.name);
    case ExprKind::kStar: return expr.table.empty() ? "star" : "star of " + NameText({}, expr.schema, expr.table);
    case ExprKind::kParameter: return "parameter";
    case ExprKind::kUserVariable: return "user variable " + NameText(expr.name);
    case ExprKind::kAssignment: return "assign to user variable " + NameText(expr.name);
    case ExprKind::kSystemVariable: return "system variable " + NameText(expr.table, expr.schema, expr.name);
    case ExprKind::kUnary:
      return "unary " + (expr.name.empty() ? std::string(keyword.empty() ? "~" : keyword) : std::string(expr.name.raw));
    case ExprKind::kBinary: return "chain";
    case ExprKind::kLogical: return std::string(keyword);
    case ExprKind::kNot: return "not";
    case ExprKind::kIs: return "is " + no + std::string(keyword);
    case ExprKind::kIn: return no + "in";
    case ExprKind::kBetween: return no + "between";
    case ExprKind::kLike: return no + std::string(keyword);
    case ExprKind::kQuantified: return std::string(keyword);
    case ExprKind::kRow: return "row";
    case ExprKind::kParenthesized: return "parentheses";
    case ExprKind::kSubquery: return "subquery";
    case ExprKind::kExists: return "exists";
    case ExprKind::kFunction: return FunctionHead(expr);
    case ExprKind::kCase: return expr.keyword == Kw::kELSE ? "case with else" : "case";
    case ExprKind::kCast:
      return "cast to " + (expr.name.empty() ? std::string(keyword) : "charset " + NameText(expr.name));
    case ExprKind::kInterval: return "interval in " + std::string(keyword);
    case ExprKind::kMatch: return "match";
    case ExprKind::kDefault: return "default or values";
    case ExprKind::kCollate: return "collate " + NameText(expr.name);
    case ExprKind::kIntroduced: return "introduced " + TokensText(expr.name.raw);
    case ExprKind::kJsonPath: return "json path";
    case ExprKind::kNextValue:
      return (expr.negated ? "last value of " : "next value of ") + NameText({}, expr.table, expr.name);
  }
  return "";
}

std::string_view SummaryWriter::LabelOf(const Expr& parent, const Expr& child) const {
  return parent.kind == ExprKind::kBinary ? OperatorText(child.op) : "";
}

void SummaryWriter::VisitExpr(std::string_view label, const Expr* expr) {
  if (expr == nullptr) return;
  Row(label, label.empty() ? "" : ": ", ExprHead(*expr), expr->descending ? " descending" : "");
  const Deeper deeper(*this);
  for (const Expr& child : expr->children) VisitExpr(LabelOf(*expr, child), &child);
  if (expr->query != nullptr) VisitQuery("query", *expr->query);
  if (expr->window != nullptr) VisitWindow("over", *expr->window);
}

void SummaryWriter::VisitExprs(std::string_view label, const List<Expr>& exprs) {
  for (const Expr& expr : exprs) VisitExpr(label, &expr);
}

void SummaryWriter::VisitWindow(std::string_view label, const Window& window) {
  Row(label, window.name.empty() ? "" : " ", NameText(window.name));
  const Deeper deeper(*this);
  VisitExprs("", window.children);
  VisitExprs("", window.bounds);
}

}  // namespace postern::sql
