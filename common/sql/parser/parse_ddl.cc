// CREATE, DROP, TRUNCATE and RENAME, and the smaller objects they concern. Tables have files of their own.
#include "common/sql/parser/parser.h"

namespace postern::sql {

Statement* Parser::ParseCreate() {
  Hint(Verb::kCreateTable);
  Advance();
  const bool or_replace = At(Kw::kOR) && Peek().keyword == Kw::kREPLACE;
  if (or_replace) {
    Advance();
    Advance();
  }
  const bool replaces_view = or_replace;
  const auto only_mariadb = [&] {
    if (or_replace && !mariadb()) Fail("VIEW");
  };
  if (AtAny(Kw::kTABLE, Kw::kTEMPORARY)) {
    only_mariadb();
    const bool temporary = Accept(Kw::kTEMPORARY);
    if (mariadb() && At(Kw::kSEQUENCE)) return ParseSequence(Verb::kCreateSequence, temporary, or_replace);
    return ParseCreateTable(temporary, or_replace);
  }
  if (AtAny(Kw::kINDEX, Kw::kUNIQUE, Kw::kFULLTEXT, Kw::kSPATIAL) &&
      !(At(Kw::kSPATIAL) && Peek().keyword == Kw::kREFERENCE)) {
    only_mariadb();
    return ParseCreateIndex(or_replace);
  }
  if (AtAny(Kw::kDATABASE, Kw::kSCHEMA)) {
    only_mariadb();
    return ParseCreateSchema(or_replace);
  }
  if (At(Kw::kUSER)) {
    only_mariadb();
    return ParseCreateUser(Verb::kCreateUser);
  }
  if (At(Kw::kROLE)) {
    only_mariadb();
    return ParseRoles(Verb::kCreateRole);
  }
  if (mariadb() && At(Kw::kSEQUENCE)) return ParseSequence(Verb::kCreateSequence, false, or_replace);
  if (AtAny(Kw::kVIEW, Kw::kALGORITHM, Kw::kSQL, Kw::kDEFINER, Kw::kPROCEDURE, Kw::kFUNCTION, Kw::kTRIGGER, Kw::kEVENT,
            Kw::kAGGREGATE)) {
    return ParseCreateDefined(replaces_view);
  }
  if (!mariadb() && AtAny(Kw::kJSON, Kw::kMATERIALIZED)) {
    if (Accept(Kw::kJSON)) {
      Accept(Kw::kRELATIONAL);
      Expect(Kw::kDUALITY);
    } else {
      Advance();
    }
    return ParseCreateView(or_replace);
  }
  if (!mariadb() && At(Kw::kLIBRARY)) return ParseCreateLibrary();
  if (At(Kw::kSERVER)) return ParseServer(Verb::kCreateServer, or_replace);
  if (!mariadb()) {
    if (At(Kw::kTABLESPACE) || (At(Kw::kUNDO) && Peek().keyword == Kw::kTABLESPACE)) {
      return ParseTablespace(Verb::kCreateTablespace);
    }
    if (At(Kw::kLOGFILE)) return ParseLogfileGroup(Verb::kCreateLogfileGroup);
    if (At(Kw::kRESOURCE)) return ParseResourceGroup(Verb::kCreateResourceGroup);
    if (At(Kw::kSPATIAL)) return ParseSpatialReferenceSystem(Verb::kCreateSpatialReferenceSystem);
  }
  Fail("what to create");
  return Make(NewCommand(Verb::kCreateTable));
}

// DEFINER = account
void Parser::ParseDefiner() {
  if (!Accept(Kw::kDEFINER)) return;
  Expect(Op::kEqual);
  ParseAccount();
}

// What may be created with a definer: views, routines, triggers, events.
Statement* Parser::ParseCreateDefined(bool or_replace) {
  bool view_only = false;
  if (Accept(Kw::kALGORITHM)) {
    view_only = true;
    Expect(Op::kEqual);
    if (!AcceptAny(Kw::kUNDEFINED, Kw::kMERGE, Kw::kTEMPTABLE)) Fail("an algorithm");
  }
  ParseDefiner();
  if (Accept(Kw::kSQL)) {
    view_only = true;
    Expect(Kw::kSECURITY);
    if (!AcceptAny(Kw::kDEFINER, Kw::kINVOKER)) Fail("DEFINER or INVOKER");
  }
  if (At(Kw::kVIEW) || view_only) return ParseCreateView(or_replace);
  if (or_replace && !mariadb()) Fail("VIEW");
  return ParseCreateRoutine(or_replace);
}

// VIEW [IF NOT EXISTS] name [(columns)] AS query [WITH [CASCADED|LOCAL] CHECK OPTION]
Statement* Parser::ParseCreateView(bool or_replace) {
  Command* command = NewCommand(Verb::kCreateView);
  Expect(Kw::kVIEW);
  AcceptIfNotExists();
  const ObjectName name = ParseObjectName("a view");
  AddObject(command, ObjectKind::kView, Access::kCreate, name);
  if (or_replace) AddObject(command, ObjectKind::kView, Access::kDrop, name);
  ParseViewBody(command);
  return Make(command);
}

void Parser::ParseViewBody(Command* command) {
  if (At(Op::kOpen)) ParseParenthesizedNames();
  Expect(Kw::kAS);
  NewLine();
  QueryRef* body = New<QueryRef>();
  body->query = ParseQuery();
  command->queries.Add(body);
  if (!AcceptClause(Kw::kWITH)) return;
  AcceptAny(Kw::kCASCADED, Kw::kLOCAL);
  Expect(Kw::kCHECK);
  Expect(Kw::kOPTION);
}

// CREATE [UNIQUE|FULLTEXT|SPATIAL] INDEX name [USING x] ON t (parts) options
Statement* Parser::ParseCreateIndex(bool or_replace) {
  Command* command = NewCommand(Verb::kCreateIndex);
  AcceptAny(Kw::kUNIQUE, Kw::kFULLTEXT, Kw::kSPATIAL);
  Expect(Kw::kINDEX);
  if (mariadb()) AcceptIfNotExists();
  const Name index = ParseName("an index");
  if (AcceptAny(Kw::kUSING, Kw::kTYPE) && !AcceptAny(Kw::kBTREE, Kw::kHASH, Kw::kRTREE)) Fail("BTREE or HASH");
  Expect(Kw::kON);
  const ObjectName table = ParseObjectName("a table");
  AddObject(command, ObjectKind::kIndex, Access::kCreate, {table.schema, index});
  if (or_replace) AddObject(command, ObjectKind::kIndex, Access::kDrop, {table.schema, index});
  AddObject(command, ObjectKind::kTable, Access::kAlter, table);
  ParseKeyParts(command);
  if (mariadb()) ParseWaitOption();
  ParseIndexOptions();
  ParseIndexLockAlgorithm();
  return Make(command);
}

// ALGORITHM [=] x, LOCK [=] x
void Parser::ParseIndexLockAlgorithm() {
  while (AcceptAny(Kw::kALGORITHM, Kw::kLOCK)) {
    Accept(Op::kEqual);
    if (!Accept(Kw::kDEFAULT)) ParseName("a value");
  }
}

// WAIT n, NOWAIT (MariaDB)
void Parser::ParseWaitOption() {
  if (Accept(Kw::kNOWAIT)) return;
  if (Accept(Kw::kWAIT)) ParseUnsigned("seconds");
}

// DATABASE|SCHEMA [IF NOT EXISTS] name options
Statement* Parser::ParseCreateSchema(bool or_replace) {
  Command* command = NewCommand(Verb::kCreateSchema);
  Advance();
  AcceptIfNotExists();
  const Name name = ParseName("a schema");
  AddObject(command, ObjectKind::kSchema, Access::kCreate, {{}, name});
  if (or_replace) AddObject(command, ObjectKind::kSchema, Access::kDrop, {{}, name});
  ParseSchemaOptions();
  return Make(command);
}

void Parser::ParseSchemaOptions() {
  for (;;) {
    const bool has_default = Accept(Kw::kDEFAULT);
    if (AcceptAll(Kw::kCHARACTER, Kw::kSET) || AcceptAll(Kw::kCHAR, Kw::kSET) || Accept(Kw::kCHARSET) ||
        Accept(Kw::kCOLLATE)) {
      Accept(Op::kEqual);
      if (!(mariadb() && Accept(Kw::kDEFAULT))) ParseCharsetName();
    } else if (!mariadb() && Accept(Kw::kENCRYPTION)) {
      Accept(Op::kEqual);
      ParseString("'Y' or 'N'");
    } else if (mariadb() && !has_default && Accept(Kw::kCOMMENT)) {
      Accept(Op::kEqual);
      ParseString("a comment");
    } else {
      if (has_default) Fail("CHARACTER SET or COLLATE");
      return;
    }
  }
}

// ALTER DATABASE [name] options
Statement* Parser::ParseAlterSchema() {
  Command* command = NewCommand(Verb::kAlterSchema);
  Advance();
  ObjectName name;
  const bool option = AtAny(Kw::kCHARACTER, Kw::kCHAR, Kw::kCHARSET, Kw::kCOLLATE, Kw::kDEFAULT) ||
                      (AtAny(Kw::kENCRYPTION, Kw::kREAD, Kw::kCOMMENT) && Peek().kind != TokenKind::kWord);
  if (!option && AtName()) name.name = ParseName("a schema");
  AddObject(command, ObjectKind::kSchema, Access::kAlter, name);
  if (AtEnd()) Fail("an option");
  if (mariadb() && Accept(Kw::kUPGRADE)) {
    Expect(Kw::kDATA);
    Expect(Kw::kDIRECTORY);
    Expect(Kw::kNAME);
    return Make(command);
  }
  ParseSchemaOptions();
  while (!mariadb() && AcceptAll(Kw::kREAD, Kw::kONLY)) {
    Accept(Op::kEqual);
    if (!Accept(Kw::kDEFAULT)) ParseUnsigned("0 or 1");
    ParseSchemaOptions();
  }
  return Make(command);
}

Statement* Parser::ParseDrop() {
  Hint(Verb::kDropTable);
  Advance();
  if (At(Kw::kPREPARE)) {
    Command* command = NewCommand(Verb::kDeallocate);
    Advance();
    AddObject(command, ObjectKind::kPreparedStatement, Access::kDrop, {{}, ParseName("a name")});
    return Make(command);
  }
  if (Accept(Kw::kTEMPORARY)) {
    if (mariadb() && At(Kw::kSEQUENCE)) return ParseDropSimple(Verb::kDropSequence, ObjectKind::kSequence, true);
    return ParseDropTables(true);
  }
  if (AtAny(Kw::kTABLE, Kw::kTABLES)) return ParseDropTables(false);
  if (At(Kw::kVIEW)) return ParseDropSimple(Verb::kDropView, ObjectKind::kView, true);
  if (AtAny(Kw::kDATABASE, Kw::kSCHEMA)) return ParseDropSimple(Verb::kDropSchema, ObjectKind::kSchema, false);
  if (At(Kw::kPROCEDURE)) return ParseDropSimple(Verb::kDropProcedure, ObjectKind::kProcedure, false);
  if (At(Kw::kFUNCTION)) return ParseDropSimple(Verb::kDropFunction, ObjectKind::kFunction, false);
  if (At(Kw::kTRIGGER)) return ParseDropSimple(Verb::kDropTrigger, ObjectKind::kTrigger, false);
  if (At(Kw::kEVENT)) return ParseDropSimple(Verb::kDropEvent, ObjectKind::kEvent, false);
  if (At(Kw::kUSER)) return ParseDropUser();
  if (At(Kw::kROLE)) return ParseRoles(Verb::kDropRole);
  if (At(Kw::kSERVER)) return ParseServer(Verb::kDropServer);
  if (mariadb() && At(Kw::kSEQUENCE)) return ParseDropSimple(Verb::kDropSequence, ObjectKind::kSequence, true);
  if (mariadb() && At(Kw::kPACKAGE)) {
    if (Peek().keyword == Kw::kBODY) Advance();
    return ParseDropSimple(Verb::kDropPackage, ObjectKind::kPackage, false);
  }
  if (!mariadb() && At(Kw::kLIBRARY)) return ParseDropSimple(Verb::kDropLibrary, ObjectKind::kLibrary, false);
  if (!mariadb()) {
    if (At(Kw::kTABLESPACE) || (At(Kw::kUNDO) && Peek().keyword == Kw::kTABLESPACE)) {
      return ParseTablespace(Verb::kDropTablespace);
    }
    if (At(Kw::kLOGFILE)) return ParseLogfileGroup(Verb::kDropLogfileGroup);
    if (At(Kw::kRESOURCE)) return ParseResourceGroup(Verb::kDropResourceGroup);
    if (At(Kw::kSPATIAL)) return ParseSpatialReferenceSystem(Verb::kDropSpatialReferenceSystem);
  }
  if (At(Kw::kINDEX)) {
    Command* command = NewCommand(Verb::kDropIndex);
    Advance();
    if (mariadb()) AcceptIfExists();
    const Name index = Accept(Kw::kPRIMARY) ? Name{"PRIMARY"} : ParseName("an index");
    Expect(Kw::kON);
    const ObjectName table = ParseObjectName("a table");
    AddObject(command, ObjectKind::kIndex, Access::kDrop, {table.schema, index});
    AddObject(command, ObjectKind::kTable, Access::kAlter, table);
    if (mariadb()) ParseWaitOption();
    ParseIndexLockAlgorithm();
    return Make(command);
  }
  Fail("what to drop");
  return Make(NewCommand(Verb::kDropTable));
}

// DROP TABLE [IF EXISTS] a, b [RESTRICT|CASCADE]
Statement* Parser::ParseDropTables(bool temporary) {
  Command* command = NewCommand(Verb::kDropTable);
  command->temporary = temporary;
  if (!AcceptAny(Kw::kTABLE, Kw::kTABLES)) Fail("TABLE");
  AcceptIfExists();
  ParseObjectList(command, ObjectKind::kTable, Access::kDrop, "a table");
  if (mariadb()) ParseWaitOption();
  AcceptAny(Kw::kRESTRICT, Kw::kCASCADE);
  return Make(command);
}

// DROP kind [IF EXISTS] name [, name ...]; the kind's word is current.
Statement* Parser::ParseDropSimple(Verb verb, ObjectKind kind, bool many) {
  Command* command = NewCommand(verb);
  Advance();
  AcceptIfExists();
  if (many) {
    ParseObjectList(command, kind, Access::kDrop, "a name");
    if (kind == ObjectKind::kView) AcceptAny(Kw::kRESTRICT, Kw::kCASCADE);
  } else if (kind == ObjectKind::kSchema) {
    AddObject(command, kind, Access::kDrop, {{}, ParseName("a schema")});
  } else {
    AddObject(command, kind, Access::kDrop, ParseObjectName("a name"));
  }
  return Make(command);
}

// TRUNCATE [TABLE] t
Statement* Parser::ParseTruncate() {
  Command* command = NewCommand(Verb::kTruncate);
  Advance();
  Accept(Kw::kTABLE);
  AddObject(command, ObjectKind::kTable, Access::kDrop, ParseObjectName("a table"));
  if (mariadb()) ParseWaitOption();
  return Make(command);
}

// RENAME TABLE a TO b, ...; RENAME USER
Statement* Parser::ParseRename() {
  Advance();
  if (At(Kw::kUSER)) return ParseRenameUser();
  Command* command = NewCommand(Verb::kRenameTable);
  if (!AcceptAny(Kw::kTABLE, Kw::kTABLES)) Fail("TABLE or USER");
  if (mariadb()) AcceptIfExists();
  do {
    const ObjectName from = ParseObjectName("a table");
    AddObject(command, ObjectKind::kTable, Access::kAlter, from);
    AddObject(command, ObjectKind::kTable, Access::kDrop, from);
    if (mariadb()) ParseWaitOption();
    Expect(Kw::kTO);
    AddObject(command, ObjectKind::kTable, Access::kCreate, ParseObjectName("a table"));
  } while (Accept(Op::kComma));
  command->multi_table = command->objects.size > 3;
  return Make(command);
}

// CREATE|ALTER|DROP SERVER; the word SERVER is current.
Statement* Parser::ParseServer(Verb verb, bool or_replace) {
  Command* command = NewCommand(verb);
  Advance();
  Access access = Access::kAlter;
  if (verb == Verb::kDropServer) {
    access = Access::kDrop;
    AcceptIfExists();
  } else if (verb == Verb::kCreateServer) {
    access = Access::kCreate;
    if (mariadb()) {
      AcceptIfNotExists();
    } else if (or_replace) {
      Fail("VIEW");
    }
  }
  AddObject(command, ObjectKind::kServer, access, {{}, ParseNameOrString("a server")});
  if (verb == Verb::kDropServer) return Make(command);
  if (verb == Verb::kCreateServer) {
    Expect(Kw::kFOREIGN);
    Expect(Kw::kDATA);
    Expect(Kw::kWRAPPER);
    ParseNameOrString("a wrapper");
  }
  Expect(Kw::kOPTIONS);
  Expect(Op::kOpen);
  do {
    ParseAnyWord("an option");
    if (At(TokenKind::kInteger)) {
      Advance();
    } else {
      ParseString("a value");
    }
  } while (Accept(Op::kComma));
  Expect(Op::kClose);
  return Make(command);
}

// CREATE|ALTER [TEMPORARY] SEQUENCE name options (MariaDB); the word SEQUENCE is current.
Statement* Parser::ParseSequence(Verb verb, bool temporary, bool or_replace) {
  Command* command = NewCommand(verb);
  command->temporary = temporary;
  Advance();
  const bool creates = verb == Verb::kCreateSequence;
  creates ? AcceptIfNotExists() : AcceptIfExists();
  const ObjectName name = ParseObjectName("a sequence");
  AddObject(command, ObjectKind::kSequence, creates ? Access::kCreate : Access::kAlter, name);
  if (or_replace) AddObject(command, ObjectKind::kSequence, Access::kDrop, name);
  const auto number = [this] {
    if (Accept(Op::kMinus)) NoteClose();
    ParseUnsigned("a number");
  };
  for (;;) {
    if (AcceptAny(Kw::kNOCACHE, Kw::kCYCLE, Kw::kNOCYCLE, Kw::kNOMINVALUE, Kw::kNOMAXVALUE)) continue;
    if (Accept(Kw::kNO)) {
      if (!AcceptAny(Kw::kMINVALUE, Kw::kMAXVALUE, Kw::kCACHE, Kw::kCYCLE)) Fail("MINVALUE, MAXVALUE, CACHE or CYCLE");
    } else if (AcceptAny(Kw::kMINVALUE, Kw::kMAXVALUE, Kw::kCACHE)) {
      Accept(Op::kEqual);
      number();
    } else if (AcceptAny(Kw::kSTART)) {
      Accept(Kw::kWITH) || Accept(Op::kEqual);
      number();
    } else if (Accept(Kw::kINCREMENT)) {
      Accept(Kw::kBY) || Accept(Op::kEqual);
      number();
    } else if (!creates && Accept(Kw::kRESTART)) {
      Accept(Kw::kWITH) || Accept(Op::kEqual);
      if (At(TokenKind::kInteger) || At(Op::kMinus)) number();
    } else {
      break;
    }
  }
  if (creates) ParseTableOptions(command);
  return Make(command);
}

}  // namespace postern::sql
