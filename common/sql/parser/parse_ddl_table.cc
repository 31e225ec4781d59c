// CREATE TABLE: columns, keys, options. Partitions are in parse_partition.cc.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// TABLE [IF NOT EXISTS] t LIKE u | (elements) options partitioning [[IGNORE|REPLACE] [AS] query]
Statement* Parser::ParseCreateTable(bool temporary, bool or_replace) {
  Command* command = NewCommand(Verb::kCreateTable);
  command->temporary = temporary;
  Expect(Kw::kTABLE);
  AcceptIfNotExists();
  const ObjectName table = ParseObjectName("a table");
  AddObject(command, ObjectKind::kTable, Access::kCreate, table);
  if (or_replace) AddObject(command, ObjectKind::kTable, Access::kDrop, table);
  const bool like_in_parentheses = At(Op::kOpen) && Peek().keyword == Kw::kLIKE;
  if (like_in_parentheses) Advance();
  if (Accept(Kw::kLIKE)) {
    AddObject(command, ObjectKind::kTable, Access::kInspect, ParseObjectName("a table"));
    if (like_in_parentheses) Expect(Op::kClose);
    return Make(command);
  }
  if (At(Op::kOpen)) {
    const Token& next = Peek();
    const bool query = next.op == Op::kOpen || next.keyword == Kw::kSELECT || next.keyword == Kw::kWITH ||
                       next.keyword == Kw::kVALUES || next.keyword == Kw::kTABLE;
    if (!query) ParseTableElements(command);
  }
  ParseTableOptions(command);
  if (At(Kw::kPARTITION)) ParsePartitioning(command);
  AcceptAny(Kw::kIGNORE, Kw::kREPLACE);
  const bool as = Accept(Kw::kAS);
  if (AtQueryStart() || At(Op::kOpen) || as) {
    NewLine();
    QueryRef* source = New<QueryRef>();
    source->query = ParseQuery();
    command->queries.Add(source);
    AddObject(command, ObjectKind::kTable, Access::kInsert, table);
  }
  return Make(command);
}

void Parser::ParseTableElements(Command* command) {
  Expect(Op::kOpen);
  do {
    NewLine(1);
    ParseTableElement(command);
  } while (Accept(Op::kComma));
  NewLine();
  Expect(Op::kClose);
}

void Parser::ParseTableElement(Command* command) {
  if (ParseIndexOrConstraint(command)) return;
  if (mariadb() && At(Kw::kPERIOD) && (Peek().keyword == Kw::kFOR || Peek().keyword == Kw::kIF)) {
    Advance();
    AcceptIfNotExists();
    Expect(Kw::kFOR);
    ParseName("a period");
    ParseParenthesizedNames();
    return;
  }
  ParseName("a column or a key");
  ParseColumnDefinition(command);
}

// type attributes; the column's name is read.
void Parser::ParseColumnDefinition(Command* command) {
  if (!ParseDataType()) Fail("a type");
  ParseColumnAttributes(command);
}

void Parser::ParseColumnAttributes(Command* command) {
  while (ParseColumnAttribute(command)) {
  }
}

// DEFAULT literal | (expr) | NOW(); MariaDB takes any expression.
void Parser::ParseDefaultValue(Command* command) {
  if (mariadb()) {
    command->exprs.Add(ParseBit());
    return;
  }
  if (At(Op::kOpen)) {
    command->exprs.Add(ParseParenthesized());
  } else {
    command->exprs.Add(ParseUnary());
  }
}

// [GENERATED ALWAYS] AS (expr) [VIRTUAL|STORED]; AS is current.
void Parser::ParseGenerated(Command* command) {
  Expect(Kw::kAS);
  if (mariadb() && Accept(Kw::kROW)) {
    if (!AcceptAny(Kw::kSTART, Kw::kEND)) Fail("START or END");
    return;
  }
  command->exprs.Add(ParseParenthesized());
  AcceptAny(Kw::kVIRTUAL, Kw::kSTORED) || (mariadb() && Accept(Kw::kPERSISTENT));
}

bool Parser::ParseColumnAttribute(Command* command) {
  if (Accept(Kw::kNOT)) {
    if (!mariadb() && (Accept(Kw::kSECONDARY) || Accept(Kw::kENFORCED))) return true;
    Expect(Kw::kNULL);
  } else if (AcceptAny(Kw::kNULL, Kw::kAUTO_INCREMENT, Kw::kINVISIBLE)) {
  } else if (!mariadb() && AcceptAny(Kw::kVISIBLE, Kw::kENFORCED)) {
  } else if (Accept(Kw::kDEFAULT)) {
    ParseDefaultValue(command);
  } else if (Accept(Kw::kON)) {
    Expect(Kw::kUPDATE);
    command->exprs.Add(ParseOperand());
  } else if (Accept(Kw::kUNIQUE)) {
    Accept(Kw::kKEY);
  } else if (Accept(Kw::kPRIMARY)) {
    Expect(Kw::kKEY);
  } else if (Accept(Kw::kKEY)) {
  } else if (Accept(Kw::kCOMMENT)) {
    ParseString("a comment");
  } else if (Accept(Kw::kCOLLATE)) {
    if (!(mariadb() && Accept(Kw::kDEFAULT))) ParseCharsetName();
  } else if (Accept(Kw::kCOLUMN_FORMAT)) {
    if (!AcceptAny(Kw::kFIXED, Kw::kDYNAMIC, Kw::kDEFAULT)) Fail("FIXED or DYNAMIC");
  } else if (Accept(Kw::kSTORAGE)) {
    if (!AcceptAny(Kw::kDISK, Kw::kMEMORY, Kw::kDEFAULT)) Fail("DISK or MEMORY");
  } else if (Accept(Kw::kGENERATED)) {
    Expect(Kw::kALWAYS);
    ParseGenerated(command);
  } else if (At(Kw::kAS)) {
    ParseGenerated(command);
  } else if (At(Kw::kREFERENCES)) {
    ParseReferences(command);
  } else if (Accept(Kw::kCONSTRAINT)) {
    if (!At(Kw::kCHECK)) ParseName("a constraint");
    if (mariadb() && At(Kw::kREFERENCES)) {
      ParseReferences(command);
    } else {
      ParseCheck(command);
    }
  } else if (At(Kw::kCHECK)) {
    ParseCheck(command);
  } else if (!mariadb() && Accept(Kw::kSRID)) {
    ParseUnsigned("an SRID");
  } else if (!mariadb() && AcceptAny(Kw::kENGINE_ATTRIBUTE, Kw::kSECONDARY_ENGINE_ATTRIBUTE)) {
    Accept(Op::kEqual);
    ParseString("an attribute");
  } else if (mariadb() && AcceptAny(Kw::kWITH, Kw::kWITHOUT)) {
    Expect(Kw::kSYSTEM);
    Expect(Kw::kVERSIONING);
  } else if (mariadb() && Accept(Kw::kCOMPRESSED)) {
    if (Accept(Op::kEqual)) ParseName("a method");
    ParseCharsetAttributes();
  } else if (mariadb() && (At(TokenKind::kWord) || At(TokenKind::kQuotedName)) && !At(Kw::kREF_SYSTEM_ID) &&
             Peek().op == Op::kEqual) {
    NoteName(token_);
    Advance();  // an engine's own option
    Advance();
    ParseEngineOptionValue();
  } else if (mariadb() && Accept(Kw::kREF_SYSTEM_ID)) {
    Expect(Op::kEqual);
    ParseUnsigned("an id");
  } else if (At(Kw::kSERIAL) && Peek().keyword == Kw::kDEFAULT) {
    Advance();
    Advance();
    Expect(Kw::kVALUE);
  } else {
    return false;
  }
  return !failed_;
}

// CHECK (expr) [[NOT] ENFORCED]
void Parser::ParseCheck(Command* command) {
  Expect(Kw::kCHECK);
  if (!At(Op::kOpen)) return Fail("(");
  command->exprs.Add(ParseParenthesized());
  if (mariadb()) return;
  if (At(Kw::kNOT) && Peek().keyword == Kw::kENFORCED) Advance();
  Accept(Kw::kENFORCED);
}

// REFERENCES t [(columns)] [MATCH x] [ON DELETE|UPDATE action ...]
void Parser::ParseReferences(Command* command) {
  Expect(Kw::kREFERENCES);
  AddObject(command, ObjectKind::kTable, Access::kInspect, ParseObjectName("a table"))->referenced = true;
  if (At(Op::kOpen)) ParseParenthesizedNames();
  if (Accept(Kw::kMATCH) && !AcceptAny(Kw::kFULL, Kw::kPARTIAL, Kw::kSIMPLE)) Fail("FULL, PARTIAL or SIMPLE");
  while (At(Kw::kON) && (Peek().keyword == Kw::kDELETE || Peek().keyword == Kw::kUPDATE)) {
    Advance();
    Advance();
    if (AcceptAny(Kw::kRESTRICT, Kw::kCASCADE)) continue;
    if (Accept(Kw::kSET)) {
      if (!AcceptAny(Kw::kNULL, Kw::kDEFAULT)) Fail("NULL or DEFAULT");
    } else {
      Expect(Kw::kNO);
      Expect(Kw::kACTION);
    }
  }
}

// [CONSTRAINT [name]] PRIMARY KEY | UNIQUE | FOREIGN KEY | CHECK, INDEX, KEY, FULLTEXT, SPATIAL. False if none starts here.
bool Parser::ParseIndexOrConstraint(Command* command) {
  const bool constraint = Accept(Kw::kCONSTRAINT);
  if (constraint) {
    if (mariadb()) AcceptIfNotExists();
    if (!AtAny(Kw::kPRIMARY, Kw::kUNIQUE, Kw::kFOREIGN, Kw::kCHECK)) ParseName("a constraint");
  }
  if (At(Kw::kCHECK)) {
    ParseCheck(command);
    return true;
  }
  const auto index_type = [this] {
    if (AcceptAny(Kw::kUSING, Kw::kTYPE) && !AcceptAny(Kw::kBTREE, Kw::kHASH, Kw::kRTREE)) Fail("BTREE or HASH");
  };
  if (Accept(Kw::kFOREIGN)) {
    Expect(Kw::kKEY);
    if (mariadb()) AcceptIfNotExists();
    if (AtName()) ParseName("a key");
    ParseKeyParts(command);
    ParseReferences(command);
    return true;
  }
  if (Accept(Kw::kPRIMARY)) {
    Expect(Kw::kKEY);
  } else if (AcceptAny(Kw::kUNIQUE, Kw::kFULLTEXT, Kw::kSPATIAL)) {
    AcceptAny(Kw::kINDEX, Kw::kKEY);
  } else if (!constraint && AcceptAny(Kw::kINDEX, Kw::kKEY)) {
  } else {
    if (constraint) Fail("PRIMARY, UNIQUE, FOREIGN or CHECK");
    return constraint;
  }
  if (mariadb()) AcceptIfNotExists();
  if (AtName() && !(At(Kw::kTYPE) && Peek().op != Op::kOpen)) ParseName("a key");
  index_type();
  ParseKeyParts(command);
  ParseIndexOptions();
  return true;
}

// (column [(length)] [ASC|DESC] | (expr) [ASC|DESC], ...)
void Parser::ParseKeyParts(Command* command) {
  Expect(Op::kOpen);
  do {
    if (At(Op::kOpen) && !mariadb()) {
      command->exprs.Add(ParseParenthesized());
    } else {
      ParseName("a column");
      if (At(Op::kOpen)) {
        NoteCall();
        Advance();
        ParseUnsigned("a length");
        Expect(Op::kClose);
      }
      if (mariadb() && Accept(Kw::kWITHOUT)) {
        Expect(Kw::kOVERLAPS);
      }
    }
    AcceptAny(Kw::kASC, Kw::kDESC);
  } while (Accept(Op::kComma));
  Expect(Op::kClose);
}

void Parser::ParseIndexOptions() {
  for (;;) {
    if (AcceptAny(Kw::kUSING, Kw::kTYPE)) {
      if (!AcceptAny(Kw::kBTREE, Kw::kHASH, Kw::kRTREE)) Fail("BTREE or HASH");
    } else if (Accept(Kw::kKEY_BLOCK_SIZE)) {
      Accept(Op::kEqual);
      ParseUnsigned("a size");
    } else if (Accept(Kw::kCOMMENT)) {
      ParseString("a comment");
    } else if (AcceptAll(Kw::kWITH, Kw::kPARSER)) {
      ParseName("a parser");
    } else if (!mariadb() && AcceptAny(Kw::kVISIBLE, Kw::kINVISIBLE)) {
    } else if (!mariadb() && AcceptAny(Kw::kENGINE_ATTRIBUTE, Kw::kSECONDARY_ENGINE_ATTRIBUTE)) {
      Accept(Op::kEqual);
      ParseString("an attribute");
    } else if (mariadb() && (Accept(Kw::kIGNORED) || AcceptAll(Kw::kNOT, Kw::kIGNORED))) {
    } else if (mariadb() && (At(TokenKind::kWord) || At(TokenKind::kQuotedName)) && Peek().op == Op::kEqual) {
      NoteName(token_);
      Advance();
      Advance();
      ParseEngineOptionValue();
    } else {
      return;
    }
  }
}

void Parser::ParseTableOptions(Command* command) {
  while (ParseTableOption(command)) Accept(Op::kComma);
}

bool Parser::ParseTableOption(Command* command) {
  const auto equals = [this] { Accept(Op::kEqual); };
  const bool has_default = At(Kw::kDEFAULT) && Peek().op != Op::kEqual;
  if (has_default) Advance();
  if (AcceptAll(Kw::kCHARACTER, Kw::kSET) || AcceptAll(Kw::kCHAR, Kw::kSET) || Accept(Kw::kCHARSET) ||
      Accept(Kw::kCOLLATE)) {
    equals();
    if (!(mariadb() && Accept(Kw::kDEFAULT))) ParseCharsetName();
    return true;
  }
  if (has_default) {
    Fail("CHARACTER SET or COLLATE");
    return false;
  }
  if (Accept(Kw::kENGINE) || (!mariadb() && Accept(Kw::kSECONDARY_ENGINE))) {
    equals();
    if (!Accept(Kw::kNULL)) ParseNameOrString("an engine");
  } else if (AcceptAny(Kw::kAUTO_INCREMENT, Kw::kAVG_ROW_LENGTH, Kw::kCHECKSUM, Kw::kDELAY_KEY_WRITE, Kw::kKEY_BLOCK_SIZE,
                       Kw::kMAX_ROWS, Kw::kMIN_ROWS, Kw::kTABLE_CHECKSUM) ||
             (mariadb() && AcceptAny(Kw::kPAGE_CHECKSUM, Kw::kTRANSACTIONAL))) {
    equals();
    if (!Accept(Kw::kDEFAULT)) ParseSize();
  } else if (AcceptAny(Kw::kSTATS_AUTO_RECALC, Kw::kSTATS_PERSISTENT, Kw::kSTATS_SAMPLE_PAGES, Kw::kPACK_KEYS)) {
    equals();
    if (!Accept(Kw::kDEFAULT)) ParseUnsigned("a number");
  } else if (AcceptAny(Kw::kCOMMENT, Kw::kCOMPRESSION, Kw::kENCRYPTION, Kw::kPASSWORD, Kw::kENGINE_ATTRIBUTE) ||
             (!mariadb() && Accept(Kw::kSECONDARY_ENGINE_ATTRIBUTE))) {
    equals();
    if (mariadb() && AtName()) {
      ParseName("a value");
    } else {
      ParseString("a string");
    }
  } else if (Accept(Kw::kCONNECTION)) {
    equals();
    AddObject(command, ObjectKind::kServer, Access::kRead, {{}, {ParseString("a connection")}})->is_string = true;
  } else if (AcceptAny(Kw::kDATA, Kw::kINDEX)) {
    Expect(Kw::kDIRECTORY);
    equals();
    AddObject(command, ObjectKind::kFile, Access::kCreate, {{}, {ParseString("a path")}})->is_string = true;
  } else if (Accept(Kw::kINSERT_METHOD)) {
    equals();
    if (!AcceptAny(Kw::kNO, Kw::kFIRST, Kw::kLAST)) Fail("NO, FIRST or LAST");
  } else if (Accept(Kw::kROW_FORMAT)) {
    equals();
    if (!Accept(Kw::kDEFAULT)) ParseName("a row format");
  } else if (Accept(Kw::kUNION)) {
    equals();
    Expect(Op::kOpen);
    if (!At(Op::kClose)) {
      do {
        AddObject(command, ObjectKind::kTable, Access::kRead, ParseObjectName("a table"));
      } while (Accept(Op::kComma));
    }
    Expect(Op::kClose);
  } else if (Accept(Kw::kTABLESPACE)) {
    equals();
    ParseName("a tablespace");
  } else if (Accept(Kw::kSTORAGE)) {
    if (!AcceptAny(Kw::kDISK, Kw::kMEMORY, Kw::kDEFAULT)) Fail("DISK or MEMORY");
  } else if (!mariadb() && Accept(Kw::kAUTOEXTEND_SIZE)) {
    equals();
    ParseSize();
  } else if (!mariadb() && AcceptAll(Kw::kSTART, Kw::kTRANSACTION)) {
  } else if (mariadb() && At(Kw::kWITH) && Peek().keyword == Kw::kSYSTEM) {
    Advance();
    Advance();
    Expect(Kw::kVERSIONING);
  } else if (mariadb() && (At(TokenKind::kWord) || At(TokenKind::kQuotedName)) && Peek().op == Op::kEqual) {
    NoteName(token_);
    Advance();  // an engine's own option
    Advance();
    ParseEngineOptionValue();
  } else {
    return false;
  }
  return !failed_;
}

}  // namespace postern::sql
