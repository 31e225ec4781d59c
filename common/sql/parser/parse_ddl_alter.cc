// ALTER: tables in full, and the objects that need a line or two.
#include "common/sql/parser/parser.h"

namespace postern::sql {

Statement* Parser::ParseAlter() {
  Hint(Verb::kAlterTable);
  Advance();
  if (mariadb() && AtAny(Kw::kONLINE, Kw::kIGNORE)) {
    Accept(Kw::kONLINE);
    Accept(Kw::kIGNORE);
    return ParseAlterTable();
  }
  if (At(Kw::kTABLE)) return ParseAlterTable();
  if (AtAny(Kw::kDATABASE, Kw::kSCHEMA)) return ParseAlterSchema();
  if (At(Kw::kUSER)) return ParseCreateUser(Verb::kAlterUser);
  if (At(Kw::kSERVER)) return ParseServer(Verb::kAlterServer);
  if (mariadb() && At(Kw::kSEQUENCE)) return ParseSequence(Verb::kAlterSequence, false, false);
  if (AtAny(Kw::kVIEW, Kw::kALGORITHM, Kw::kSQL, Kw::kDEFINER)) return ParseAlterView();
  if (AtAny(Kw::kPROCEDURE, Kw::kFUNCTION)) return ParseAlterRoutine();
  if (!mariadb() && At(Kw::kINSTANCE)) return ParseAlterInstance();
  if (At(Kw::kEVENT)) return ParseAlterEvent();
  if (!mariadb()) {
    if (At(Kw::kTABLESPACE) || (At(Kw::kUNDO) && Peek().keyword == Kw::kTABLESPACE)) {
      return ParseTablespace(Verb::kAlterTablespace);
    }
    if (At(Kw::kLOGFILE)) return ParseLogfileGroup(Verb::kAlterLogfileGroup);
    if (At(Kw::kRESOURCE)) return ParseResourceGroup(Verb::kAlterResourceGroup);
  }
  Fail("what to alter");
  return Make(NewCommand(hint_));
}

// [ALGORITHM = x] [DEFINER = y] [SQL SECURITY z] VIEW name [(columns)] AS query
Statement* Parser::ParseAlterView() {
  Command* command = NewCommand(Verb::kAlterView);
  if (At(Kw::kDEFINER)) {
    ParseDefiner();
    if (At(Kw::kEVENT)) return ParseAlterEvent();
  } else if (Accept(Kw::kALGORITHM)) {
    Expect(Op::kEqual);
    if (!AcceptAny(Kw::kUNDEFINED, Kw::kMERGE, Kw::kTEMPTABLE)) Fail("an algorithm");
  }
  ParseDefiner();
  if (Accept(Kw::kSQL)) {
    Expect(Kw::kSECURITY);
    if (!AcceptAny(Kw::kDEFINER, Kw::kINVOKER)) Fail("DEFINER or INVOKER");
  }
  Expect(Kw::kVIEW);
  AddObject(command, ObjectKind::kView, Access::kAlter, ParseObjectName("a view"));
  ParseViewBody(command);
  return Make(command);
}

// PROCEDURE|FUNCTION name characteristics
Statement* Parser::ParseAlterRoutine() {
  const bool function = At(Kw::kFUNCTION);
  Command* command = NewCommand(function ? Verb::kAlterFunction : Verb::kAlterProcedure);
  Advance();
  AddObject(command, function ? ObjectKind::kFunction : ObjectKind::kProcedure, Access::kAlter,
            ParseObjectName("a routine"));
  for (;;) {
    if (Accept(Kw::kCOMMENT)) {
      ParseString("a comment");
    } else if (Accept(Kw::kLANGUAGE)) {
      if (!Accept(Kw::kSQL)) ParseName("a language");
    } else if (AcceptAll(Kw::kNO, Kw::kSQL) || AcceptAll(Kw::kCONTAINS, Kw::kSQL)) {
    } else if (AcceptAny(Kw::kREADS, Kw::kMODIFIES)) {
      Expect(Kw::kSQL);
      Expect(Kw::kDATA);
    } else if (Accept(Kw::kSQL)) {
      Expect(Kw::kSECURITY);
      if (!AcceptAny(Kw::kDEFINER, Kw::kINVOKER)) Fail("DEFINER or INVOKER");
    } else {
      return Make(command);
    }
  }
}

// INSTANCE ROTATE ... | RELOAD ... | ENABLE|DISABLE ...
Statement* Parser::ParseAlterInstance() {
  Command* command = NewCommand(Verb::kAlterInstance);
  Advance();
  if (!AcceptAny(Kw::kROTATE, Kw::kRELOAD, Kw::kENABLE, Kw::kDISABLE)) Fail("ROTATE, RELOAD, ENABLE or DISABLE");
  bool any = false;
  while (At(TokenKind::kWord)) {
    if (!Accept(Kw::kCHANNEL)) {
      Advance();
    } else if (At(TokenKind::kWord)) {
      NoteName(token_);
      Advance();
    }
    any = true;
  }
  if (!any) Fail("what to change");
  return Make(command);
}

// TABLE [IF EXISTS] t actions partitioning
Statement* Parser::ParseAlterTable() {
  Command* command = NewCommand(Verb::kAlterTable);
  Expect(Kw::kTABLE);
  if (mariadb()) AcceptIfExists();
  AddObject(command, ObjectKind::kTable, Access::kAlter, ParseObjectName("a table"));
  if (mariadb()) ParseWaitOption();
  if (AtEnd()) return Make(command);
  if (AcceptAll(Kw::kREMOVE, Kw::kPARTITIONING)) return Make(command);
  if (!At(Kw::kPARTITION)) {
    do {
      ParseAlterAction(command);
    } while (AcceptNextRow());
  }
  if (At(Kw::kPARTITION)) {
    ParsePartitioning(command);
  } else if (AcceptAll(Kw::kREMOVE, Kw::kPARTITIONING)) {
  }
  return Make(command);
}

// [WITH|WITHOUT VALIDATION]
void Parser::AddWithValidation() {
  if (AcceptAny(Kw::kWITH, Kw::kWITHOUT)) Expect(Kw::kVALIDATION);
}

void Parser::ParseColumnPlace() {
  if (Accept(Kw::kFIRST)) return;
  if (Accept(Kw::kAFTER)) ParseName("a column");
}

void Parser::ParseAlterAction(Command* command) {
  if (At(Kw::kADD)) {
    ParseAlterAdd(command);
  } else if (At(Kw::kDROP)) {
    ParseAlterDrop(command);
  } else if (At(Kw::kALTER)) {
    ParseAlterAlter(command);
  } else if (At(Kw::kRENAME)) {
    ParseAlterRename(command);
  } else if (Accept(Kw::kMODIFY)) {
    Accept(Kw::kCOLUMN);
    if (mariadb()) AcceptIfExists();
    ParseName("a column");
    ParseColumnDefinition(command);
    ParseColumnPlace();
  } else if (Accept(Kw::kCHANGE)) {
    Accept(Kw::kCOLUMN);
    if (mariadb()) AcceptIfExists();
    ParseName("a column");
    ParseName("a column");
    ParseColumnDefinition(command);
    ParseColumnPlace();
  } else if (ParseAlterPartition(command)) {
  } else if (AcceptAny(Kw::kALGORITHM, Kw::kLOCK)) {
    Accept(Op::kEqual);
    if (!Accept(Kw::kDEFAULT)) ParseName("a value");
  } else if (AcceptAny(Kw::kENABLE, Kw::kDISABLE)) {
    Expect(Kw::kKEYS);
  } else if (!mariadb() && AcceptAny(Kw::kSECONDARY_LOAD, Kw::kSECONDARY_UNLOAD)) {
    if (Accept(Kw::kPARTITION)) ParseParenthesizedNames();
  } else if (Accept(Kw::kFORCE)) {
  } else if (Accept(Kw::kORDER)) {
    Expect(Kw::kBY);
    do {
      command->exprs.Add(ParseColumnOrCall());
      AcceptAny(Kw::kASC, Kw::kDESC);
    } while (Accept(Op::kComma));
  } else if (mariadb() && AcceptAll(Kw::kCONVERT, Kw::kPARTITION)) {
    ParseName("a partition");
    Expect(Kw::kTO);
    Expect(Kw::kTABLE);
    AddObject(command, ObjectKind::kTable, Access::kCreate, ParseObjectName("a table"));
    AddWithValidation();
  } else if (mariadb() && AcceptAll(Kw::kCONVERT, Kw::kTABLE)) {
    AddObject(command, ObjectKind::kTable, Access::kDrop, ParseObjectName("a table"));
    Expect(Kw::kTO);
    ParsePartitionDefinition(command);
    AddWithValidation();
  } else if (Accept(Kw::kCONVERT)) {
    Expect(Kw::kTO);
    if (!AcceptAll(Kw::kCHARACTER, Kw::kSET) && !AcceptAll(Kw::kCHAR, Kw::kSET)) Expect(Kw::kCHARSET);
    if (!Accept(Kw::kDEFAULT)) ParseCharsetName();
    if (Accept(Kw::kCOLLATE) && !(mariadb() && Accept(Kw::kDEFAULT))) ParseCharsetName();
  } else if (AcceptAny(Kw::kWITH, Kw::kWITHOUT)) {
    if (mariadb() && Accept(Kw::kSYSTEM)) return Expect(Kw::kVERSIONING);
    Expect(Kw::kVALIDATION);
  } else if (!ParseTableOption(command)) {
    Fail("an action");
  } else {
    while (ParseTableOption(command)) {  // several options need no comma
    }
  }
}

// ADD [COLUMN] x type, ADD [COLUMN] (x type, ...), ADD key, ADD PARTITION ...
void Parser::ParseAlterAdd(Command* command) {
  Advance();
  if (Accept(Kw::kPARTITION)) {
    if (mariadb()) AcceptIfNotExists();
    AcceptAny(Kw::kNO_WRITE_TO_BINLOG, Kw::kLOCAL);
    if (Accept(Kw::kPARTITIONS)) {
      ParseUnsigned("a number");
    } else {
      ParsePartitionDefinitions(command);
    }
    return;
  }
  if (mariadb() && (AtAny(Kw::kPERIOD) || (At(Kw::kSYSTEM) && Peek().keyword == Kw::kVERSIONING))) {
    if (Accept(Kw::kSYSTEM)) return Advance();
    return ParseTableElement(command);
  }
  if (ParseIndexOrConstraint(command)) return;
  Accept(Kw::kCOLUMN);
  if (mariadb()) AcceptIfNotExists();
  if (At(Op::kOpen)) return ParseTableElements(command);
  ParseName("a column");
  ParseColumnDefinition(command);
  ParseColumnPlace();
}

void Parser::ParseAlterDrop(Command* command) {
  Advance();
  if (Accept(Kw::kPARTITION)) {
    if (mariadb()) AcceptIfExists();
    ParseNameList();
  } else if (Accept(Kw::kPRIMARY)) {
    Expect(Kw::kKEY);
  } else if (Accept(Kw::kFOREIGN)) {
    Expect(Kw::kKEY);
    if (mariadb()) AcceptIfExists();
    ParseName("a key");
  } else if (AcceptAny(Kw::kINDEX, Kw::kKEY)) {
    if (mariadb()) AcceptIfExists();
    const Name index = ParseName("an index");
    AddObject(command, ObjectKind::kIndex, Access::kDrop, {command->objects.first->name.schema, index});
  } else if (AcceptAny(Kw::kCONSTRAINT, Kw::kCHECK)) {
    if (mariadb()) AcceptIfExists();
    ParseName("a constraint");
  } else if (mariadb() && AcceptAll(Kw::kSYSTEM, Kw::kVERSIONING)) {
  } else if (mariadb() && At(Kw::kPERIOD) && (Peek().keyword == Kw::kFOR || Peek().keyword == Kw::kIF)) {
    Advance();
    AcceptIfExists();
    Expect(Kw::kFOR);
    ParseName("a period");
  } else {
    Accept(Kw::kCOLUMN);
    if (mariadb()) AcceptIfExists();
    ParseName("a column");
    AcceptAny(Kw::kRESTRICT, Kw::kCASCADE);
  }
}

// ALTER [COLUMN] x SET DEFAULT y | DROP DEFAULT | SET VISIBLE; ALTER INDEX x VISIBLE; ALTER CHECK x [NOT] ENFORCED
void Parser::ParseAlterAlter(Command* command) {
  Advance();
  if (AcceptAny(Kw::kINDEX, Kw::kKEY)) {
    if (mariadb()) AcceptIfExists();
    ParseName("an index");
    if (mariadb()) {
      Accept(Kw::kNOT);
      return Expect(Kw::kIGNORED);
    }
    if (!AcceptAny(Kw::kVISIBLE, Kw::kINVISIBLE)) Fail("VISIBLE or INVISIBLE");
    return;
  }
  if (!mariadb() && AcceptAny(Kw::kCHECK, Kw::kCONSTRAINT)) {
    ParseName("a constraint");
    Accept(Kw::kNOT);
    return Expect(Kw::kENFORCED);
  }
  Accept(Kw::kCOLUMN);
  if (mariadb()) AcceptIfExists();
  ParseName("a column");
  if (Accept(Kw::kDROP)) return Expect(Kw::kDEFAULT);
  Expect(Kw::kSET);
  if (Accept(Kw::kDEFAULT)) return ParseDefaultValue(command);
  if (mariadb() || !AcceptAny(Kw::kVISIBLE, Kw::kINVISIBLE)) Fail("DEFAULT");
}

// RENAME [TO|AS|=] t, RENAME COLUMN a TO b, RENAME INDEX a TO b
void Parser::ParseAlterRename(Command* command) {
  Advance();
  if (AcceptAny(Kw::kCOLUMN, Kw::kINDEX, Kw::kKEY)) {
    if (mariadb()) AcceptIfExists();
    ParseName("a name");
    Expect(Kw::kTO);
    ParseName("a name");
    return;
  }
  if (!AcceptAny(Kw::kTO, Kw::kAS)) Accept(Op::kEqual);
  AddObject(command, ObjectKind::kTable, Access::kDrop, command->objects.first->name);
  AddObject(command, ObjectKind::kTable, Access::kCreate, ParseObjectName("a table"));
}

// TRUNCATE|COALESCE|REORGANIZE|EXCHANGE|ANALYZE|CHECK|OPTIMIZE|REBUILD|REPAIR|DISCARD|IMPORT PARTITION ...
bool Parser::ParseAlterPartition(Command* command) {
  const auto all_or_names = [this] {
    if (!Accept(Kw::kALL)) ParseNameList();
  };
  if (AtAny(Kw::kDISCARD, Kw::kIMPORT)) {
    Advance();
    if (Accept(Kw::kPARTITION)) all_or_names();
    Expect(Kw::kTABLESPACE);
    return true;
  }
  if (Peek().keyword != Kw::kPARTITION) return false;
  if (Accept(Kw::kEXCHANGE)) {
    Advance();
    ParseName("a partition");
    Expect(Kw::kWITH);
    Expect(Kw::kTABLE);
    AddObject(command, ObjectKind::kTable, Access::kAlter, ParseObjectName("a table"));
    if (AcceptAny(Kw::kWITH, Kw::kWITHOUT)) Expect(Kw::kVALIDATION);
    return true;
  }
  if (AtAny(Kw::kCOALESCE, Kw::kREORGANIZE)) {
    const bool coalesce = At(Kw::kCOALESCE);
    Advance();
    Advance();
    AcceptAny(Kw::kNO_WRITE_TO_BINLOG, Kw::kLOCAL);
    if (coalesce) {
      ParseUnsigned("a number");
    } else if (!AtEnd()) {
      ParseNameList();
      Expect(Kw::kINTO);
      ParsePartitionDefinitions(command);
    }
    return true;
  }
  if (!AcceptAny(Kw::kTRUNCATE, Kw::kANALYZE, Kw::kCHECK, Kw::kOPTIMIZE, Kw::kREBUILD, Kw::kREPAIR)) return false;
  Advance();
  AcceptAny(Kw::kNO_WRITE_TO_BINLOG, Kw::kLOCAL);
  all_or_names();
  while (AcceptAny(Kw::kQUICK, Kw::kEXTENDED, Kw::kUSE_FRM, Kw::kFAST, Kw::kMEDIUM, Kw::kCHANGED) ||
         AcceptAll(Kw::kFOR, Kw::kUPGRADE)) {
  }
  return true;
}

}  // namespace postern::sql
