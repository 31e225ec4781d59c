// Queries: WITH, SELECT, VALUES, TABLE and what joins and bounds them.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// VALUES ROW(1), ROW(2) (MySQL) or VALUES (1), (2) (MariaDB), not the function VALUES(column).
bool Parser::AtValuesQuery() {
  if (!At(Kw::kVALUES)) return false;
  if (!mariadb()) return Peek().keyword == Kw::kROW;
  if (Peek().op != Op::kOpen) return false;
  const bool one_name = IsName(Peek(2)) && (Peek(3).op == Op::kClose || Peek(3).op == Op::kDot);
  return !one_name;
}

bool Parser::AtQueryStart() {
  return At(Kw::kSELECT) || At(Kw::kWITH) || (At(Kw::kTABLE) && !mariadb()) || AtValuesQuery();
}

Query* Parser::ParseQuery() {
  const Depth depth(*this);
  Query* query = New<Query>();
  query->begin = token_.begin;
  if (At(Kw::kWITH)) {
    ParseWith(query->with);
    NewLine();
  }
  query->terms.Add(ParseTerm());
  return ParseQueryFrom(query);
}

// Between parentheses, on lines of its own.
Query* Parser::ParseIndentedQuery() {
  Query* query;
  {
    const Indent indent(*this);
    NewLine();
    query = ParseQuery();
  }
  NewLine();
  return query;
}

// The rest of a query whose first term is read.
Query* Parser::ParseQueryFrom(Query* query) {
  ParseSetOperations(query);
  ParseQueryTail(query);
  query->end = last_end_;
  return query;
}

// A query that has `inner`, which stood in parentheses, for its first term.
Query* Parser::WrapQuery(Query* inner) {
  Query* query = New<Query>();
  query->begin = inner->begin;
  QueryTerm* term = New<QueryTerm>();
  term->kind = TermKind::kNested;
  term->nested = inner;
  query->terms.Add(term);
  return query;
}

Query* Parser::ParseQueryInParentheses() {
  if (!At(Op::kOpen)) {
    Fail("(");
    return New<Query>();
  }
  Expr* expr = ParseParenthesized();
  if (expr->kind == ExprKind::kSubquery) return expr->query;
  Fail("a subquery");
  return New<Query>();
}

// WITH [RECURSIVE] name [(columns)] AS ( query ), ...
void Parser::ParseWith(List<CommonTable>& with) {
  Advance();
  const bool recursive = Accept(Kw::kRECURSIVE);
  do {
    CommonTable* table = New<CommonTable>();
    table->recursive = recursive;
    table->name = ParseName("a name");
    if (At(Op::kOpen)) table->columns = ParseParenthesizedNames();
    Expect(Kw::kAS);
    table->query = ParseQueryInParentheses();
    if (mariadb() && Accept(Kw::kCYCLE)) {
      table->cycle = true;
      ParseNameList();
      Expect(Kw::kRESTRICT);
    }
    with.Add(table);
  } while (Accept(Op::kComma));
}

QueryTerm* Parser::ParseTerm() {
  QueryTerm* term = New<QueryTerm>();
  if (At(Kw::kSELECT)) {
    term->select = ParseSelect();
  } else if (Accept(Op::kOpen)) {
    term->kind = TermKind::kNested;
    term->nested = ParseIndentedQuery();
    Expect(Op::kClose);
  } else if (At(Kw::kVALUES)) {
    term->kind = TermKind::kValues;
    ParseValuesRows(term->rows);
  } else if (At(Kw::kTABLE) && !mariadb()) {
    Advance();
    term->kind = TermKind::kTable;
    term->table = New<TableRef>();
    term->table->name = ParseObjectName("a table");
  } else {
    Fail("SELECT");
  }
  return term;
}

void Parser::ParseSetOperations(Query* query) {
  while (AtAny(Kw::kUNION, Kw::kEXCEPT, Kw::kINTERSECT)) {
    const Kw set_operator = token_.keyword;
    NewLine();
    Advance();
    const bool all = At(Kw::kALL);
    AcceptAny(Kw::kALL, Kw::kDISTINCT);
    NewLine();
    QueryTerm* term = ParseTerm();
    term->set_operator = set_operator;
    term->all = all;
    query->terms.Add(term);
  }
}

// ORDER BY, LIMIT or FETCH FIRST, then locking and INTO in either order.
void Parser::ParseQueryTail(Query* query) {
  if (AcceptClause(Kw::kORDER)) {
    Expect(Kw::kBY);
    ParseOrderList(query->order_by);
  }
  if (At(Kw::kLIMIT)) {
    query->has_limit = true;
    NewLine();
    ParseLimit(query->limit, true);
  } else if (mariadb() && AtAny(Kw::kFETCH, Kw::kOFFSET)) {
    query->has_limit = true;
    NewLine();
    ParseFetchFirst(query->limit);
  }
  // MariaDB's PROCEDURE ANALYSE() puts other columns, with values of these, in place of the result: not followed.
  if (mariadb() && At(Kw::kPROCEDURE)) Fail("end of statement");
  for (;;) {
    if (At(Kw::kINTO)) {
      if (query->into.kind != IntoKind::kNone) Fail("end of statement");
      NewLine();
      ParseInto(query->into);
    } else if (ParseLocking()) {
      query->locks = true;
    } else {
      break;
    }
  }
  // INTO may also stand before FROM.
  for (QueryTerm& term : query->terms) {
    if (term.select != nullptr && term.select->into.kind != IntoKind::kNone) {
      if (query->into.kind != IntoKind::kNone) Fail("one INTO");
      query->into = term.select->into;
    }
  }
}

void Parser::ParseLimitValue(List<Expr>& limit) {
  if (At(TokenKind::kInteger) || At(TokenKind::kHexNumber) || At(TokenKind::kParameter)) {
    limit.Add(ParseOperand());
  } else {
    limit.Add(ParseColumnOrCall());  // a routine's variable
    if (limit.last->kind != ExprKind::kColumn) Fail("a number");
  }
}

// LIMIT n, LIMIT m, n, LIMIT n OFFSET m, and MariaDB's ROWS EXAMINED n.
void Parser::ParseLimit(List<Expr>& limit, bool offsets) {
  Expect(Kw::kLIMIT);
  const bool only_examined = mariadb() && At(Kw::kROWS);
  if (!only_examined) {
    ParseLimitValue(limit);
    if (offsets && Accept(Op::kComma)) {
      List<Expr> count;
      ParseLimitValue(count);
      Expr* offset = limit.last;
      if (!failed_) std::swap(*offset, *count.first);  // the tree has the count first, whichever way it is written
      limit.Add(count.first);
    } else if (offsets && Accept(Kw::kOFFSET)) {
      ParseLimitValue(limit);
    }
  }
  if (mariadb() && offsets && Accept(Kw::kROWS)) {
    Expect(Kw::kEXAMINED);
    ParseLimitValue(limit);
  }
}

// [OFFSET n ROWS] FETCH FIRST [n] ROWS ONLY | WITH TIES
void Parser::ParseFetchFirst(List<Expr>& limit) {
  if (Accept(Kw::kOFFSET)) {
    ParseLimitValue(limit);
    if (!AcceptAny(Kw::kROW, Kw::kROWS)) Fail("ROWS");
    if (!At(Kw::kFETCH)) return;
  }
  Expect(Kw::kFETCH);
  if (!AcceptAny(Kw::kFIRST, Kw::kNEXT)) Fail("FIRST or NEXT");
  if (!AtAny(Kw::kROW, Kw::kROWS)) ParseLimitValue(limit);
  if (!AcceptAny(Kw::kROW, Kw::kROWS)) Fail("ROWS");
  if (Accept(Kw::kONLY)) return;
  Expect(Kw::kWITH);
  Expect(Kw::kTIES);
}

// FOR UPDATE | FOR SHARE [OF t, ...] [NOWAIT | SKIP LOCKED | WAIT n], LOCK IN SHARE MODE
bool Parser::ParseLocking() {
  if (AcceptClause(Kw::kLOCK)) {
    Expect(Kw::kIN);
    Expect(Kw::kSHARE);
    Expect(Kw::kMODE);
    if (!mariadb()) return true;
  } else if (AcceptClause(Kw::kFOR)) {
    if (!Accept(Kw::kUPDATE) && (mariadb() || !Accept(Kw::kSHARE))) Fail("UPDATE or SHARE");
    if (!mariadb() && Accept(Kw::kOF)) {
      do {
        ParseObjectName("a table");
      } while (Accept(Op::kComma));
    }
  } else {
    return false;
  }
  if (Accept(Kw::kNOWAIT)) return true;
  if (Accept(Kw::kSKIP)) {
    Expect(Kw::kLOCKED);
  } else if (mariadb() && Accept(Kw::kWAIT)) {
    ParseUnsigned("seconds");
  }
  return true;
}

// INTO OUTFILE 'f' ..., INTO DUMPFILE 'f', INTO @a, b
void Parser::ParseInto(Into& into) {
  Advance();
  if (Accept(Kw::kOUTFILE)) {
    into.kind = IntoKind::kOutfile;
    into.file = ParseString("a file name");
    ParseFileFormat();
  } else if (Accept(Kw::kDUMPFILE)) {
    into.kind = IntoKind::kDumpfile;
    into.file = ParseString("a file name");
  } else {
    into.kind = IntoKind::kVariables;
    do {
      if (!At(TokenKind::kUserVariable) && !AtName()) Fail("a variable, OUTFILE or DUMPFILE");
      if (At(TokenKind::kUserVariable)) {
        into.targets.Add(ParseUserVariable());
      } else {
        into.targets.Add(ParseColumnOrCall());
      }
      if (into.targets.last->kind == ExprKind::kFunction || into.targets.last->kind == ExprKind::kAssignment) {
        Fail("a variable");
      }
    } while (Accept(Op::kComma));
  }
}

// [CHARACTER SET x] [FIELDS TERMINATED BY ... ENCLOSED BY ... ESCAPED BY ...] [LINES STARTING BY ... TERMINATED BY ...]
void Parser::ParseFileFormat() {
  if ((At(Kw::kCHARACTER) || At(Kw::kCHAR)) && Peek().keyword == Kw::kSET) {
    Advance();
    Advance();
    ParseCharsetName();
  } else if (Accept(Kw::kCHARSET)) {
    ParseCharsetName();
  }
  const auto by = [this] {
    Expect(Kw::kBY);
    if (At(TokenKind::kHexNumber) || At(TokenKind::kHexString) || At(TokenKind::kBitNumber) || At(TokenKind::kBitString)) {
      Advance();
    } else {
      ParseString("a string");
    }
  };
  if (AcceptClause(Kw::kFIELDS) || AcceptClause(Kw::kCOLUMNS)) {
    bool any = false;
    while (AtAny(Kw::kTERMINATED, Kw::kOPTIONALLY, Kw::kENCLOSED, Kw::kESCAPED)) {
      if (Accept(Kw::kOPTIONALLY) && !At(Kw::kENCLOSED)) Fail("ENCLOSED");
      Advance();
      by();
      any = true;
    }
    if (!any) Fail("TERMINATED, ENCLOSED or ESCAPED");
  }
  if (AcceptClause(Kw::kLINES)) {
    bool any = false;
    while (AcceptAny(Kw::kSTARTING, Kw::kTERMINATED)) {
      by();
      any = true;
    }
    if (!any) Fail("STARTING or TERMINATED");
  }
}

SelectBlock* Parser::ParseSelect() {
  SelectBlock* select = New<SelectBlock>();
  Expect(Kw::kSELECT);
  select->hint = AcceptHint();
  ParseSelectOptions(select);
  ParseSelectItems(select->items);
  if (At(Kw::kINTO)) {
    NewLine();
    ParseInto(select->into);
  }
  if (At(Kw::kFROM)) {
    NewLine();
    ParseFrom(select->from);
  }
  // Without FROM, MySQL takes WHERE and the rest; MariaDB takes only some of it, and refuses by itself.
  if (AcceptClause(Kw::kWHERE)) select->where = ParseExpr();
  if (AcceptClause(Kw::kGROUP)) {
    Expect(Kw::kBY);
    if (!mariadb() && AcceptAny(Kw::kROLLUP, Kw::kCUBE)) {
      Expect(Op::kOpen);
      ParseOrderList(select->group_by);
      Expect(Op::kClose);
    } else {
      ParseOrderList(select->group_by);
      AcceptAll(Kw::kWITH, Kw::kROLLUP);  // of a view, WITH may be that of CHECK OPTION
    }
  }
  if (AcceptClause(Kw::kHAVING)) select->having = ParseExpr();
  if (AcceptClause(Kw::kWINDOW)) {
    do {
      const Name name = ParseName("a window");
      Expect(Kw::kAS);
      Window* window = New<Window>();
      ParseWindowBody(window);
      window->name = name;
      select->windows.Add(window);
    } while (Accept(Op::kComma));
  }
  if (!mariadb() && AcceptClause(Kw::kQUALIFY)) select->qualify = ParseExpr();
  return select;
}

void Parser::ParseSelectOptions(SelectBlock* select) {
  for (;;) {
    if (AtAny(Kw::kDISTINCT, Kw::kDISTINCTROW)) select->distinct = true;
    const bool option = AcceptAny(Kw::kALL, Kw::kDISTINCT, Kw::kDISTINCTROW, Kw::kHIGH_PRIORITY, Kw::kSTRAIGHT_JOIN,
                   Kw::kSQL_SMALL_RESULT, Kw::kSQL_BIG_RESULT, Kw::kSQL_BUFFER_RESULT, Kw::kSQL_CALC_FOUND_ROWS,
                   Kw::kSQL_NO_CACHE) ||
         (mariadb() && Accept(Kw::kSQL_CACHE));
    if (!option) return;
  }
}

// The bare * may only stand first.
void Parser::ParseSelectItems(List<SelectItem>& items) {
  if (At(Op::kStar)) {
    SelectItem* item = New<SelectItem>();
    item->expr = NewExpr(ExprKind::kStar);
    Advance();
    Finish(item->expr);
    items.Add(item);
    if (!Accept(Op::kComma)) return;
  }
  do {
    items.Add(ParseSelectItem());
  } while (Accept(Op::kComma));
}

SelectItem* Parser::ParseSelectItem() {
  SelectItem* item = New<SelectItem>();
  const bool may_be_star = IsName(token_) && Peek(1).op == Op::kDot;
  const bool table_star = may_be_star && Peek(2).op == Op::kStar;
  const bool schema_star = may_be_star && !table_star && Peek(3).op == Op::kDot && Peek(4).op == Op::kStar;
  if (table_star || schema_star) {
    item->expr = NewExpr(ExprKind::kStar);
    const ObjectName table = schema_star ? ParseObjectName("a table") : ObjectName{{}, ParseName("a table")};
    item->expr->schema = table.schema;
    item->expr->table = table.name;
    Expect(Op::kDot);
    Expect(Op::kStar);
    Finish(item->expr);
    return item;
  }
  item->expr = ParseExpr();
  item->alias = ParseOptionalAlias(true);
  return item;
}

// ROW(1, 2), ROW(3, 4) or (1, 2), (3, 4); the keyword VALUES is current.
void Parser::ParseValuesRows(List<Expr>& values) {
  Expect(Kw::kVALUES);
  do {
    if (!mariadb()) {
      Expect(Kw::kROW);
      NoteClose();
    }
    Expect(Op::kOpen);
    if (!At(Op::kClose)) ParseValues(values, true);
    Expect(Op::kClose);
  } while (AcceptNextRow());
}

}  // namespace postern::sql
