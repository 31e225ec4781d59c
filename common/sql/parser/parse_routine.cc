// Stored programs: procedures, functions, triggers, events. What stands in their bodies runs later.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// PROCEDURE, FUNCTION, TRIGGER or EVENT is current; the definer is read.
Statement* Parser::ParseCreateRoutine(bool or_replace) {
  if (At(Kw::kPROCEDURE)) return ParseCreateProcedure(or_replace);
  if (AtAny(Kw::kFUNCTION, Kw::kAGGREGATE)) return ParseCreateFunction(or_replace);
  if (At(Kw::kTRIGGER)) return ParseCreateTrigger(or_replace);
  if (At(Kw::kEVENT)) return ParseCreateEvent(or_replace);
  Fail("VIEW, PROCEDURE, FUNCTION, TRIGGER or EVENT");
  return Make(NewCommand(Verb::kCreateProcedure));
}

// The object that is created, and dropped before that under OR REPLACE.
void Parser::AddCreated(Command* command, ObjectKind kind, bool or_replace) {
  const ObjectName name = ParseObjectName("a name");
  AddObject(command, kind, Access::kCreate, name);
  if (or_replace) AddObject(command, kind, Access::kDrop, name);
}

// The statement that the program holds.
void Parser::ParseBody(Command* command) {
  command->body_is_definition = true;
  if (ParseForeignBody()) {
    command->dynamic_sql = true;
    return;
  }
  NewLine();
  StatementRef* body = New<StatementRef>();
  ++in_program_;
  body->statement = ParseStatement();
  --in_program_;
  command->statements.Add(body);
}

// ([IN|OUT|INOUT] name type, ...)
void Parser::ParseParameters(Command* command, bool directions) {
  Expect(Op::kOpen);
  if (!At(Op::kClose)) {
    do {
      if (directions || mariadb()) AcceptAny(Kw::kIN, Kw::kOUT, Kw::kINOUT);
      ParseName("a parameter");
      ParseProgramType();
      if (mariadb() && (Accept(Kw::kDEFAULT) || Accept(Op::kAssign))) command->exprs.Add(ParseExpr());
    } while (Accept(Op::kComma));
  }
  Expect(Op::kClose);
}

// A column's type, with its collation; or in MariaDB TYPE OF t.c and ROW.
void Parser::ParseProgramType() {
  if (mariadb() && At(Kw::kTYPE) && Peek().keyword == Kw::kOF) {
    Advance();
    Advance();
    ParseColumnOrCall();
    return;
  }
  if (mariadb() && At(Kw::kROW)) {
    const Depth depth(*this);
    Advance();
    if (Accept(Kw::kTYPE)) {
      Expect(Kw::kOF);
      ParseColumnOrCall();
      return;
    }
    Expect(Op::kOpen);
    do {
      ParseName("a field");
      ParseProgramType();
    } while (Accept(Op::kComma));
    return Expect(Op::kClose);
  }
  if (!ParseDataType()) Fail("a type");
  if (Accept(Kw::kCOLLATE)) ParseCharsetName();
}

void Parser::ParseCharacteristics() {
  for (;;) {
    if (Accept(Kw::kCOMMENT)) {
      ParseString("a comment");
    } else if (Accept(Kw::kLANGUAGE)) {
      if (!Accept(Kw::kSQL) && (mariadb() || !AcceptWord("JAVASCRIPT"))) Fail("SQL");
    } else if (!mariadb() && At(Kw::kUSING)) {
      Advance();
      Expect(Op::kOpen);
      do {
        ParseObjectName("a library");
        if (Accept(Kw::kAS) || AtName()) ParseName("an alias");
      } while (Accept(Op::kComma));
      Expect(Op::kClose);
    } else if (Accept(Kw::kDETERMINISTIC)) {
    } else if (At(Kw::kNOT)) {
      Advance();
      Expect(Kw::kDETERMINISTIC);
    } else if (AcceptAny(Kw::kNO, Kw::kCONTAINS)) {
      Expect(Kw::kSQL);
    } else if (AcceptAny(Kw::kREADS, Kw::kMODIFIES)) {
      Expect(Kw::kSQL);
      Expect(Kw::kDATA);
    } else if (Accept(Kw::kSQL)) {
      Expect(Kw::kSECURITY);
      if (!AcceptAny(Kw::kDEFINER, Kw::kINVOKER)) Fail("DEFINER or INVOKER");
    } else {
      return;
    }
  }
}

// LANGUAGE JAVASCRIPT AS 'text' behind the characteristics: code in another language, which is not read. Its statements
// reach the server through an interface of its own, so the routine counts as dynamic SQL.
bool Parser::ParseForeignBody() {
  if (mariadb() || !Accept(Kw::kAS)) return false;
  ParseString("the routine's text");
  return true;
}

// LIBRARY [IF NOT EXISTS] name [COMMENT 'x'] LANGUAGE JAVASCRIPT AS 'text'
Statement* Parser::ParseCreateLibrary() {
  Command* command = NewCommand(Verb::kCreateLibrary);
  command->dynamic_sql = true;
  Advance();
  AcceptIfNotExists();
  AddCreated(command, ObjectKind::kLibrary, false);
  ParseCharacteristics();
  if (!ParseForeignBody()) Fail("AS");
  return Make(command);
}

Statement* Parser::ParseCreateProcedure(bool or_replace) {
  Command* command = NewCommand(Verb::kCreateProcedure);
  Advance();
  AcceptIfNotExists();
  AddCreated(command, ObjectKind::kProcedure, or_replace);
  ParseParameters(command, true);
  ParseCharacteristics();
  ParseBody(command);
  return Make(command);
}

// [AGGREGATE] FUNCTION f (parameters) RETURNS type ... body, or a loadable one: FUNCTION f RETURNS kind SONAME 'library'
Statement* Parser::ParseCreateFunction(bool or_replace) {
  Command* command = NewCommand(Verb::kCreateFunction);
  Accept(Kw::kAGGREGATE);
  Expect(Kw::kFUNCTION);
  AcceptIfNotExists();
  AddCreated(command, ObjectKind::kFunction, or_replace);
  if (Accept(Kw::kRETURNS)) {
    if (!AcceptWord("STRING") && !AcceptAny(Kw::kINTEGER, Kw::kINT, Kw::kREAL, Kw::kDECIMAL)) Fail("a kind of result");
    Expect(Kw::kSONAME);
    AddObject(command, ObjectKind::kFile, Access::kExecute, {{}, {ParseString("a library")}})->is_string = true;
    return Make(command);
  }
  ParseParameters(command, false);
  Expect(Kw::kRETURNS);
  ParseProgramType();
  ParseCharacteristics();
  ParseBody(command);
  return Make(command);
}

// TRIGGER name BEFORE|AFTER event ON t FOR EACH ROW [FOLLOWS|PRECEDES other] body
Statement* Parser::ParseCreateTrigger(bool or_replace) {
  Command* command = NewCommand(Verb::kCreateTrigger);
  Advance();
  AcceptIfNotExists();
  AddCreated(command, ObjectKind::kTrigger, or_replace);
  if (!AcceptAny(Kw::kBEFORE, Kw::kAFTER)) Fail("BEFORE or AFTER");
  if (!AcceptAny(Kw::kINSERT, Kw::kUPDATE, Kw::kDELETE)) Fail("INSERT, UPDATE or DELETE");
  Expect(Kw::kON);
  AddObject(command, ObjectKind::kTable, Access::kAlter, ParseObjectName("a table"));
  Expect(Kw::kFOR);
  Expect(Kw::kEACH);
  Expect(Kw::kROW);
  if (AcceptAny(Kw::kFOLLOWS, Kw::kPRECEDES)) ParseObjectName("a trigger");
  ParseBody(command);
  return Make(command);
}

// AT time | EVERY n unit [STARTS time] [ENDS time]
void Parser::ParseSchedule(Command* command) {
  if (Accept(Kw::kAT)) {
    command->exprs.Add(ParseExpr());
    return;
  }
  Expect(Kw::kEVERY);
  command->exprs.Add(ParseInterval(ParseExpr(), token_.begin));
  if (Accept(Kw::kSTARTS)) command->exprs.Add(ParseExpr());
  if (Accept(Kw::kENDS)) command->exprs.Add(ParseExpr());
}

// [ON COMPLETION [NOT] PRESERVE] [RENAME TO e] [ENABLE | DISABLE [ON REPLICA]] [COMMENT 'x']
void Parser::ParseEventOptions(Command* command, bool alter) {
  if (alter && AcceptAll(Kw::kON, Kw::kSCHEDULE)) ParseSchedule(command);
  if (Accept(Kw::kON)) {
    Expect(Kw::kCOMPLETION);
    Accept(Kw::kNOT);
    Expect(Kw::kPRESERVE);
  }
  if (alter && Accept(Kw::kRENAME)) {
    Expect(Kw::kTO);
    AddObject(command, ObjectKind::kEvent, Access::kCreate, ParseObjectName("an event"));
  }
  if (!Accept(Kw::kENABLE) && Accept(Kw::kDISABLE) && Accept(Kw::kON)) {
    if (!AcceptAny(Kw::kSLAVE, Kw::kREPLICA)) Fail("REPLICA");
  }
  if (Accept(Kw::kCOMMENT)) ParseString("a comment");
}

Statement* Parser::ParseCreateEvent(bool or_replace) {
  Command* command = NewCommand(Verb::kCreateEvent);
  Advance();
  AcceptIfNotExists();
  AddCreated(command, ObjectKind::kEvent, or_replace);
  Expect(Kw::kON);
  Expect(Kw::kSCHEDULE);
  ParseSchedule(command);
  ParseEventOptions(command, false);
  Expect(Kw::kDO);
  ParseBody(command);
  return Make(command);
}

// ALTER [DEFINER = x] EVENT name options [DO body]; EVENT is current.
Statement* Parser::ParseAlterEvent() {
  Command* command = NewCommand(Verb::kAlterEvent);
  Advance();
  AddObject(command, ObjectKind::kEvent, Access::kAlter, ParseObjectName("an event"));
  ParseEventOptions(command, true);
  if (Accept(Kw::kDO)) ParseBody(command);
  return Make(command);
}

}  // namespace postern::sql
