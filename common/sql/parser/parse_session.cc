// The session's own state: SET in all its forms, USE, prepared statements by name.
#include "common/sql/ascii.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {

Statement* Parser::ParseSet() {
  Hint(Verb::kSet);
  Advance();
  if (At(Kw::kPASSWORD)) return ParseSetPassword();
  if (At(Kw::kROLE)) return ParseSetRole();
  if (At(Kw::kDEFAULT) && Peek().keyword == Kw::kROLE) return ParseSetDefaultRole();
  if (At(Kw::kRESOURCE) && Peek().keyword == Kw::kGROUP) return ParseSetResourceGroup();
  if (mariadb() && At(Kw::kSTATEMENT) && Peek().kind == TokenKind::kWord) return ParseSetStatement();
  if (At(Kw::kTRANSACTION) && Peek().kind == TokenKind::kWord) return ParseSetTransaction(VariableScope::kTransaction);
  if (Peek().keyword == Kw::kTRANSACTION && AtAny(Kw::kGLOBAL, Kw::kSESSION, Kw::kLOCAL)) {
    bool given = false;
    return ParseSetTransaction(AcceptScope(given));
  }
  Set* set = New<Set>();
  ParseSetItems(set);
  return Make(set);
}

VariableScope Parser::AcceptScope(bool& given) {
  given = true;
  if (Accept(Kw::kGLOBAL)) return VariableScope::kGlobal;
  if (AcceptAny(Kw::kSESSION, Kw::kLOCAL)) return VariableScope::kSession;
  if (!mariadb() && Accept(Kw::kPERSIST)) return VariableScope::kPersist;
  if (!mariadb() && Accept(Kw::kPERSIST_ONLY)) return VariableScope::kPersistOnly;
  given = false;
  return VariableScope::kSession;
}

// A scope holds for the items after it that name none of their own.
void Parser::ParseSetItems(Set* set) {
  VariableScope sticky = VariableScope::kSession;
  do {
    bool given = false;
    const VariableScope scope = AcceptScope(given);
    if (given) sticky = scope;
    const bool plain = AtName();
    SetItem* item = ParseSetItem();
    if (item->kind == SetKind::kVariable && plain) item->scope = sticky;
    if (given && (item->kind != SetKind::kVariable || !plain)) Fail("a system variable");
    set->items.Add(item);
  } while (Accept(Op::kComma));
}

SetItem* Parser::ParseSetItem() {
  SetItem* item = New<SetItem>();
  const bool character_set = (At(Kw::kCHARACTER) || At(Kw::kCHAR)) && Peek().keyword == Kw::kSET;
  if (character_set || (At(Kw::kCHARSET) && Peek().op != Op::kEqual && Peek().op != Op::kDot)) {
    Advance();
    if (character_set) Advance();
    item->kind = SetKind::kCharacterSet;
    if (!Accept(Kw::kDEFAULT)) item->name = ParseCharsetName();
    return item;
  }
  const Token next = Peek();
  if (At(Kw::kNAMES) && next.op != Op::kEqual && next.op != Op::kAssign && next.op != Op::kDot) {
    Advance();
    item->kind = SetKind::kNames;
    if (!Accept(Kw::kDEFAULT)) {
      item->name = ParseCharsetName();
    } else if (!mariadb()) {
      return item;
    }
    if (Accept(Kw::kCOLLATE)) {
      if (!Accept(Kw::kDEFAULT)) item->collation = ParseCharsetName();
    }
    return item;
  }
  ParseSetVariableName(item);
  if (!Accept(Op::kEqual)) Expect(Op::kAssign);
  ParseSetValue(item);
  return item;
}

void Parser::ParseSetVariableName(SetItem* item) {
  if (At(TokenKind::kUserVariable)) {
    item->scope = VariableScope::kUser;
    item->name.raw = TextOf(token_).substr(1);
    return Advance();
  }
  if (At(TokenKind::kSystemVariable)) {
    const Expr* variable = ParseSystemVariable();
    item->prefix = variable->schema;
    item->name = variable->name;
    const std::string_view scope = variable->table.raw;
    if (EqualsIgnoreCase(scope, "global")) item->scope = VariableScope::kGlobal;
    if (EqualsIgnoreCase(scope, "persist")) item->scope = VariableScope::kPersist;
    if (EqualsIgnoreCase(scope, "persist_only")) item->scope = VariableScope::kPersistOnly;
    return;
  }
  // Behind other items MariaDB still takes SET PASSWORD, which is an account's; no server has a variable of that name.
  if (At(Kw::kPASSWORD) && Peek().op != Op::kDot) return Fail("a variable");
  item->name = ParseName("a variable");
  if (!Accept(Op::kDot)) return;
  item->prefix = item->name;
  item->name = ParseName("a variable");
}

// An expression, DEFAULT, or one of the reserved words that stand for themselves.
void Parser::ParseSetValue(SetItem* item) {
  const auto alone = [this] {
    return Peek().kind == TokenKind::kEnd || Peek().op == Op::kComma || Peek().op == Op::kSemicolon ||
           Peek().keyword == Kw::kFOR;
  };
  if (AtAny(Kw::kDEFAULT, Kw::kON, Kw::kALL, Kw::kBINARY, Kw::kROW, Kw::kSYSTEM) && alone()) {
    if (At(Kw::kDEFAULT)) return Advance();
    item->bare_word = true;
    item->value = NewExpr(ExprKind::kColumn);
    item->value->name.raw = TextOf(token_);
    NoteName(token_);
    Advance();
    Finish(item->value);
    return;
  }
  item->value = ParseExpr();
  item->bare_word = item->value->kind == ExprKind::kColumn && item->value->table.empty();
}

// Answers it as people write it, whatever its letters and blanks.
std::string_view Parser::ParseIsolationLevel() {
  Expect(Kw::kISOLATION);
  Expect(Kw::kLEVEL);
  if (Accept(Kw::kREPEATABLE)) {
    Expect(Kw::kREAD);
    return "ISOLATION LEVEL REPEATABLE READ";
  }
  if (Accept(Kw::kREAD)) {
    const bool committed = At(Kw::kCOMMITTED);
    if (!AcceptAny(Kw::kCOMMITTED, Kw::kUNCOMMITTED)) Fail("COMMITTED or UNCOMMITTED");
    return committed ? "ISOLATION LEVEL READ COMMITTED" : "ISOLATION LEVEL READ UNCOMMITTED";
  }
  Expect(Kw::kSERIALIZABLE);
  return "ISOLATION LEVEL SERIALIZABLE";
}

// SET [GLOBAL|SESSION] TRANSACTION ISOLATION LEVEL x | READ ONLY | READ WRITE, ...
Statement* Parser::ParseSetTransaction(VariableScope scope) {
  const bool global = scope == VariableScope::kGlobal;
  Command* command = NewCommand(global ? Verb::kSetGlobal : Verb::kSetTransaction);
  command->detail = "transaction";
  Expect(Kw::kTRANSACTION);
  do {
    SetItem* item = New<SetItem>();
    item->scope = scope;
    item->bare_word = true;
    item->value = NewExpr(ExprKind::kColumn);
    if (Accept(Kw::kREAD)) {
      item->name.raw = "transaction_read_only";
      item->value->name.raw = At(Kw::kONLY) ? "READ ONLY" : "READ WRITE";
      if (!AcceptAny(Kw::kONLY, Kw::kWRITE)) Fail("ONLY or WRITE");
    } else {
      item->name.raw = "transaction_isolation";
      item->value->name.raw = ParseIsolationLevel();
    }
    Finish(item->value);
    command->variables.Add(item);
  } while (Accept(Op::kComma));
  return Make(command);
}

// SET PASSWORD [FOR account] = 'x' | PASSWORD('x') | TO RANDOM [REPLACE 'x'] [RETAIN CURRENT PASSWORD]
Statement* Parser::ParseSetPassword() {
  Command* command = NewCommand(Verb::kSetPassword);
  Advance();
  if (Accept(Kw::kFOR)) AddAccount(command, ObjectKind::kUser, Access::kAlter);
  if (!mariadb() && Accept(Kw::kTO)) {
    Expect(Kw::kRANDOM);
  } else {
    Expect(Op::kEqual);
    if (mariadb() && (AtWord("PASSWORD") || AtWord("OLD_PASSWORD"))) {
      Advance();
      NoteClose();
      Expect(Op::kOpen);
      ParseString("a password");
      Expect(Op::kClose);
    } else {
      ParseString("a password");
    }
  }
  if (!mariadb() && Accept(Kw::kREPLACE)) ParseString("a password");
  if (!mariadb() && Accept(Kw::kRETAIN)) {
    Expect(Kw::kCURRENT);
    Expect(Kw::kPASSWORD);
  }
  command->implicit_commit = true;
  return Make(command);
}

Statement* Parser::ParseSetRole() {
  Command* command = NewCommand(Verb::kSetRole);
  Advance();
  if (AcceptAny(Kw::kNONE, Kw::kDEFAULT)) return Make(command);
  if (!mariadb() && Accept(Kw::kALL)) {
    if (Accept(Kw::kEXCEPT)) {
      do {
        AddAccount(command, ObjectKind::kRole, Access::kRead);
      } while (Accept(Op::kComma));
    }
    return Make(command);
  }
  do {
    AddAccount(command, ObjectKind::kRole, Access::kRead);
  } while (!mariadb() && Accept(Op::kComma));
  return Make(command);
}

Statement* Parser::ParseSetDefaultRole() {
  Command* command = NewCommand(Verb::kSetDefaultRole);
  Advance();
  Advance();
  if (!AcceptAny(Kw::kNONE, Kw::kALL)) {
    do {
      AddAccount(command, ObjectKind::kRole, Access::kRead);
    } while (!mariadb() && Accept(Op::kComma));
  }
  if (mariadb()) {
    if (Accept(Kw::kFOR)) AddAccount(command, ObjectKind::kUser, Access::kAlter);
  } else {
    Expect(Kw::kTO);
    do {
      AddAccount(command, ObjectKind::kUser, Access::kAlter);
    } while (Accept(Op::kComma));
  }
  command->implicit_commit = true;
  return Make(command);
}

// SET RESOURCE GROUP name [FOR id, ...]
Statement* Parser::ParseSetResourceGroup() {
  Command* command = NewCommand(Verb::kSetResourceGroup);
  Advance();
  Advance();
  AddObject(command, ObjectKind::kResourceGroup, Access::kRead, {{}, ParseName("a resource group")});
  if (Accept(Kw::kFOR)) {
    do {
      ParseUnsigned("a thread id");
    } while (Accept(Op::kComma) || At(TokenKind::kInteger));
  }
  return Make(command);
}

// SET STATEMENT variable = value, ... FOR statement
Statement* Parser::ParseSetStatement() {
  Command* command = NewCommand(Verb::kSet);
  command->detail = "statement";
  command->body_runs = true;
  Advance();
  do {  // the session's variables by their bare names, and nothing else that SET takes
    if (!AtName() || AtAny(Kw::kGLOBAL, Kw::kSESSION, Kw::kLOCAL)) Fail("a system variable");
    SetItem* item = ParseSetItem();
    if (item->kind != SetKind::kVariable) Fail("a system variable");
    command->variables.Add(item);
  } while (Accept(Op::kComma));
  Expect(Kw::kFOR);
  NewLine();
  StatementRef* nested = New<StatementRef>();
  nested->statement = ParseStatement();
  command->statements.Add(nested);
  return Make(command);
}

Statement* Parser::ParseUse() {
  Command* command = NewCommand(Verb::kUse);
  Advance();
  AddObject(command, ObjectKind::kSchema, Access::kInspect, {{}, ParseName("a schema")});
  return Make(command);
}

// PREPARE name FROM 'text' | @variable
Statement* Parser::ParsePrepare() {
  Command* command = NewCommand(Verb::kPrepare);
  command->dynamic_sql = true;
  Advance();
  AddObject(command, ObjectKind::kPreparedStatement, Access::kCreate, {{}, ParseName("a name")});
  Expect(Kw::kFROM);
  if (At(TokenKind::kString) && (Peek().kind == TokenKind::kEnd || Peek().op == Op::kSemicolon)) {
    command->prepared_text = ParseString("a statement");
  } else if (mariadb()) {
    command->exprs.Add(ParseExpr());
  } else if (At(TokenKind::kUserVariable)) {
    command->exprs.Add(ParseUserVariable());
  } else {
    Fail("a string or a user variable");
  }
  return Make(command);
}

// EXECUTE name [USING @a, ...], EXECUTE IMMEDIATE text [USING ...]
Statement* Parser::ParseExecute() {
  Advance();
  const bool immediate = mariadb() && At(Kw::kIMMEDIATE) && Peek().kind != TokenKind::kEnd;
  Command* command = NewCommand(immediate ? Verb::kExecuteImmediate : Verb::kExecute);
  command->dynamic_sql = true;
  if (immediate) {
    Advance();
    command->exprs.Add(ParseExpr());
  } else {
    AddObject(command, ObjectKind::kPreparedStatement, Access::kExecute, {{}, ParseName("a name")});
  }
  if (Accept(Kw::kUSING)) {
    do {
      if (mariadb() && At(Kw::kDEFAULT)) {
        Advance();
      } else if (mariadb()) {
        command->exprs.Add(ParseExpr());
      } else if (At(TokenKind::kUserVariable)) {
        command->exprs.Add(ParseUserVariable());
      } else {
        Fail("a user variable");
      }
    } while (Accept(Op::kComma));
  }
  return Make(command);
}

// DEALLOCATE PREPARE name; DROP PREPARE name comes here from DROP.
Statement* Parser::ParseDeallocate() {
  Command* command = NewCommand(Verb::kDeallocate);
  Advance();
  Expect(Kw::kPREPARE);
  AddObject(command, ObjectKind::kPreparedStatement, Access::kDrop, {{}, ParseName("a name")});
  return Make(command);
}

}  // namespace postern::sql
