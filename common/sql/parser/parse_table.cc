// FROM: tables, derived tables, JSON_TABLE, joins and index hints.
#include "common/sql/parser/parser.h"

namespace postern::sql {

void Parser::ParseFrom(List<TableRef>& tables) {
  Expect(Kw::kFROM);
  if (Accept(Kw::kDUAL)) return;
  ParseTableList(tables);
}

void Parser::ParseTableList(List<TableRef>& tables) {
  do {
    ParseJoins(tables);
  } while (Accept(Op::kComma));
}

// Passes the words of a join: JOIN, INNER JOIN, CROSS JOIN, STRAIGHT_JOIN, LEFT/RIGHT [OUTER] JOIN, NATURAL ... JOIN.
bool Parser::AcceptJoin(JoinKind& join, bool& natural) {
  if (!AtAny(Kw::kJOIN, Kw::kSTRAIGHT_JOIN, Kw::kINNER, Kw::kCROSS, Kw::kNATURAL, Kw::kLEFT, Kw::kRIGHT)) return false;
  NewLine();
  natural = Accept(Kw::kNATURAL);
  join = At(Kw::kLEFT) ? JoinKind::kLeft : At(Kw::kRIGHT) ? JoinKind::kRight : JoinKind::kInner;
  if (At(Kw::kSTRAIGHT_JOIN) && (!natural || mariadb())) {
    join = JoinKind::kStraight;
    Advance();
    return true;
  }
  if (AcceptAny(Kw::kLEFT, Kw::kRIGHT)) {
    Accept(Kw::kOUTER);
  } else if (!Accept(Kw::kINNER) && !natural) {
    Accept(Kw::kCROSS);
  }
  Expect(Kw::kJOIN);
  return true;
}

// a JOIN b ON ..., also a JOIN b JOIN c ON ... ON ...: a condition belongs to the latest join that has none.
void Parser::ParseJoins(List<TableRef>& tables) {
  tables.Add(ParseTableFactor());
  uint32_t open = 0;      // joins that may still get their condition
  uint32_t required = 0;  // outer joins that must
  for (;;) {
    JoinKind join = JoinKind::kInner;
    bool natural = false;
    if (open > 0 && Accept(Kw::kON)) {
      tables.last->exprs.Add(ParseExpr());
    } else if (open > 0 && Accept(Kw::kUSING)) {
      tables.last->using_columns = ParseParenthesizedNames();
    } else if (AcceptJoin(join, natural)) {
      tables.Add(ParseTableFactor());
      tables.last->join = join;
      tables.last->natural = natural;
      if (!natural) ++open;
      if (!natural && (join == JoinKind::kLeft || join == JoinKind::kRight)) ++required;
      continue;
    } else {
      break;
    }
    --open;
    if (required > 0) --required;
  }
  if (required > 0) Fail("ON or USING");
}

TableRef* Parser::ParseTableFactor() {
  const Depth depth(*this);
  if (table_seed_ != nullptr) {
    TableRef* seed = table_seed_;
    table_seed_ = nullptr;
    return seed;
  }
  if (At(Op::kOpen)) {
    TableRef* table = ParseTableParentheses();
    if (table->kind == TableKind::kDerived && table->alias.empty()) Fail("an alias");
    return table;
  }
  if (At(Op::kOpenBrace)) {  // {OJ a LEFT JOIN b ON ...}
    Advance();
    ParseName("OJ");
    TableRef* group = New<TableRef>();
    group->kind = TableKind::kGroup;
    ParseJoins(group->group);
    Expect(Op::kCloseBrace);
    return group;
  }
  if (At(Kw::kJSON_TABLE) && Peek().op == Op::kOpen) {
    TableRef* table = New<TableRef>();
    ParseJsonTable(table);
    return table;
  }
  if (!mariadb() && Accept(Kw::kLATERAL)) {
    Query* query = ParseQueryInParentheses();
    TableRef* table = ParseDerived(query);
    if (table->alias.empty()) Fail("an alias");
    table->lateral = true;
    return table;
  }
  return ParseNamedTable();
}

// ( query ) alias, or ( joins ). Parentheses in front of either are read once, from left to right.
TableRef* Parser::ParseTableParentheses() {
  const Depth depth(*this);
  Expect(Op::kOpen);
  if (AtQueryStart() || At(Kw::kVALUES)) {
    Query* query = ParseIndentedQuery();
    Expect(Op::kClose);
    return ParseDerived(query);
  }
  TableRef* group = New<TableRef>();
  group->kind = TableKind::kGroup;
  if (At(Op::kOpen)) {
    TableRef* inner = ParseTableParentheses();
    if (inner->kind == TableKind::kDerived && inner->alias.empty()) {
      // ((query)) or ((query) UNION ...): still a query
      Query* query = inner->query;
      if (!At(Op::kClose)) query = ParseQueryFrom(WrapQuery(query));
      Expect(Op::kClose);
      return ParseDerived(query);
    }
    table_seed_ = inner;
  }
  const Indent indent(*this);
  ParseTableList(group->group);
  Expect(Op::kClose);
  return group;
}

// [AS] alias [(columns)]. No alias yet: an outer parenthesis decides whether that is an error.
TableRef* Parser::ParseDerived(Query* query) {
  TableRef* table = New<TableRef>();
  table->kind = TableKind::kDerived;
  table->query = query;
  if (mariadb() && At(Kw::kFOR) && Peek().keyword == Kw::kSYSTEM_TIME) ParseSystemTime(table->exprs);
  table->alias = ParseOptionalAlias(false);
  if (!table->alias.empty() && At(Op::kOpen)) table->columns = ParseParenthesizedNames();
  return table;
}

TableRef* Parser::ParseNamedTable() {
  TableRef* table = New<TableRef>();
  table->name = ParseObjectName("a table");
  table->partitions = ParsePartitionNames();
  if (mariadb() && At(Kw::kFOR) && Peek().keyword == Kw::kSYSTEM_TIME) ParseSystemTime(table->exprs);
  table->alias = ParseOptionalAlias(false);
  table->index_hints = ParseIndexHints();
  if (!mariadb() && Accept(Kw::kTABLESAMPLE)) {
    if (!AcceptAny(Kw::kSYSTEM, Kw::kBERNOULLI)) Fail("SYSTEM or BERNOULLI");
    Expect(Op::kOpen);
    table->exprs.Add(ParseOperand());
    Expect(Op::kClose);
  }
  return table;
}

// False if none are named.
bool Parser::ParsePartitionNames() {
  if (!At(Kw::kPARTITION)) return false;
  Advance();
  ParseParenthesizedNames();
  return true;
}

// FOR SYSTEM_TIME AS OF x | BETWEEN x AND y | FROM x TO y | ALL
void Parser::ParseSystemTime(List<Expr>& exprs) {
  Advance();
  Advance();
  const auto point = [&] {
    if (AtAny(Kw::kTIMESTAMP, Kw::kTRANSACTION) && Peek().kind != TokenKind::kString) Advance();
    exprs.Add(ParseBit());
  };
  if (Accept(Kw::kALL)) return;
  if (Accept(Kw::kAS)) {
    Expect(Kw::kOF);
    point();
  } else if (Accept(Kw::kBETWEEN)) {
    point();
    Expect(Kw::kAND);
    point();
  } else {
    Expect(Kw::kFROM);
    point();
    Expect(Kw::kTO);
    point();
  }
}

// USE|FORCE|IGNORE INDEX|KEY [FOR JOIN | ORDER BY | GROUP BY] (names). False if there is none.
bool Parser::ParseIndexHints() {
  bool found = false;
  while (AtAny(Kw::kUSE, Kw::kFORCE, Kw::kIGNORE) && (Peek().keyword == Kw::kINDEX || Peek().keyword == Kw::kKEY)) {
    found = true;
    const bool may_be_empty = At(Kw::kUSE);
    Advance();
    Advance();
    if (Accept(Kw::kFOR) && !Accept(Kw::kJOIN)) {
      if (!AcceptAny(Kw::kORDER, Kw::kGROUP)) Fail("JOIN, ORDER BY or GROUP BY");
      Expect(Kw::kBY);
    }
    Expect(Op::kOpen);
    if (!(may_be_empty && At(Op::kClose))) {
      do {
        if (!Accept(Kw::kPRIMARY)) ParseName("an index");
      } while (Accept(Op::kComma));
    }
    Expect(Op::kClose);
  }
  return found;
}

// JSON_TABLE(document, 'path' COLUMNS ( ... )) [AS] alias
void Parser::ParseJsonTable(TableRef* table) {
  table->kind = TableKind::kFunction;
  Advance();
  NoteClose();
  Expect(Op::kOpen);
  table->exprs.Add(ParseExpr());
  Expect(Op::kComma);
  ParseString("a JSON path");
  ParseJsonColumns();
  Expect(Op::kClose);
  Accept(Kw::kAS);
  table->alias = ParseName("an alias");
}

void Parser::ParseJsonColumns() {
  const Depth depth(*this);
  if (!AcceptAny(Kw::kCOLUMNS, Kw::kFIELDS)) Fail("COLUMNS");
  Expect(Op::kOpen);
  do {
    if (At(Kw::kNESTED) && Peek().keyword == Kw::kPATH) {
      Advance();
      Advance();
      ParseString("a JSON path");
      ParseJsonColumns();
      continue;
    }
    ParseName("a column");
    if (Accept(Kw::kFOR)) {
      Expect(Kw::kORDINALITY);
      continue;
    }
    if (!ParseDataType()) Fail("a type");
    if (Accept(Kw::kCOLLATE)) ParseCharsetName();
    Accept(Kw::kEXISTS);
    Expect(Kw::kPATH);
    ParseString("a JSON path");
    ParseJsonOnResponse();
  } while (Accept(Op::kComma));
  Expect(Op::kClose);
}

}  // namespace postern::sql
