// Operators, from the loosest to the tightest:
//   OR || | XOR | AND && | NOT | IS TRUE | = < ... IS NULL | IN BETWEEN LIKE REGEXP | '|' | & | << >> | + - | * / DIV % MOD
//   | ^ | || as concatenation | unary - ~ ! BINARY | COLLATE -> ->>
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

bool IsComparison(Op op) {
  return op == Op::kEqual || op == Op::kNullSafeEqual || op == Op::kNotEqual || op == Op::kLess ||
         op == Op::kLessEqual || op == Op::kGreater || op == Op::kGreaterEqual;
}

}  // namespace

Expr* Parser::NewExpr(ExprKind kind) {
  Expr* expr = New<Expr>();
  expr->kind = kind;
  expr->begin = token_.begin;
  return expr;
}

Expr* Parser::Finish(Expr* expr) {
  expr->end = last_end_;
  return expr;
}

// One more operator behind an operand, which nests in the tree as a parenthesis would. The first of a kind adds no more
// depth than the rule that reads it; all others of a statement together may add max_depth.
void Parser::CountStacked(uint32_t& operators) {
  if (operators++ > 0 && ++stacked_ > limits_.max_depth) FailWith(ParseErrorKind::kTooDeep, "less nesting");
}

Expr* Parser::ParseExpr() {
  const Depth depth(*this);
  Expr* left = ParseXor();
  const auto at_or = [this] { return At(Kw::kOR) || (At(Op::kOrOr) && !dialect_.mode.pipes_as_concat); };
  if (!at_or()) return left;
  Expr* chain = NewExpr(ExprKind::kLogical);
  chain->keyword = Kw::kOR;
  chain->begin = left->begin;
  chain->children.Add(left);
  while (at_or()) {
    Advance();
    chain->children.Add(ParseXor());
  }
  return Finish(chain);
}

Expr* Parser::ParseXor() {
  Expr* left = ParseAnd();
  if (!At(Kw::kXOR)) return left;
  Expr* chain = NewExpr(ExprKind::kLogical);
  chain->keyword = Kw::kXOR;
  chain->begin = left->begin;
  chain->children.Add(left);
  while (Accept(Kw::kXOR)) chain->children.Add(ParseAnd());
  return Finish(chain);
}

Expr* Parser::ParseAnd() {
  Expr* left = ParseNot();
  if (!At(Kw::kAND) && !At(Op::kAndAnd)) return left;
  Expr* chain = NewExpr(ExprKind::kLogical);
  chain->keyword = Kw::kAND;
  chain->begin = left->begin;
  chain->children.Add(left);
  while (Accept(Kw::kAND) || Accept(Op::kAndAnd)) chain->children.Add(ParseNot());
  return Finish(chain);
}

Expr* Parser::ParseNot() {
  if (seed_ != nullptr || !At(Kw::kNOT) || dialect_.mode.high_not_precedence) return ParseIs();
  const Depth depth(*this);
  Expr* expr = NewExpr(ExprKind::kNot);
  Advance();
  expr->children.Add(ParseNot());
  return Finish(expr);
}

// IS [NOT] TRUE, FALSE, UNKNOWN. In MySQL it ends the operand; MariaDB lets more follow.
Expr* Parser::ParseIs() {
  Expr* left = ParseComparison();
  uint32_t nested = 0;
  while (At(Kw::kIS)) {
    CountStacked(nested);
    Expr* expr = NewExpr(ExprKind::kIs);
    expr->begin = left->begin;
    Advance();
    expr->negated = Accept(Kw::kNOT);
    expr->keyword = token_.keyword;
    if (!AcceptAny(Kw::kTRUE, Kw::kFALSE, Kw::kUNKNOWN) && !(mariadb() && Accept(Kw::kNULL))) Fail("TRUE, FALSE or NULL");
    expr->children.Add(left);
    left = Finish(expr);
    if (!mariadb()) break;
  }
  return left;
}

// Comparisons and IS [NOT] NULL bind alike, to the left.
Expr* Parser::ParseComparison() {
  Expr* left = ParsePredicate();
  uint32_t nested = 0;
  for (;;) {
    if (At(Kw::kIS)) {
      const bool negated = Peek(1).keyword == Kw::kNOT;
      if (Peek(negated ? 2 : 1).keyword != Kw::kNULL) return left;
      CountStacked(nested);
      Expr* expr = NewExpr(ExprKind::kIs);
      expr->begin = left->begin;
      Advance();
      expr->negated = Accept(Kw::kNOT);
      expr->keyword = Kw::kNULL;
      Advance();
      expr->children.Add(left);
      left = Finish(expr);
    } else if (IsComparison(token_.op)) {
      CountStacked(nested);
      Expr* chain = NewExpr(ExprKind::kBinary);
      chain->begin = left->begin;
      chain->children.Add(left);
      while (IsComparison(token_.op)) {
        const Op op = token_.op;
        Advance();
        Expr* right = AtAny(Kw::kALL, Kw::kANY, Kw::kSOME) && Peek().op == Op::kOpen ? ParseQuantified(op) : ParsePredicate();
        right->op = op;
        chain->children.Add(right);
      }
      left = Finish(chain);
    } else {
      return left;
    }
  }
}

// ALL (query), ANY (query), SOME (query) after a comparison.
Expr* Parser::ParseQuantified(Op op) {
  Expr* expr = NewExpr(ExprKind::kQuantified);
  expr->op = op;
  expr->keyword = token_.keyword;
  Advance();
  expr->query = ParseQueryInParentheses();
  return Finish(expr);
}

// One predicate behind the operand; MariaDB takes one after another.
Expr* Parser::ParsePredicate() {
  Expr* left = ParseBit();
  Expr* predicate = ParsePredicateTail(left);
  for (uint32_t nested = 0; mariadb() && predicate != left;) {
    CountStacked(nested);
    left = predicate;
    predicate = ParsePredicateTail(left);
  }
  return predicate;
}

Expr* Parser::ParsePredicateTail(Expr* left) {
  if (At(Kw::kNOT)) {
    const Kw next = Peek().keyword;
    if (next != Kw::kIN && next != Kw::kBETWEEN && next != Kw::kLIKE && next != Kw::kREGEXP && next != Kw::kRLIKE) {
      return left;
    }
    Advance();
    if (At(Kw::kIN)) return ParseIn(left, true);
    if (At(Kw::kBETWEEN)) return ParseBetween(left, true);
    return ParseLike(left, true);
  }
  if (At(Kw::kIN)) return ParseIn(left, false);
  if (At(Kw::kBETWEEN)) return ParseBetween(left, false);
  if (AtAny(Kw::kLIKE, Kw::kREGEXP, Kw::kRLIKE)) return ParseLike(left, false);
  if (At(Kw::kSOUNDS) && Peek().keyword == Kw::kLIKE) {
    Advance();
    Advance();
    Expr* expr = NewExpr(ExprKind::kLike);
    expr->keyword = Kw::kSOUNDS;
    expr->begin = left->begin;
    expr->children.Add(left);
    expr->children.Add(ParseBit());
    return Finish(expr);
  }
  if (At(Kw::kMEMBER) && !mariadb()) {
    Advance();
    Accept(Kw::kOF);
    Expr* expr = NewExpr(ExprKind::kLike);
    expr->keyword = Kw::kMEMBER;
    expr->begin = left->begin;
    expr->children.Add(left);
    Expect(Op::kOpen);
    expr->children.Add(ParseSimple());
    Expect(Op::kClose);
    return Finish(expr);
  }
  return left;
}

Expr* Parser::ParseIn(Expr* left, bool negated) {
  Expr* expr = NewExpr(ExprKind::kIn);
  expr->begin = left->begin;
  expr->negated = negated;
  expr->children.Add(left);
  Advance();
  if (!At(Op::kOpen)) {
    Fail("(");
    return expr;
  }
  const Token& next = Peek();
  if (next.op == Op::kOpen || next.keyword == Kw::kSELECT || next.keyword == Kw::kWITH || next.keyword == Kw::kVALUES ||
      next.keyword == Kw::kTABLE) {
    Expr* list = ParseParenthesized();  // a query, however deep its parentheses, or a row of values
    expr->children.Add(list);
    return Finish(expr);
  }
  Advance();
  ParseValues(expr->children, false);
  Expect(Op::kClose);
  return Finish(expr);
}

Expr* Parser::ParseBetween(Expr* left, bool negated) {
  const Depth depth(*this);
  Expr* expr = NewExpr(ExprKind::kBetween);
  expr->begin = left->begin;
  expr->negated = negated;
  expr->children.Add(left);
  Advance();
  expr->children.Add(ParseBit());
  Expect(Kw::kAND);
  expr->children.Add(ParsePredicate());
  return Finish(expr);
}

Expr* Parser::ParseLike(Expr* left, bool negated) {
  Expr* expr = NewExpr(ExprKind::kLike);
  expr->begin = left->begin;
  expr->negated = negated;
  expr->keyword = token_.keyword;
  expr->children.Add(left);
  const bool like = At(Kw::kLIKE);
  Advance();
  expr->children.Add(like && !mariadb() ? ParseSimple() : ParseBit());
  if (like && Accept(Kw::kESCAPE)) expr->children.Add(mariadb() ? ParseBit() : ParseSimple());
  return Finish(expr);
}

int Parser::BitPrecedence() const {
  if (At(Kw::kDIV) || At(Kw::kMOD)) return 5;
  if (token_.op == Op::kPipe) return 1;
  if (token_.op == Op::kAmpersand) return 2;
  if (token_.op == Op::kShiftLeft || token_.op == Op::kShiftRight) return 3;
  if (token_.op == Op::kPlus || token_.op == Op::kMinus) return 4;
  if (token_.op == Op::kStar || token_.op == Op::kSlash || token_.op == Op::kPercent) return 5;
  if (token_.op == Op::kCaret) return 6;
  return 0;
}

Expr* Parser::ParseBit(int min_precedence) {
  Expr* left = ParseSimple();
  for (int level = BitPrecedence(); level >= min_precedence; level = BitPrecedence()) {
    Expr* chain = NewExpr(ExprKind::kBinary);
    chain->begin = left->begin;
    chain->children.Add(left);
    while (BitPrecedence() == level) {
      const Op op = token_.op;
      const Kw word = token_.keyword;
      Advance();
      Expr* right = ParseBit(level + 1);
      right->op = word == Kw::kNone ? op : word == Kw::kDIV ? Op::kDiv : Op::kPercent;
      chain->children.Add(right);
    }
    left = Finish(chain);
  }
  return left;
}

Expr* Parser::ParseSimple() {
  Expr* left = ParseUnary();
  if (!At(Op::kOrOr) || !dialect_.mode.pipes_as_concat) return left;
  Expr* chain = NewExpr(ExprKind::kBinary);
  chain->begin = left->begin;
  chain->children.Add(left);
  while (Accept(Op::kOrOr)) {
    Expr* right = ParseUnary();
    right->op = Op::kOrOr;
    chain->children.Add(right);
  }
  return Finish(chain);
}

Expr* Parser::ParseUnary() {
  const bool high_not = dialect_.mode.high_not_precedence && At(Kw::kNOT);
  const bool prefix = high_not || At(Op::kMinus) || At(Op::kPlus) || At(Op::kTilde) || At(Op::kNot) || At(Kw::kBINARY);
  if (!prefix || seed_ != nullptr) return ParsePostfix(ParseOperand());
  const Depth depth(*this);
  Expr* expr = NewExpr(At(Kw::kNOT) || At(Op::kNot) ? ExprKind::kNot : ExprKind::kUnary);
  expr->keyword = token_.keyword;
  const Op op = token_.op;
  Advance();
  if (op != Op::kNone && (At(Op::kOpen) || !At(TokenKind::kOperator))) NoteClose();
  expr->children.Add(ParseUnary());
  if (op == Op::kMinus || op == Op::kPlus) expr->name.raw = op == Op::kMinus ? "-" : "+";
  return Finish(expr);
}

Expr* Parser::ParsePostfix(Expr* operand) {
  uint32_t nested = 0;
  for (;;) {
    if (At(Kw::kCOLLATE)) {
      CountStacked(nested);
      Expr* expr = NewExpr(ExprKind::kCollate);
      expr->begin = operand->begin;
      Advance();
      expr->children.Add(operand);
      expr->name = ParseCharsetName();
      operand = Finish(expr);
    } else if ((At(Op::kArrow) || At(Op::kArrowText)) && operand->kind == ExprKind::kColumn && !mariadb()) {
      Expr* expr = NewExpr(ExprKind::kJsonPath);
      expr->begin = operand->begin;
      Advance();
      expr->children.Add(operand);
      ParseString("a JSON path");
      operand = Finish(expr);
    } else {
      return operand;
    }
  }
}

void Parser::ParseExprList(List<Expr>& list) {
  do {
    list.Add(ParseExpr());
  } while (Accept(Op::kComma));
}

namespace {

bool IsNumber(TokenKind kind) {
  return kind == TokenKind::kInteger || kind == TokenKind::kDecimal || kind == TokenKind::kFloat;
}

bool EndsValue(const Token& token) { return token.op == Op::kComma || token.op == Op::kClose; }

}  // namespace

// Passes a literal that is all of a value. One that only starts a value becomes the seed of the expression.
bool Parser::SkipPlainLiteral() {
  if (At(Op::kMinus) && IsNumber(Peek(1).kind) && EndsValue(Peek(2))) {
    Advance();
    NoteClose();
    Advance();
    return true;
  }
  const Token first = token_;
  const bool literal = IsNumber(first.kind) || first.kind == TokenKind::kString || first.kind == TokenKind::kHexNumber ||
                       first.kind == TokenKind::kHexString || first.kind == TokenKind::kParameter || At(Kw::kNULL);
  if (!literal) return false;
  Advance();
  if (EndsValue(token_)) return true;
  while (first.kind == TokenKind::kString && At(TokenKind::kString)) Advance();
  seed_ = NewExpr(first.kind == TokenKind::kParameter ? ExprKind::kParameter : ExprKind::kLiteral);
  seed_->begin = first.begin;
  seed_->token = first.kind;
  seed_->keyword = first.keyword;
  seed_->name.raw = TextFrom(first.begin);
  Finish(seed_);
  return false;
}

// At the opening parenthesis of a row: lets the lexer run over the rows that are nothing but literals.
void Parser::PassLiteralRows() {
  if (!At(Op::kOpen) || ahead_count_ != 0 || outline_ != nullptr) return;
  const size_t rows = lexer_.PassLiteralRows();
  if (rows == 0) return;
  token_.begin = static_cast<uint32_t>(lexer_.position() - 1);
  token_.end = token_.begin + 1;
  tokens_ += static_cast<uint32_t>(rows);
}

void Parser::ParseValues(List<Expr>& list, bool allow_default) {
  do {
    if (SkipPlainLiteral()) continue;
    if (allow_default && At(Kw::kDEFAULT) && Peek().op != Op::kOpen) {
      Advance();
    } else if (allow_default && mariadb() && At(Kw::kIGNORE)) {
      Advance();
    } else {
      list.Add(ParseExpr());
    }
  } while (Accept(Op::kComma));
}

void Parser::ParseOrderList(List<Expr>& list) {
  do {
    list.Add(ParseExpr());
    list.last->descending = At(Kw::kDESC);
    AcceptAny(Kw::kASC, Kw::kDESC);
  } while (Accept(Op::kComma));
}

}  // namespace postern::sql
