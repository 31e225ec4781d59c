// Replication, back-ups and clones: CHANGE, START, STOP, BACKUP, CLONE, IMPORT.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// A value of an option: a literal, a word, or a list of either in parentheses.
void Parser::ParseOptionValue() {
  const auto plain = [this] {
    return At(TokenKind::kString) || At(TokenKind::kInteger) || At(TokenKind::kDecimal) || At(TokenKind::kFloat) ||
           At(TokenKind::kWord) || At(TokenKind::kQuotedName);
  };
  if (!Accept(Op::kOpen)) {
    if (!plain()) return Fail("a value");
    if (At(TokenKind::kWord)) NoteName(token_);
    Advance();
    if (At(TokenKind::kUserVariable)) {
      NoteClose();
      Advance();
    }
    return;
  }
  while (!At(Op::kClose) && !failed_) {
    if (At(Op::kOpen)) {
      ParseParenthesizedNames();
    } else if (plain()) {
      ParseOptionValue();
      if (Accept(Op::kDot)) ParseAnyWord("a table");
    } else {
      Fail("a value");
    }
    if (!Accept(Op::kComma)) break;
  }
  Expect(Op::kClose);
}

// word = value, ...
void Parser::ParseOptionList() {
  do {
    ParseAnyWord("an option");
    Expect(Op::kEqual);
    ParseOptionValue();
  } while (Accept(Op::kComma));
}

// CHANGE MASTER ['connection'] TO ..., CHANGE REPLICATION SOURCE TO ..., CHANGE REPLICATION FILTER ...
Statement* Parser::ParseChange() {
  Command* command = NewCommand(Verb::kChangeReplication);
  Advance();
  if (Accept(Kw::kREPLICATION)) {
    if (mariadb()) Fail("MASTER");
    if (Accept(Kw::kFILTER)) {
      do {
        ParseAnyWord("a filter");
        Expect(Op::kEqual);
        if (!At(Op::kOpen)) Fail("(");
        ParseOptionValue();
      } while (Accept(Op::kComma));
      ParseChannel();
      return Make(command);
    }
    Expect(Kw::kSOURCE);
  } else {
    if (!mariadb() && dialect_.version >= 80400) Fail("REPLICATION");
    Expect(Kw::kMASTER);
    if (mariadb() && At(TokenKind::kString)) Advance();
  }
  Expect(Kw::kTO);
  ParseOptionList();
  ParseChannel();
  return Make(command);
}

// START|STOP SLAVE|REPLICA|GROUP_REPLICATION options; the word behind START or STOP is current.
Statement* Parser::ParseReplica(bool start) {
  Command* command = NewCommand(start ? Verb::kStartReplication : Verb::kStopReplication);
  command->implicit_commit = true;
  const bool old_words = mariadb() || dialect_.version < 80400;
  if (mariadb() && Accept(Kw::kALL)) {
    if (!AcceptAny(Kw::kSLAVES, Kw::kREPLICAS)) Fail("REPLICAS");
  } else if (!mariadb() && Accept(Kw::kGROUP_REPLICATION)) {
    if (start && At(TokenKind::kWord)) ParseOptionList();
    return Make(command);
  } else if (!Accept(Kw::kREPLICA) && !(old_words && Accept(Kw::kSLAVE))) {
    Fail("REPLICA");
  }
  if (mariadb() && At(TokenKind::kString)) Advance();
  if (AtAny(Kw::kIO_THREAD, Kw::kSQL_THREAD, Kw::kRELAY_THREAD)) {
    do {
      if (!AcceptAny(Kw::kIO_THREAD, Kw::kSQL_THREAD, Kw::kRELAY_THREAD)) Fail("IO_THREAD or SQL_THREAD");
    } while (Accept(Op::kComma));
  }
  if (start && Accept(Kw::kUNTIL)) {
    if (!Accept(Kw::kSQL_AFTER_MTS_GAPS)) ParseOptionList();
  }
  while (start && !mariadb() && AtAny(Kw::kUSER, Kw::kPASSWORD, Kw::kDEFAULT_AUTH, Kw::kPLUGIN_DIR)) {
    Advance();
    Expect(Op::kEqual);
    ParseString("a value");
  }
  ParseChannel();
  return Make(command);
}

Statement* Parser::ParseStop() {
  Advance();
  return ParseReplica(false);
}

// BACKUP STAGE x, BACKUP LOCK t, BACKUP UNLOCK (MariaDB)
Statement* Parser::ParseBackup() {
  Command* command = NewCommand(Verb::kBackup);
  Advance();
  if (!mariadb()) Fail("a statement");
  if (AcceptWord("STAGE")) {
    if (!Accept(Kw::kSTART) && !Accept(Kw::kEND)) ParseName("a stage");
  } else if (Accept(Kw::kLOCK)) {
    AddObject(command, ObjectKind::kTable, Access::kLock, ParseObjectName("a table"));
  } else {
    Expect(Kw::kUNLOCK);
  }
  return Make(command);
}

// CLONE LOCAL DATA DIRECTORY [=] 'd', CLONE INSTANCE FROM account:port IDENTIFIED BY 'x' ... (MySQL)
Statement* Parser::ParseClone() {
  Command* command = NewCommand(Verb::kClone);
  Advance();
  if (mariadb()) Fail("a statement");
  const auto directory = [&] {
    Expect(Kw::kDATA);
    Expect(Kw::kDIRECTORY);
    Accept(Op::kEqual);
    AddObject(command, ObjectKind::kFile, Access::kCreate, {{}, {ParseString("a path")}})->is_string = true;
  };
  if (Accept(Kw::kLOCAL)) {
    directory();
    return Make(command);
  }
  Expect(Kw::kINSTANCE);
  Expect(Kw::kFROM);
  ParseAccount();
  Expect(Op::kColon);
  ParseUnsigned("a port");
  Expect(Kw::kIDENTIFIED);
  Expect(Kw::kBY);
  ParseString("a password");
  if (At(Kw::kDATA)) directory();
  if (Accept(Kw::kREQUIRE)) {
    Accept(Kw::kNO);
    Expect(Kw::kSSL);
  }
  return Make(command);
}

// IMPORT TABLE FROM 'file', ... (MySQL)
Statement* Parser::ParseImport() {
  Command* command = NewCommand(Verb::kImportTable);
  Advance();
  if (mariadb()) Fail("a statement");
  Expect(Kw::kTABLE);
  Expect(Kw::kFROM);
  do {
    AddObject(command, ObjectKind::kFile, Access::kRead, {{}, {ParseString("a file")}})->is_string = true;
  } while (Accept(Op::kComma));
  return Make(command);
}

}  // namespace postern::sql
