// Transactions: START, BEGIN, COMMIT, ROLLBACK, savepoints, XA.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// START TRANSACTION [WITH CONSISTENT SNAPSHOT | READ ONLY | READ WRITE, ...]
Statement* Parser::ParseStart() {
  Advance();
  if (AtAny(Kw::kSLAVE, Kw::kREPLICA, Kw::kGROUP_REPLICATION) || (mariadb() && At(Kw::kALL))) return ParseReplica(true);
  Command* command = NewCommand(Verb::kBegin);
  Expect(Kw::kTRANSACTION);
  if (AtAny(Kw::kWITH, Kw::kREAD)) {
    do {
      if (Accept(Kw::kWITH)) {
        Expect(Kw::kCONSISTENT);
        Expect(Kw::kSNAPSHOT);
      } else {
        Expect(Kw::kREAD);
        if (!AcceptAny(Kw::kONLY, Kw::kWRITE)) Fail("ONLY or WRITE");
      }
    } while (Accept(Op::kComma));
  }
  command->implicit_commit = true;
  return Make(command);
}

// BEGIN [WORK]
Statement* Parser::ParseBegin() {
  Command* command = NewCommand(Verb::kBegin);
  Advance();
  Accept(Kw::kWORK);
  command->implicit_commit = true;
  return Make(command);
}

// [AND [NO] CHAIN] [[NO] RELEASE]
void Parser::ParseChainAndRelease() {
  bool chain = false;
  if (Accept(Kw::kAND)) {
    chain = !Accept(Kw::kNO);
    Expect(Kw::kCHAIN);
  }
  if (Accept(Kw::kNO)) {
    Expect(Kw::kRELEASE);
  } else if (!chain) {
    Accept(Kw::kRELEASE);
  }
}

// COMMIT [WORK] ..., ROLLBACK [WORK] ..., ROLLBACK [WORK] TO [SAVEPOINT] name
Statement* Parser::ParseCommitOrRollback() {
  const bool commits = At(Kw::kCOMMIT);
  Advance();
  Accept(Kw::kWORK);
  if (!commits && Accept(Kw::kTO)) {
    Command* command = NewCommand(Verb::kRollbackToSavepoint);
    Accept(Kw::kSAVEPOINT);
    ParseName("a savepoint");
    return Make(command);
  }
  Command* command = NewCommand(commits ? Verb::kCommit : Verb::kRollback);
  ParseChainAndRelease();
  return Make(command);
}

Statement* Parser::ParseSavepoint() {
  Command* command = NewCommand(Verb::kSavepoint);
  Advance();
  ParseName("a savepoint");
  return Make(command);
}

Statement* Parser::ParseRelease() {
  Command* command = NewCommand(Verb::kReleaseSavepoint);
  Advance();
  Expect(Kw::kSAVEPOINT);
  ParseName("a savepoint");
  return Make(command);
}

// 'gtrid' [, 'bqual' [, format]]
void Parser::ParseXid() {
  const auto part = [this] {
    if (At(TokenKind::kHexString) || At(TokenKind::kHexNumber) || At(TokenKind::kBitString) || At(TokenKind::kBitNumber)) {
      Advance();
    } else {
      ParseString("a transaction id");
    }
  };
  part();
  if (!Accept(Op::kComma)) return;
  part();
  if (!Accept(Op::kComma)) return;
  if (At(TokenKind::kHexNumber) || At(TokenKind::kHexString)) return Advance();
  ParseUnsigned("a format");
}

// XA START|BEGIN|END|PREPARE|COMMIT|ROLLBACK|RECOVER
Statement* Parser::ParseXa() {
  Command* command = NewCommand(Verb::kXa);
  Advance();
  if (Accept(Kw::kRECOVER)) {
    command->detail = "recover";
    if (Accept(Kw::kCONVERT)) Expect(Kw::kXID);
    if (mariadb() && Accept(Kw::kFORMAT)) {
      Expect(Op::kEqual);
      ParseNameOrString("a format");
    }
    return Make(command);
  }
  if (AcceptAny(Kw::kSTART, Kw::kBEGIN)) {
    command->detail = "start";
    ParseXid();
    AcceptAny(Kw::kJOIN, Kw::kRESUME);
  } else if (Accept(Kw::kEND)) {
    command->detail = "end";
    ParseXid();
    if (Accept(Kw::kSUSPEND) && Accept(Kw::kFOR)) Expect(Kw::kMIGRATE);
  } else if (Accept(Kw::kPREPARE)) {
    command->detail = "prepare";
    ParseXid();
  } else if (Accept(Kw::kCOMMIT)) {
    command->detail = "commit";
    ParseXid();
    if (Accept(Kw::kONE)) Expect(Kw::kPHASE);
  } else if (Accept(Kw::kROLLBACK)) {
    command->detail = "rollback";
    ParseXid();
  } else {
    Fail("START, END, PREPARE, COMMIT, ROLLBACK or RECOVER");
  }
  return Make(command);
}

}  // namespace postern::sql
