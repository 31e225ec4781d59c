// INSERT, REPLACE, UPDATE, DELETE and LOAD.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// INSERT|REPLACE [priority] [IGNORE] [INTO] table [PARTITION (...)] source [ON DUPLICATE KEY UPDATE ...] [RETURNING ...]
Statement* Parser::ParseInsert() {
  Insert* insert = New<Insert>();
  insert->replace = At(Kw::kREPLACE);
  Advance();
  insert->hint = AcceptHint();
  AcceptAny(Kw::kLOW_PRIORITY, Kw::kDELAYED, Kw::kHIGH_PRIORITY);
  insert->ignore = !insert->replace && Accept(Kw::kIGNORE);
  Accept(Kw::kINTO);
  insert->table = ParseObjectName("a table");
  ParsePartitionNames();
  ParseInsertSource(insert);
  ParseInsertTail(insert);
  return Make(insert);
}

void Parser::ParseInsertSource(Insert* insert) {
  if (AcceptClause(Kw::kSET)) return ParseAssignments(insert->set);
  if (At(Op::kOpen)) {
    const Token& next = Peek();
    const bool query = next.op == Op::kOpen || next.keyword == Kw::kSELECT || next.keyword == Kw::kWITH ||
                       next.keyword == Kw::kTABLE || next.keyword == Kw::kVALUES;
    if (!query) {
      Advance();
      if (!At(Op::kClose)) {
        do {
          insert->columns.Add(ParseColumnOrCall());
          if (insert->columns.last->kind != ExprKind::kColumn) Fail("a column");
        } while (Accept(Op::kComma));
      }
      Expect(Op::kClose);
    }
  }
  const bool rows = AtAny(Kw::kVALUES, Kw::kVALUE) && Peek().op == Op::kOpen;
  if (!rows) {
    if (!AtQueryStart() && !At(Op::kOpen)) return Fail("VALUES, SET or a query");
    NewLine();
    insert->query = ParseQuery();
    return;
  }
  NewLine();
  Advance();
  insert->has_rows = true;
  do {
    PassLiteralRows();
    Expect(Op::kOpen);
    if (!At(Op::kClose)) ParseValues(insert->values, true);
    Expect(Op::kClose);
  } while (AcceptNextRow());
}

void Parser::ParseInsertTail(Insert* insert) {
  if (!mariadb() && At(Kw::kAS) && insert->query == nullptr) {  // the new row's alias
    Advance();
    ParseName("an alias");
    if (At(Op::kOpen)) ParseParenthesizedNames();
  }
  if (!insert->replace && AcceptClause(Kw::kON)) {
    Expect(Kw::kDUPLICATE);
    Expect(Kw::kKEY);
    Expect(Kw::kUPDATE);
    insert->has_on_duplicate = true;
    ParseAssignments(insert->on_duplicate);
  }
  ParseReturning(insert->returning);
}

void Parser::ParseReturning(List<SelectItem>& returning) {
  if (mariadb() && AcceptClause(Kw::kRETURNING)) ParseSelectItems(returning);
}

// column = value, ...; the value may be DEFAULT.
void Parser::ParseAssignments(List<Assignment>& list) {
  do {
    Assignment* assignment = New<Assignment>();
    assignment->column = ParseColumnOrCall();
    if (assignment->column->kind != ExprKind::kColumn) Fail("a column");
    if (!Accept(Op::kEqual)) Accept(Op::kAssign) ? void() : Fail("=");
    const bool bare_default = At(Kw::kDEFAULT) && Peek().op != Op::kOpen;
    if (bare_default || (mariadb() && At(Kw::kIGNORE))) {
      Advance();
    } else {
      assignment->value = ParseExpr();
    }
    list.Add(assignment);
  } while (Accept(Op::kComma));
}

Statement* Parser::ParseUpdate(List<CommonTable> with) {
  Update* update = New<Update>();
  update->with = with;
  Advance();
  update->hint = AcceptHint();
  Accept(Kw::kLOW_PRIORITY);
  update->ignore = Accept(Kw::kIGNORE);
  ParseTableList(update->tables);
  if (mariadb() && At(Kw::kFOR)) ParsePortion(update->extra);
  NewLine();
  Expect(Kw::kSET);
  ParseAssignments(update->set);
  if (AcceptClause(Kw::kWHERE)) update->where = ParseExpr();
  if (AcceptClause(Kw::kORDER)) {
    Expect(Kw::kBY);
    ParseOrderList(update->order_by);
  }
  if (At(Kw::kLIMIT)) {
    update->has_limit = true;
    NewLine();
    ParseLimit(update->limit, false);
  }
  return Make(update);
}

// FOR PORTION OF period FROM x TO y
void Parser::ParsePortion(List<Expr>& bounds) {
  Expect(Kw::kFOR);
  Expect(Kw::kPORTION);
  Expect(Kw::kOF);
  ParseName("a period");
  Expect(Kw::kFROM);
  bounds.Add(ParseBit());
  Expect(Kw::kTO);
  bounds.Add(ParseBit());
}

// table, table.*, schema.table.*
void Parser::ParseDeleteTargets(List<TableRef>& targets) {
  do {
    TableRef* target = New<TableRef>();
    target->name.name = ParseName("a table");
    if (Accept(Op::kDot) && !Accept(Op::kStar)) {
      target->name.schema = target->name.name;
      target->name.name = ParseName("a table");
      if (Accept(Op::kDot)) Expect(Op::kStar);
    }
    targets.Add(target);
  } while (Accept(Op::kComma));
}

// DELETE FROM t ..., DELETE a, b FROM joins ..., DELETE FROM a, b USING joins ...
Statement* Parser::ParseDelete(List<CommonTable> with) {
  Delete* del = New<Delete>();
  del->with = with;
  Advance();
  del->hint = AcceptHint();
  do {
    del->ignore |= At(Kw::kIGNORE);
  } while (AcceptAny(Kw::kLOW_PRIORITY, Kw::kQUICK, Kw::kIGNORE));
  const bool history = mariadb() && At(Kw::kHISTORY) && Peek().keyword == Kw::kFROM;
  if (history) Advance();
  if (!Accept(Kw::kFROM)) {
    ParseDeleteTargets(del->targets);
    NewLine();
    Expect(Kw::kFROM);
    ParseTableList(del->tables);
  } else {
    const uint32_t begin = token_.begin;
    List<TableRef> targets;
    ParseDeleteTargets(targets);
    const bool star = last_end_ > begin && text_[last_end_ - 1] == '*';
    if (AcceptClause(Kw::kUSING)) {
      del->targets = targets;
      ParseTableList(del->tables);
    } else {
      if (targets.size != 1 || star) Fail("USING");
      TableRef* table = targets.first;
      if (mariadb() && At(Kw::kFOR)) ParsePortion(del->extra);
      if (!history) table->alias = ParseOptionalAlias(false);
      table->partitions = ParsePartitionNames();
      if (mariadb()) table->index_hints = ParseIndexHints();
      del->tables.Add(table);
    }
  }
  if (history && Accept(Kw::kBEFORE)) {
    Expect(Kw::kSYSTEM_TIME);
    del->extra.Add(ParseBit());
  }
  if (AcceptClause(Kw::kWHERE)) del->where = ParseExpr();
  if (AcceptClause(Kw::kORDER)) {
    Expect(Kw::kBY);
    ParseOrderList(del->order_by);
  }
  if (At(Kw::kLIMIT)) {
    del->has_limit = true;
    NewLine();
    ParseLimit(del->limit, false);
  }
  ParseReturning(del->returning);
  return Make(del);
}

// LOAD DATA|XML [LOW_PRIORITY|CONCURRENT] [LOCAL] INFILE 'f' [REPLACE|IGNORE] INTO TABLE t ...
Statement* Parser::ParseLoad() {
  Advance();
  if (At(Kw::kINDEX)) return ParseLoadIndex();
  const bool xml = At(Kw::kXML);
  if (!AcceptAny(Kw::kDATA, Kw::kXML)) Fail("DATA, XML or INDEX");
  Load* load = New<Load>();
  AcceptAny(Kw::kLOW_PRIORITY, Kw::kCONCURRENT);
  load->local = Accept(Kw::kLOCAL);
  Expect(Kw::kINFILE);
  load->file = ParseString("a file name");
  load->replace = Accept(Kw::kREPLACE);
  load->ignore = !load->replace && Accept(Kw::kIGNORE);
  NewLine();
  Expect(Kw::kINTO);
  Expect(Kw::kTABLE);
  load->table = ParseObjectName("a table");
  ParsePartitionNames();
  if (xml && (At(Kw::kCHARACTER) || At(Kw::kCHARSET) || At(Kw::kCHAR))) {
    ParseCharsetAttributes();
  }
  if (xml && Accept(Kw::kROWS)) {
    Expect(Kw::kIDENTIFIED);
    Expect(Kw::kBY);
    ParseString("a tag");
  }
  ParseFileFormat();
  if (Accept(Kw::kIGNORE)) {
    ParseUnsigned("a number");
    if (!AcceptAny(Kw::kLINES, Kw::kROWS)) Fail("LINES");
  }
  if (Accept(Op::kOpen)) {
    if (!At(Op::kClose)) {
      do {
        load->targets.Add(At(TokenKind::kUserVariable) ? ParseUserVariable() : ParseColumnOrCall());
        const ExprKind kind = load->targets.last->kind;
        if (kind != ExprKind::kColumn && kind != ExprKind::kUserVariable) Fail("a column or a variable");
      } while (Accept(Op::kComma));
    }
    Expect(Op::kClose);
  }
  if (AcceptClause(Kw::kSET)) ParseAssignments(load->set);
  return Make(load);
}

// WITH ... SELECT | UPDATE | DELETE
Statement* Parser::ParseWithStatement() {
  const uint32_t begin = token_.begin;
  List<CommonTable> with;
  ParseWith(with);
  NewLine();
  if (!mariadb() && At(Kw::kUPDATE)) return ParseUpdate(with);
  if (!mariadb() && At(Kw::kDELETE)) return ParseDelete(with);
  const Depth depth(*this);
  Query* query = New<Query>();
  query->begin = begin;
  query->with = with;
  query->terms.Add(ParseTerm());
  return Make(ParseQueryFrom(query));
}

}  // namespace postern::sql
