// Operands of expressions: literals, names, variables, parentheses and the forms with words of their own.
#include "common/sql/ascii.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

bool IsString(TokenKind kind) { return kind == TokenKind::kString; }

bool IsBinaryLiteral(TokenKind kind) {
  return kind == TokenKind::kHexString || kind == TokenKind::kBitString || kind == TokenKind::kHexNumber ||
         kind == TokenKind::kBitNumber;
}

}  // namespace

Expr* Parser::ParseOperand() {
  if (seed_ != nullptr) {
    Expr* seed = seed_;
    seed_ = nullptr;
    return seed;
  }
  switch (token_.kind) {
    case TokenKind::kString:
    case TokenKind::kNationalString:
    case TokenKind::kHexString:
    case TokenKind::kBitString:
    case TokenKind::kHexNumber:
    case TokenKind::kBitNumber:
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kFloat:
    case TokenKind::kNullBackslash:
    case TokenKind::kIntroducer: return ParseLiteral();
    case TokenKind::kParameter: {
      Expr* expr = NewExpr(ExprKind::kParameter);
      Advance();
      return Finish(expr);
    }
    case TokenKind::kUserVariable: return ParseUserVariable();
    case TokenKind::kSystemVariable: return ParseSystemVariable();
    case TokenKind::kQuotedName: return ParseColumnOrCall();
    case TokenKind::kWord: return ParseWordOperand();
    case TokenKind::kOperator:
      if (At(Op::kOpen)) return ParseParenthesized();
      if (At(Op::kOpenBrace)) return ParseOdbcEscape();
      break;
    case TokenKind::kEnd:
    case TokenKind::kError:
    case TokenKind::kHint: break;
  }
  Fail("an expression");
  return NewExpr(ExprKind::kLiteral);
}

Expr* Parser::ParseLiteral() {
  const bool introduced = At(TokenKind::kIntroducer);
  Expr* expr = NewExpr(introduced ? ExprKind::kIntroduced : ExprKind::kLiteral);
  if (introduced) {
    Advance();
    if (!IsString(token_.kind) && !IsBinaryLiteral(token_.kind)) Fail("a string");
  }
  expr->token = token_.kind;
  const uint32_t begin = token_.begin;
  const bool text = IsString(token_.kind) || At(TokenKind::kNationalString);
  Advance();
  while (text && IsString(token_.kind)) Advance();  // 'a' 'b' is one string
  expr->name.raw = TextFrom(begin);
  return Finish(expr);
}

Expr* Parser::ParseUserVariable() {
  Expr* expr = NewExpr(ExprKind::kUserVariable);
  if (!At(TokenKind::kUserVariable)) {
    Fail("a user variable");
    return expr;
  }
  expr->name.raw = TextOf(token_).substr(1);
  Advance();
  if (!Accept(Op::kAssign)) return Finish(expr);
  expr->kind = ExprKind::kAssignment;
  expr->children.Add(ParseExpr());
  return Finish(expr);
}

// @@name, @@scope.name, @@component.name, @@scope.component.name
Expr* Parser::ParseSystemVariable() {
  Expr* expr = NewExpr(ExprKind::kSystemVariable);
  Advance();
  Name parts[3];
  size_t count = 0;
  do {
    parts[count++] = ParseName("a system variable");
  } while (count < 3 && Accept(Op::kDot));
  size_t at = 0;
  const auto is_scope = [](const Name& name) {
    for (std::string_view scope : {"global", "session", "local", "persist", "persist_only"}) {
      if (EqualsIgnoreCase(name.raw, scope)) return true;
    }
    return false;
  };
  if (count > 1 && is_scope(parts[0])) expr->table = parts[at++];
  if (count - at == 2) expr->schema = parts[at++];
  if (count - at != 1) Fail("one system variable");
  expr->name = parts[at];
  return Finish(expr);
}

Expr* Parser::SubqueryExpr(Query* query, uint32_t begin) {
  Expr* expr = NewExpr(ExprKind::kSubquery);
  expr->begin = begin;
  expr->query = query;
  return Finish(expr);
}

// ( expr ), ( expr, expr ), ( query ), and any number of parentheses around either, read once from left to right.
Expr* Parser::ParseParenthesized() {
  const Depth depth(*this);
  const uint32_t begin = token_.begin;
  Expect(Op::kOpen);
  if (AtQueryStart()) {
    Query* query = ParseIndentedQuery();
    Expect(Op::kClose);
    return SubqueryExpr(query, begin);
  }
  if (At(Op::kOpen)) {
    Expr* inner = ParseParenthesized();
    if (inner->kind == ExprKind::kSubquery) {
      if (Accept(Op::kClose)) return SubqueryExpr(inner->query, begin);
      if (AtAny(Kw::kUNION, Kw::kEXCEPT, Kw::kINTERSECT, Kw::kORDER, Kw::kLIMIT, Kw::kFOR, Kw::kLOCK, Kw::kFETCH,
                Kw::kOFFSET, Kw::kINTO)) {
        Query* query = ParseQueryFrom(WrapQuery(inner->query));
        Expect(Op::kClose);
        return SubqueryExpr(query, begin);
      }
    }
    seed_ = inner;
  }
  Expr* expr = NewExpr(ExprKind::kParenthesized);
  expr->begin = begin;
  expr->children.Add(ParseExpr());
  while (Accept(Op::kComma)) {
    expr->kind = ExprKind::kRow;
    expr->children.Add(ParseExpr());
  }
  Expect(Op::kClose);
  return Finish(expr);
}

// {d '2020-01-01'}, {fn now()}: the word inside is ignored by servers unless it is d, t or ts.
Expr* Parser::ParseOdbcEscape() {
  const Depth depth(*this);
  Expr* expr = NewExpr(ExprKind::kIntroduced);
  Advance();
  ParseName("d, t, ts or fn");
  expr->children.Add(ParseExpr());
  Expect(Op::kCloseBrace);
  return Finish(expr);
}

Expr* Parser::ParseWordOperand() {
  const Token next = Peek();
  const bool open = next.op == Op::kOpen;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
  switch (token_.keyword) {
    case Kw::kNULL:
    case Kw::kTRUE:
    case Kw::kFALSE: {
      Expr* expr = NewExpr(ExprKind::kLiteral);
      expr->token = TokenKind::kWord;
      expr->keyword = token_.keyword;
      expr->name.raw = TextOf(token_);
      Advance();
      return Finish(expr);
    }
    case Kw::kCASE: return ParseCase();
    case Kw::kEXISTS: return ParseExists();
    case Kw::kINTERVAL: return ParseIntervalOperand();
    case Kw::kMATCH: return ParseMatch();
    case Kw::kDEFAULT: return ParseDefaultOperand();
    case Kw::kVALUES: return ParseValuesOperand();
    case Kw::kCONVERT: return ParseConvert();
    case Kw::kCAST:
      if (token_.adjacent_open) return ParseCast();
      break;
    case Kw::kROW:
      if (open) return ParseRow();
      break;
    case Kw::kDATE:
    case Kw::kTIME:
    case Kw::kTIMESTAMP:
      if (IsString(next.kind)) return ParseTemporal();
      break;
    case Kw::kNEXT:
    case Kw::kPREVIOUS:
      if (mariadb() && next.keyword == Kw::kVALUE) return ParseNextValue();
      break;
    case Kw::kCURRENT_DATE:
    case Kw::kCURRENT_TIME:
    case Kw::kCURRENT_TIMESTAMP:
    case Kw::kCURRENT_USER:
    case Kw::kLOCALTIME:
    case Kw::kLOCALTIMESTAMP:
    case Kw::kUTC_DATE:
    case Kw::kUTC_TIME:
    case Kw::kUTC_TIMESTAMP: {
      Expr* call = NewExpr(ExprKind::kFunction);
      call->name.raw = KeywordText(token_.keyword);
      call->special = true;
      Advance();
      if (At(Op::kOpen)) NoteClose();
      if (Accept(Op::kOpen)) {
        if (At(TokenKind::kInteger)) Advance();
        Expect(Op::kClose);
      }
      return Finish(call);
    }
    case Kw::kCURRENT_ROLE:
      if (mariadb()) {
        Expr* call = NewExpr(ExprKind::kFunction);
        call->name.raw = KeywordText(token_.keyword);
        call->special = true;
        Advance();
        if (At(Op::kOpen)) NoteClose();
        if (Accept(Op::kOpen)) Expect(Op::kClose);
        return Finish(call);
      }
      break;
    default: break;
  }
#pragma GCC diagnostic pop
  return ParseColumnOrCall();
}

// Reserved words that are functions all the same.
static bool IsReservedFunction(Kw keyword) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
  switch (keyword) {
    case Kw::kIF:
    case Kw::kLEFT:
    case Kw::kRIGHT:
    case Kw::kREPLACE:
    case Kw::kINSERT:
    case Kw::kMOD:
    case Kw::kREPEAT:
    case Kw::kDATABASE:
    case Kw::kSCHEMA:
    case Kw::kCHAR:
    case Kw::kGROUPING:
    case Kw::kROW_NUMBER:
    case Kw::kRANK:
    case Kw::kDENSE_RANK:
    case Kw::kPERCENT_RANK:
    case Kw::kCUME_DIST:
    case Kw::kNTILE:
    case Kw::kLAG:
    case Kw::kLEAD:
    case Kw::kFIRST_VALUE:
    case Kw::kLAST_VALUE:
    case Kw::kNTH_VALUE: return true;
    default: return false;
  }
#pragma GCC diagnostic pop
}

// column, table.column, schema.table.column, f(...), schema.f(...)
Expr* Parser::ParseColumnOrCall() {
  const Token first = token_;
  if (!AtName() && !(IsReservedFunction(first.keyword) && Peek().op == Op::kOpen)) {
    Fail("an expression");
    return NewExpr(ExprKind::kLiteral);
  }
  Expr* expr = NewExpr(ExprKind::kColumn);
  expr->name.raw = TextOf(first);
  Advance();
  // A quoted name before a parenthesis is a stored function's, a bare one may be a built-in.
  if (first.kind == TokenKind::kWord || !At(Op::kOpen)) NoteName(first);
  if (At(Op::kOpen)) {
    NoteCall();
    expr->kind = ExprKind::kFunction;
    expr->adjacent = first.adjacent_open;
    expr->special = first.kind == TokenKind::kWord && (!IsAdjacentFunction(first.keyword, dialect_) || expr->adjacent);
    expr->keyword = expr->special ? first.keyword : Kw::kNone;
    return ParseCall(expr);
  }
  if (!Accept(Op::kDot)) return Finish(expr);
  expr->table = expr->name;
  expr->name = ParseName("a column");
  if (At(Op::kOpen)) {
    NoteCall();
    expr->kind = ExprKind::kFunction;
    expr->schema = expr->table;
    expr->table = {};
    return ParseCall(expr);
  }
  if (!Accept(Op::kDot)) return Finish(expr);
  expr->schema = expr->table;
  expr->table = expr->name;
  expr->name = ParseName("a column");
  return Finish(expr);
}

// CASE [value] WHEN x THEN y ... [ELSE z] END
Expr* Parser::ParseCase() {
  const Depth depth(*this);
  Expr* expr = NewExpr(ExprKind::kCase);
  Advance();
  if (!At(Kw::kWHEN)) expr->children.Add(ParseExpr());
  do {
    Expect(Kw::kWHEN);
    expr->children.Add(ParseExpr());
    Expect(Kw::kTHEN);
    expr->children.Add(ParseExpr());
  } while (At(Kw::kWHEN));
  if (At(Kw::kELSE)) {
    expr->keyword = Kw::kELSE;
    Advance();
    expr->children.Add(ParseExpr());
  }
  Expect(Kw::kEND);
  return Finish(expr);
}

bool Parser::AtIntervalUnit() const {
  return AtAny(Kw::kMICROSECOND, Kw::kSECOND, Kw::kMINUTE, Kw::kHOUR, Kw::kDAY, Kw::kWEEK, Kw::kMONTH, Kw::kQUARTER,
               Kw::kYEAR, Kw::kSECOND_MICROSECOND, Kw::kMINUTE_MICROSECOND, Kw::kMINUTE_SECOND, Kw::kHOUR_MICROSECOND,
               Kw::kHOUR_SECOND, Kw::kHOUR_MINUTE, Kw::kDAY_MICROSECOND, Kw::kDAY_SECOND, Kw::kDAY_MINUTE,
               Kw::kDAY_HOUR, Kw::kYEAR_MONTH) ||
         AtAny(Kw::kSQL_TSI_SECOND, Kw::kSQL_TSI_MINUTE, Kw::kSQL_TSI_HOUR, Kw::kSQL_TSI_DAY, Kw::kSQL_TSI_WEEK,
               Kw::kSQL_TSI_MONTH, Kw::kSQL_TSI_QUARTER, Kw::kSQL_TSI_YEAR);
}

Expr* Parser::ParseInterval(Expr* amount, uint32_t begin) {
  Expr* expr = NewExpr(ExprKind::kInterval);
  expr->begin = begin;
  expr->children.Add(amount);
  expr->keyword = token_.keyword;
  if (!AtIntervalUnit()) Fail("an interval's unit");
  Advance();
  return Finish(expr);
}

// INTERVAL 1 DAY, INTERVAL (1) + 2 DAY, or the function INTERVAL(a, b, ...).
Expr* Parser::ParseIntervalOperand() {
  const Depth depth(*this);
  const uint32_t begin = token_.begin;
  Advance();
  if (At(Op::kOpen)) {
    NoteCall();
    Expr* list = ParseParenthesized();
    if (list->kind == ExprKind::kRow) {
      list->kind = ExprKind::kFunction;
      list->special = true;
      list->name.raw = "INTERVAL";
      list->begin = begin;
      return list;
    }
    seed_ = list;
  }
  return ParseInterval(ParseExpr(), begin);
}

// MATCH (a, b) AGAINST ('words' [IN NATURAL LANGUAGE MODE | IN BOOLEAN MODE] [WITH QUERY EXPANSION])
Expr* Parser::ParseMatch() {
  const Depth depth(*this);
  Expr* expr = NewExpr(ExprKind::kMatch);
  Advance();
  const bool open = Accept(Op::kOpen);
  do {
    expr->children.Add(ParseColumnOrCall());
  } while (Accept(Op::kComma));
  if (open) Expect(Op::kClose);
  Expect(Kw::kAGAINST);
  Expect(Op::kOpen);
  expr->children.Add(ParseBit());
  if (Accept(Kw::kIN)) {
    if (Accept(Kw::kBOOLEAN)) {
      Expect(Kw::kMODE);
    } else {
      Expect(Kw::kNATURAL);
      Expect(Kw::kLANGUAGE);
      Expect(Kw::kMODE);
    }
  }
  if (Accept(Kw::kWITH)) {
    Expect(Kw::kQUERY);
    Expect(Kw::kEXPANSION);
  }
  Expect(Op::kClose);
  return Finish(expr);
}

Expr* Parser::ParseExists() {
  Expr* expr = NewExpr(ExprKind::kExists);
  Advance();
  expr->query = ParseQueryInParentheses();
  return Finish(expr);
}

Expr* Parser::ParseRow() {
  Expr* expr = NewExpr(ExprKind::kRow);
  Advance();
  NoteClose();
  Expect(Op::kOpen);
  ParseExprList(expr->children);
  Expect(Op::kClose);
  return Finish(expr);
}

Expr* Parser::ParseDefaultOperand() {
  Expr* expr = NewExpr(ExprKind::kDefault);
  expr->keyword = token_.keyword;
  Advance();
  NoteClose();
  Expect(Op::kOpen);
  expr->children.Add(ParseColumnOrCall());
  Expect(Op::kClose);
  return Finish(expr);
}

// VALUES(column), in ON DUPLICATE KEY UPDATE.
Expr* Parser::ParseValuesOperand() { return ParseDefaultOperand(); }

Expr* Parser::ParseTemporal() {
  Expr* expr = NewExpr(ExprKind::kIntroduced);
  Advance();
  expr->token = TokenKind::kString;
  expr->name.raw = ParseString("a date or time");
  return Finish(expr);
}

// NEXT VALUE FOR s, PREVIOUS VALUE FOR s
Expr* Parser::ParseNextValue() {
  Expr* expr = NewExpr(ExprKind::kNextValue);
  expr->negated = At(Kw::kPREVIOUS);
  Advance();
  Advance();
  Expect(Kw::kFOR);
  const ObjectName sequence = ParseObjectName("a sequence");
  expr->table = sequence.schema;
  expr->name = sequence.name;
  return Finish(expr);
}

// CONVERT(x USING charset), CONVERT(x, type)
Expr* Parser::ParseConvert() {
  const Depth depth(*this);
  Expr* expr = NewExpr(ExprKind::kCast);
  Advance();
  NoteClose();
  Expect(Op::kOpen);
  expr->children.Add(ParseExpr());
  if (Accept(Kw::kUSING)) {
    expr->name = ParseCharsetName();
  } else {
    Expect(Op::kComma);
    expr->keyword = token_.keyword;
    ParseCastType();
  }
  Expect(Op::kClose);
  return Finish(expr);
}

// CAST(x [AT TIME ZONE [INTERVAL] 'z'] AS type [ARRAY])
Expr* Parser::ParseCast() {
  const Depth depth(*this);
  Expr* expr = NewExpr(ExprKind::kCast);
  Advance();
  NoteClose();
  Expect(Op::kOpen);
  expr->children.Add(ParseExpr());
  if (!mariadb() && Accept(Kw::kAT)) {
    if (!Accept(Kw::kTIME)) Fail("TIME");
    Expect(Kw::kZONE);
    Accept(Kw::kINTERVAL);
    ParseString("a time zone");
  }
  Expect(Kw::kAS);
  expr->keyword = token_.keyword;
  ParseCastType();
  if (!mariadb()) Accept(Kw::kARRAY);
  Expect(Op::kClose);
  return Finish(expr);
}

}  // namespace postern::sql
