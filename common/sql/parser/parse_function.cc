// Function calls: the ordinary f(a, b), and those whose arguments have a grammar of their own.
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

// Aggregates and window functions: what OVER may follow.
bool IsWindowable(Kw keyword) {
  for (Kw name : {Kw::kCOUNT, Kw::kSUM, Kw::kAVG, Kw::kMIN, Kw::kMAX, Kw::kSTD, Kw::kSTDDEV, Kw::kSTDDEV_POP,
                  Kw::kSTDDEV_SAMP, Kw::kVARIANCE, Kw::kVAR_POP, Kw::kVAR_SAMP, Kw::kBIT_AND, Kw::kBIT_OR, Kw::kBIT_XOR,
                  Kw::kGROUP_CONCAT, Kw::kJSON_ARRAYAGG, Kw::kJSON_OBJECTAGG, Kw::kST_COLLECT, Kw::kROW_NUMBER,
                  Kw::kRANK, Kw::kDENSE_RANK, Kw::kPERCENT_RANK, Kw::kCUME_DIST, Kw::kNTILE, Kw::kLAG, Kw::kLEAD,
                  Kw::kFIRST_VALUE, Kw::kLAST_VALUE, Kw::kNTH_VALUE, Kw::kMEDIAN, Kw::kPERCENTILE_CONT,
                  Kw::kPERCENTILE_DISC}) {
    if (keyword == name) return true;
  }
  return false;
}

}  // namespace

// At the opening parenthesis; the name stands in `call`.
Expr* Parser::ParseCall(Expr* call) {
  const Depth depth(*this);
  Expect(Op::kOpen);
  if (!ParseSpecialArguments(call)) ParseCallArguments(call);
  Expect(Op::kClose);
  ParseCallSuffix(call);
  return Finish(call);
}

void Parser::ParseCallArguments(Expr* call) {
  if (At(Op::kClose)) return;
  do {
    call->children.Add(ParseExpr());
    ParseOptionalAlias(true);  // a loadable function may ask for its arguments' names
  } while (Accept(Op::kComma));
}

// Arguments of a built-in with its own rule. False if the name has none.
bool Parser::ParseSpecialArguments(Expr* call) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
  switch (call->keyword) {
    case Kw::kCOUNT: ParseCount(call); return true;
    case Kw::kSUM:
    case Kw::kAVG:
    case Kw::kMIN:
    case Kw::kMAX:
    case Kw::kSTD:
    case Kw::kSTDDEV:
    case Kw::kSTDDEV_POP:
    case Kw::kSTDDEV_SAMP:
    case Kw::kVARIANCE:
    case Kw::kVAR_POP:
    case Kw::kVAR_SAMP:
    case Kw::kBIT_AND:
    case Kw::kBIT_OR:
    case Kw::kBIT_XOR:
    case Kw::kGROUP_CONCAT:
    case Kw::kJSON_ARRAYAGG:
    case Kw::kJSON_OBJECTAGG:
    case Kw::kST_COLLECT: ParseAggregateArguments(call); return true;
    case Kw::kTRIM: ParseTrim(call); return true;
    case Kw::kSUBSTRING:
    case Kw::kSUBSTR:
    case Kw::kMID: ParseSubstring(call); return true;
    case Kw::kPOSITION:
      call->children.Add(ParseBit());
      Expect(Kw::kIN);
      call->children.Add(ParseExpr());
      return true;
    case Kw::kEXTRACT:
      if (!AtIntervalUnit()) Fail("a unit");
      Advance();
      Expect(Kw::kFROM);
      call->children.Add(ParseExpr());
      return true;
    case Kw::kDATE_ADD:
    case Kw::kDATE_SUB:
    case Kw::kADDDATE:
    case Kw::kSUBDATE: ParseDateArithmetic(call); return true;
    case Kw::kTIMESTAMPADD:
    case Kw::kTIMESTAMPDIFF:
      if (!AtIntervalUnit()) Fail("a unit");
      Advance();
      Expect(Op::kComma);
      ParseExprList(call->children);
      return true;
    case Kw::kGET_FORMAT:
      if (!AcceptAny(Kw::kDATE, Kw::kTIME, Kw::kDATETIME, Kw::kTIMESTAMP)) Fail("DATE, TIME or DATETIME");
      Expect(Op::kComma);
      call->children.Add(ParseExpr());
      return true;
    case Kw::kCHAR:
      ParseExprList(call->children);
      if (Accept(Kw::kUSING)) ParseCharsetName();
      return true;
    case Kw::kWEIGHT_STRING: ParseWeightString(call); return true;
    case Kw::kJSON_VALUE: ParseJsonValue(call); return true;
    case Kw::kNEXTVAL:
    case Kw::kLASTVAL:
    case Kw::kSETVAL:
      if (!mariadb()) return false;
      ParseSequenceCall(call);
      return true;
    case Kw::kJSON_DUALITY_OBJECT:
      if (mariadb()) return false;
      ParseDualityObject(call);
      return true;
    case Kw::kCOLUMN_CREATE:
    case Kw::kCOLUMN_ADD:
    case Kw::kCOLUMN_GET:
      if (!mariadb()) return false;
      ParseDynamicColumns(call);
      return true;
    default: return false;
  }
#pragma GCC diagnostic pop
}

// JSON_DUALITY_OBJECT([WITH (tags)] 'key': value, ...)
void Parser::ParseDualityObject(Expr* call) {
  if (Accept(Kw::kWITH)) {
    Expect(Op::kOpen);
    do {
      ParseAnyWord("INSERT, UPDATE or DELETE");
    } while (Accept(Op::kComma));
    Expect(Op::kClose);
  }
  do {
    ParseString("a key");
    Expect(Op::kColon);
    call->children.Add(ParseExpr());
  } while (Accept(Op::kComma));
}

// COLUMN_CREATE('name', value [AS type], ...), COLUMN_GET(x, 'name' AS type)
void Parser::ParseDynamicColumns(Expr* call) {
  do {
    call->children.Add(ParseExpr());
    if (Accept(Kw::kAS)) ParseCastType();
  } while (Accept(Op::kComma));
}

// COUNT(*), COUNT(x), COUNT(DISTINCT x, y)
void Parser::ParseCount(Expr* call) {
  if (Accept(Op::kStar)) return;
  ParseAggregateArguments(call);
}

void Parser::ParseAggregateArguments(Expr* call) {
  if (Accept(Kw::kDISTINCT)) {
    call->distinct = true;
  } else {
    Accept(Kw::kALL);
  }
  ParseExprList(call->children);
  const bool concatenates = call->keyword == Kw::kGROUP_CONCAT;
  if ((concatenates || mariadb()) && At(Kw::kORDER)) {
    Advance();
    Expect(Kw::kBY);
    ParseOrderList(call->children);
  }
  if (concatenates && Accept(Kw::kSEPARATOR)) {
    if (At(TokenKind::kHexString) || At(TokenKind::kHexNumber)) {
      Advance();
    } else {
      ParseString("a separator");
    }
  }
  if (mariadb() && At(Kw::kLIMIT)) ParseLimit(call->children, true);
}

// TRIM([LEADING|TRAILING|BOTH] [x] FROM y), TRIM(y)
void Parser::ParseTrim(Expr* call) {
  const bool sided = AcceptAny(Kw::kLEADING, Kw::kTRAILING, Kw::kBOTH);
  if (sided && Accept(Kw::kFROM)) {
    call->children.Add(ParseExpr());
    return;
  }
  call->children.Add(ParseExpr());
  if (Accept(Kw::kFROM)) {
    call->children.Add(ParseExpr());
  } else if (sided) {
    Fail("FROM");
  }
}

// SUBSTRING(x, 1, 2), SUBSTRING(x FROM 1 FOR 2)
void Parser::ParseSubstring(Expr* call) {
  call->children.Add(ParseExpr());
  if (Accept(Kw::kFROM)) {
    call->children.Add(ParseExpr());
    if (Accept(Kw::kFOR)) call->children.Add(ParseExpr());
    return;
  }
  Expect(Op::kComma);
  ParseExprList(call->children);
}

// DATE_ADD(x, INTERVAL 1 DAY), ADDDATE(x, 1). The interval is read by the rule of operands.
void Parser::ParseDateArithmetic(Expr* call) {
  call->children.Add(ParseExpr());
  Expect(Op::kComma);
  call->children.Add(ParseExpr());
}

void Parser::ParseWeightString(Expr* call) {
  call->children.Add(ParseExpr());
  if (Accept(Kw::kAS)) {
    if (!AcceptAny(Kw::kCHAR, Kw::kBINARY)) Fail("CHAR or BINARY");
    ParseTypeLength();
  }
  if (!mariadb() || !Accept(Kw::kLEVEL)) return;
  do {
    ParseUnsigned("a level");
    while (AcceptAny(Kw::kASC, Kw::kDESC) || AcceptWord("REVERSE")) {
    }
  } while (Accept(Op::kComma));
}

// NULL ON EMPTY, ERROR ON ERROR, DEFAULT x ON ...
void Parser::ParseJsonOnResponse() {
  while (At(Kw::kNULL) || At(Kw::kERROR) || At(Kw::kDEFAULT)) {
    const bool has_value = At(Kw::kDEFAULT);
    Advance();
    if (has_value) ParseLiteral();
    Expect(Kw::kON);
    if (!AcceptAny(Kw::kEMPTY, Kw::kERROR)) Fail("EMPTY or ERROR");
  }
}

void Parser::ParseJsonValue(Expr* call) {
  call->children.Add(ParseExpr());
  Expect(Op::kComma);
  call->children.Add(ParseExpr());
  if (mariadb()) return;
  if (Accept(Kw::kRETURNING)) ParseCastType();
  ParseJsonOnResponse();
}

// NEXTVAL(s), LASTVAL(s), SETVAL(s, n [, used [, round]]): the first argument names a sequence.
void Parser::ParseSequenceCall(Expr* call) {
  const bool sets = call->keyword == Kw::kSETVAL;
  const bool reads = call->keyword == Kw::kLASTVAL;
  Expr* sequence = NewExpr(ExprKind::kNextValue);
  sequence->negated = reads;
  const ObjectName name = ParseObjectName("a sequence");
  sequence->table = name.schema;
  sequence->name = name.name;
  call->children.Add(Finish(sequence));
  if (!sets) return;
  Expect(Op::kComma);
  ParseExprList(call->children);
}

// What may follow the closing parenthesis: WITHIN GROUP (MariaDB), FROM FIRST, RESPECT NULLS, OVER.
void Parser::ParseCallSuffix(Expr* call) {
  if (mariadb() && At(Kw::kWITHIN)) {
    Advance();
    Expect(Kw::kGROUP);
    Expect(Op::kOpen);
    Expect(Kw::kORDER);
    Expect(Kw::kBY);
    ParseOrderList(call->children);
    Expect(Op::kClose);
  }
  if (!mariadb()) {
    if (call->keyword == Kw::kNTH_VALUE && Accept(Kw::kFROM)) {
      if (!AcceptAny(Kw::kFIRST, Kw::kLAST)) Fail("FIRST or LAST");
    }
    if (AtAny(Kw::kRESPECT, Kw::kIGNORE) && Peek().keyword == Kw::kNULLS) {
      Advance();
      Advance();
    }
  }
  if (!IsWindowable(call->keyword) || !Accept(Kw::kOVER)) return;
  call->window = ParseWindow();
}

// OVER name, OVER ( definition )
Window* Parser::ParseWindow() {
  Window* window = New<Window>();
  if (!At(Op::kOpen)) {
    window->name = ParseName("a window");
    return window;
  }
  ParseWindowBody(window);
  return window;
}

void Parser::ParseWindowBody(Window* window) {
  Expect(Op::kOpen);
  if (AtName() && !AtAny(Kw::kPARTITION, Kw::kORDER, Kw::kROWS, Kw::kRANGE)) window->name = ParseName("a window");
  if (Accept(Kw::kPARTITION)) {
    Expect(Kw::kBY);
    ParseExprList(window->children);
  }
  if (Accept(Kw::kORDER)) {
    Expect(Kw::kBY);
    ParseOrderList(window->children);
  }
  if (AtAny(Kw::kROWS, Kw::kRANGE, Kw::kGROUPS)) ParseFrame(window);
  Expect(Op::kClose);
}

void Parser::ParseFrame(Window* window) {
  Advance();
  if (Accept(Kw::kBETWEEN)) {
    ParseFrameBound(window);
    Expect(Kw::kAND);
  }
  ParseFrameBound(window);
  if (!Accept(Kw::kEXCLUDE)) return;
  if (AcceptAny(Kw::kGROUP, Kw::kTIES)) return;
  if (Accept(Kw::kCURRENT)) return Expect(Kw::kROW);
  Expect(Kw::kNO);
  Expect(Kw::kOTHERS);
}

// UNBOUNDED PRECEDING, CURRENT ROW, n FOLLOWING, INTERVAL 1 DAY PRECEDING
void Parser::ParseFrameBound(Window* window) {
  if (At(Kw::kCURRENT) && Peek().keyword == Kw::kROW) {
    Advance();
    Advance();
    return;
  }
  if (!Accept(Kw::kUNBOUNDED)) window->bounds.Add(ParseBit());
  if (!AcceptAny(Kw::kPRECEDING, Kw::kFOLLOWING)) Fail("PRECEDING or FOLLOWING");
}

}  // namespace postern::sql
