// Compound statements: blocks, branches, loops, cursors, conditions. They stand in stored programs; MariaDB also runs
// blocks, branches and loops by themselves. Their labels, variables and cursors are local names that touch nothing.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// Whether a block, branch or loop starts here. By itself it does so only in MariaDB, BEGIN only as BEGIN NOT ATOMIC.
bool Parser::AtCompound() {
  const bool labelled = AtName() && Peek().op == Op::kColon;
  if (in_program_ == 0 && !mariadb()) return false;
  if (labelled || AtAny(Kw::kIF, Kw::kCASE, Kw::kLOOP, Kw::kWHILE, Kw::kREPEAT)) return true;
  if (At(Kw::kFOR)) return mariadb();
  if (At(Kw::kBEGIN)) return in_program_ > 0 || Peek().keyword == Kw::kNOT;
  return in_program_ > 0 && (AtAny(Kw::kLEAVE, Kw::kITERATE, Kw::kRETURN, Kw::kOPEN, Kw::kCLOSE, Kw::kFETCH));
}

Statement* Parser::ParseCompound() {
  const Depth depth(*this);
  Command* command = NewCommand(Verb::kBlock);
  command->body_runs = true;
  const bool labelled = AtName() && Peek().op == Op::kColon;
  if (labelled) {
    ParseName("a label");
    Advance();
  }
  ++in_program_;
  if (Accept(Kw::kBEGIN)) {
    ParseBlock(command);
  } else if (Accept(Kw::kLOOP)) {
    ParseStatements(command);
    Expect(Kw::kEND);
    Expect(Kw::kLOOP);
  } else if (Accept(Kw::kWHILE)) {
    command->exprs.Add(ParseExpr());
    Expect(Kw::kDO);
    ParseStatements(command);
    Expect(Kw::kEND);
    Expect(Kw::kWHILE);
  } else if (Accept(Kw::kREPEAT)) {
    ParseStatements(command);
    Expect(Kw::kUNTIL);
    command->exprs.Add(ParseExpr());
    Expect(Kw::kEND);
    Expect(Kw::kREPEAT);
  } else if (mariadb() && Accept(Kw::kFOR)) {
    ParseForLoop(command);
  } else if (labelled) {
    Fail("BEGIN or a loop");
  } else {
    ParseUnlabelled(command);
    --in_program_;
    return Make(command);
  }
  --in_program_;
  if (AtName() && !AtEnd()) ParseName("a label");
  return Make(command);
}

// IF, CASE and the one-line statements of programs.
void Parser::ParseUnlabelled(Command* command) {
  if (Accept(Kw::kIF)) return ParseIf(command);
  if (Accept(Kw::kCASE)) return ParseCaseStatement(command);
  if (AcceptAny(Kw::kLEAVE, Kw::kITERATE)) {
    ParseName("a label");
  } else if (Accept(Kw::kRETURN)) {
    if (!AtEnd()) command->exprs.Add(ParseExpr());
  } else if (Accept(Kw::kOPEN)) {
    ParseName("a cursor");
    if (mariadb() && Accept(Op::kOpen)) {
      if (!At(Op::kClose)) ParseExprList(command->exprs);
      Expect(Op::kClose);
    }
  } else if (Accept(Kw::kCLOSE)) {
    ParseName("a cursor");
  } else {
    Expect(Kw::kFETCH);
    if (mariadb() && Accept(Kw::kGROUP)) {  // of an aggregate function
      Expect(Kw::kNEXT);
      return Expect(Kw::kROW);
    }
    if (At(Kw::kNEXT) && Peek().keyword == Kw::kFROM) Advance();
    Accept(Kw::kFROM);
    ParseName("a cursor");
    Expect(Kw::kINTO);
    do {
      if (!AcceptTargetVariable(command)) ParseName("a variable");
    } while (Accept(Op::kComma));
  }
}

// @x where a value is put into it.
bool Parser::AcceptTargetVariable(Command* command) {
  if (!At(TokenKind::kUserVariable)) return false;
  Expr* target = NewExpr(ExprKind::kAssignment);
  target->name.raw = TextOf(token_).substr(1);
  Advance();
  command->exprs.Add(Finish(target));
  return true;
}

// statement; statement; ... up to END, ELSE, ELSEIF, UNTIL or WHEN
void Parser::ParseStatements(Command* command) {
  while (!AtAny(Kw::kEND, Kw::kELSE, Kw::kELSEIF, Kw::kUNTIL, Kw::kWHEN) && !failed_) {
    const Indent indent(*this);
    NewLine();
    StatementRef* ref = New<StatementRef>();
    ref->statement = ParseStatement();
    command->statements.Add(ref);
    if (!At(Op::kSemicolon)) return Fail(";");
    Advance();
  }
  NewLine();
}

// BEGIN [NOT ATOMIC] declarations statements END
void Parser::ParseBlock(Command* command) {
  if (Accept(Kw::kNOT)) Expect(Kw::kATOMIC);
  while (At(Kw::kDECLARE)) {
    const Indent indent(*this);
    NewLine();
    ParseDeclaration(command);
    if (!At(Op::kSemicolon)) return Fail(";");
    Advance();
  }
  ParseStatements(command);
  Expect(Kw::kEND);
}

// DECLARE variables type [DEFAULT x] | name CONDITION FOR x | name CURSOR FOR query | kind HANDLER FOR x, ... statement
void Parser::ParseDeclaration(Command* command) {
  const Depth depth(*this);
  Advance();
  if (AtAny(Kw::kCONTINUE, Kw::kEXIT, Kw::kUNDO) && Peek().keyword == Kw::kHANDLER) {
    Advance();
    Advance();
    Expect(Kw::kFOR);
    do {
      ParseCondition();
    } while (Accept(Op::kComma));
    StatementRef* ref = New<StatementRef>();
    ref->statement = ParseStatement();
    command->statements.Add(ref);
    return;
  }
  ParseName("a variable");
  if (Accept(Kw::kCONDITION)) {
    Expect(Kw::kFOR);
    return ParseCondition();
  }
  if (At(Kw::kCURSOR)) {
    Advance();
    if (mariadb() && At(Op::kOpen)) ParseParameters(command, false);
    Expect(Kw::kFOR);
    QueryRef* query = New<QueryRef>();
    query->query = ParseQuery();
    command->queries.Add(query);
    return;
  }
  while (Accept(Op::kComma)) ParseName("a variable");
  ParseProgramType();
  if (Accept(Kw::kDEFAULT) || (mariadb() && Accept(Op::kAssign))) command->exprs.Add(ParseExpr());
}

// SQLSTATE [VALUE] 'x', an error number, SQLWARNING, NOT FOUND, SQLEXCEPTION, or a name
void Parser::ParseCondition() {
  if (Accept(Kw::kSQLSTATE)) {
    Accept(Kw::kVALUE);
    ParseString("a state");
  } else if (At(TokenKind::kInteger)) {
    Advance();
  } else if (AcceptAny(Kw::kSQLWARNING, Kw::kSQLEXCEPTION)) {
  } else if (Accept(Kw::kNOT)) {
    Expect(Kw::kFOUND);
  } else {
    ParseName("a condition");
  }
}

// IF x THEN ... [ELSEIF y THEN ...] [ELSE ...] END IF
void Parser::ParseIf(Command* command) {
  do {
    command->exprs.Add(ParseExpr());
    Expect(Kw::kTHEN);
    ParseStatements(command);
  } while (Accept(Kw::kELSEIF));
  if (Accept(Kw::kELSE)) ParseStatements(command);
  Expect(Kw::kEND);
  Expect(Kw::kIF);
}

// CASE [x] WHEN y THEN ... [ELSE ...] END CASE
void Parser::ParseCaseStatement(Command* command) {
  if (!At(Kw::kWHEN)) command->exprs.Add(ParseExpr());
  do {
    NewLine();
    Expect(Kw::kWHEN);
    command->exprs.Add(ParseExpr());
    Expect(Kw::kTHEN);
    ParseStatements(command);
  } while (At(Kw::kWHEN));
  if (Accept(Kw::kELSE)) ParseStatements(command);
  Expect(Kw::kEND);
  Expect(Kw::kCASE);
}

// FOR x IN [REVERSE] a .. b | cursor | (query) DO ... END FOR
void Parser::ParseForLoop(Command* command) {
  ParseName("a variable");
  Expect(Kw::kIN);
  if (AtWord("REVERSE") && Peek().op != Op::kOpen) Advance();
  if (At(Op::kOpen)) {
    Expr* bound = ParseParenthesized();
    if (bound->kind != ExprKind::kSubquery) seed_ = bound;
    if (bound->kind == ExprKind::kSubquery && At(Kw::kDO)) {
      command->exprs.Add(bound);
    } else {
      seed_ = bound;
      command->exprs.Add(ParseExpr());
      Expect(Op::kDotDot);
      command->exprs.Add(ParseExpr());
    }
  } else {
    command->exprs.Add(ParseExpr());
    if (Accept(Op::kDotDot)) command->exprs.Add(ParseExpr());
  }
  Expect(Kw::kDO);
  ParseStatements(command);
  Expect(Kw::kEND);
  Expect(Kw::kFOR);
}

// SIGNAL condition [SET item = x, ...], RESIGNAL [condition] [SET ...]
Statement* Parser::ParseSignal() {
  const bool again = At(Kw::kRESIGNAL);
  Command* command = NewCommand(again ? Verb::kResignal : Verb::kSignal);
  Advance();
  if (!again || (!AtEnd() && !At(Kw::kSET))) {
    if (Accept(Kw::kSQLSTATE)) {
      Accept(Kw::kVALUE);
      ParseString("a state");
    } else {
      ParseName("a condition");
    }
  }
  if (Accept(Kw::kSET)) {
    do {
      ParseName("a condition item");
      Expect(Op::kEqual);
      command->exprs.Add(ParseSimple());
    } while (Accept(Op::kComma));
  }
  return Make(command);
}

// GET [CURRENT|STACKED] DIAGNOSTICS target = item, ... | CONDITION n target = item, ...
Statement* Parser::ParseGetDiagnostics() {
  Command* command = NewCommand(Verb::kGetDiagnostics);
  Advance();
  AcceptAny(Kw::kCURRENT, Kw::kSTACKED);
  Expect(Kw::kDIAGNOSTICS);
  if (Accept(Kw::kCONDITION)) command->exprs.Add(ParseSimple());
  do {
    if (!AcceptTargetVariable(command)) ParseName("a variable");
    Expect(Op::kEqual);
    if (!Accept(Kw::kROW_NUMBER)) ParseName("an item");
  } while (Accept(Op::kComma));
  return Make(command);
}

}  // namespace postern::sql
