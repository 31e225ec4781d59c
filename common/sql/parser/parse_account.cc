// Accounts and rights: CREATE/ALTER/DROP USER and ROLE, GRANT, REVOKE.
#include "common/sql/parser/parser.h"

namespace postern::sql {

void Parser::AddAccount(Command* command, ObjectKind kind, Access access) {
  AddObject(command, kind, access, {{}, ParseAccount()});
}

// CREATE USER [IF NOT EXISTS] spec, ... options; ALTER USER [IF EXISTS] ...; the word USER is current.
Statement* Parser::ParseCreateUser(Verb verb) {
  const bool create = verb == Verb::kCreateUser;
  Command* command = NewCommand(verb);
  Advance();
  create ? AcceptIfNotExists() : AcceptIfExists();
  const Access access = create ? Access::kCreate : Access::kAlter;
  if (!create && AcceptWord("USER")) {  // ALTER USER USER() ...
    NoteClose();
    Expect(Op::kOpen);
    Expect(Op::kClose);
    AddFixed(command, "current user");
    ParseAuth();
    return Make(command);
  }
  do {
    AddAccount(command, ObjectKind::kUser, access);
    if (!create && !mariadb() && At(Kw::kDEFAULT) && Peek().keyword == Kw::kROLE) break;
    if (!create && !mariadb() && ParseFactors()) continue;
    ParseAuth();
  } while (Accept(Op::kComma));
  if (AcceptAll(Kw::kDEFAULT, Kw::kROLE)) {
    if (!create && AcceptAny(Kw::kNONE, Kw::kALL)) return Make(command);
    do {
      AddAccount(command, ObjectKind::kRole, Access::kGrant);
    } while (Accept(Op::kComma));
  }
  ParseUserOptions();
  return Make(command);
}

// {ADD | MODIFY | DROP} n FACTOR ..., n FACTOR INITIATE | FINISH REGISTRATION | UNREGISTER. False if none starts here.
bool Parser::ParseFactors() {
  if (At(TokenKind::kInteger)) {
    Advance();
    Expect(Kw::kFACTOR);
    if (Accept(Kw::kUNREGISTER)) return true;
    const bool finish = Accept(Kw::kFINISH);
    if (!finish) Expect(Kw::kINITIATE);
    Expect(Kw::kREGISTRATION);
    if (finish) {
      Expect(Kw::kSET);
      Expect(Kw::kCHALLENGE_RESPONSE);
      Expect(Kw::kAS);
      ParseString("a response");
    }
    return true;
  }
  if (!AtAny(Kw::kADD, Kw::kMODIFY, Kw::kDROP)) return false;
  while (AtAny(Kw::kADD, Kw::kMODIFY, Kw::kDROP)) {
    const bool drop = At(Kw::kDROP);
    Advance();
    ParseUnsigned("2 or 3");
    Expect(Kw::kFACTOR);
    if (!drop) ParseAuth();
  }
  return true;
}

// IDENTIFIED BY 'x' | WITH plugin [BY 'x' | AS 'x' | USING 'x'] | VIA plugin ... (MariaDB), once or for several factors
void Parser::ParseAuth() {
  const auto secret = [this] {
    if (Accept(Kw::kRANDOM)) return Expect(Kw::kPASSWORD);
    if (At(TokenKind::kHexNumber)) return Advance();
    if (mariadb() && Accept(Kw::kPASSWORD)) {
      if (At(Op::kOpen)) {
        NoteClose();
        Advance();
        ParseString("a password");
        return Expect(Op::kClose);
      }
    }
    ParseString("a password");
  };
  if (!mariadb() && Accept(Kw::kDISCARD)) {
    Expect(Kw::kOLD);
    return Expect(Kw::kPASSWORD);
  }
  if (!Accept(Kw::kIDENTIFIED)) return;
  do {
    if (Accept(Kw::kBY)) {
      secret();
    } else {
      if (!Accept(Kw::kWITH) && !(mariadb() && Accept(Kw::kVIA))) Fail("BY or WITH");
      do {
        ParseNameOrString("a plug-in");
        if (Accept(Kw::kBY) || Accept(Kw::kAS) || Accept(Kw::kUSING)) secret();
      } while (mariadb() && Accept(Kw::kOR));
    }
  } while (!mariadb() && AcceptAll(Kw::kAND, Kw::kIDENTIFIED));
  if (!mariadb() && Accept(Kw::kINITIAL)) {
    Expect(Kw::kAUTHENTICATION);
    Expect(Kw::kIDENTIFIED);
    if (Accept(Kw::kBY)) {
      secret();
    } else {
      Expect(Kw::kWITH);
      ParseNameOrString("a plug-in");
      Expect(Kw::kAS);
      secret();
    }
  }
  if (!mariadb() && Accept(Kw::kREPLACE)) ParseString("a password");
  if (!mariadb() && Accept(Kw::kRETAIN)) {
    Expect(Kw::kCURRENT);
    Expect(Kw::kPASSWORD);
  }
}

// REQUIRE ..., WITH limits, PASSWORD ..., ACCOUNT ..., COMMENT, ATTRIBUTE
void Parser::ParseUserOptions() {
  if (Accept(Kw::kREQUIRE)) {
    if (!AcceptAny(Kw::kNONE, Kw::kSSL, Kw::kX509)) {
      do {
        if (!AcceptAny(Kw::kSUBJECT, Kw::kISSUER, Kw::kCIPHER)) Fail("SSL, X509, SUBJECT, ISSUER or CIPHER");
        ParseString("a value");
      } while (Accept(Kw::kAND) || AtAny(Kw::kSUBJECT, Kw::kISSUER, Kw::kCIPHER));
    }
  }
  if (Accept(Kw::kWITH)) {
    bool any = false;
    while (AcceptAny(Kw::kMAX_QUERIES_PER_HOUR, Kw::kMAX_UPDATES_PER_HOUR, Kw::kMAX_CONNECTIONS_PER_HOUR,
                     Kw::kMAX_USER_CONNECTIONS, Kw::kMAX_STATEMENT_TIME)) {
      ParseNumberOrHex();
      any = true;
    }
    if (!any) Fail("a limit");
  }
  const auto days = [this] {
    if (Accept(Kw::kDEFAULT)) return;
    ParseUnsigned("a number");
  };
  for (;;) {
    if (Accept(Kw::kPASSWORD)) {
      if (Accept(Kw::kEXPIRE)) {
        if (AcceptAny(Kw::kDEFAULT, Kw::kNEVER)) continue;
        if (!Accept(Kw::kINTERVAL)) continue;
        ParseUnsigned("days");
        Expect(Kw::kDAY);
      } else if (Accept(Kw::kHISTORY)) {
        days();
      } else if (Accept(Kw::kREUSE)) {
        Expect(Kw::kINTERVAL);
        if (Accept(Kw::kDEFAULT)) continue;
        ParseUnsigned("days");
        Expect(Kw::kDAY);
      } else {
        Expect(Kw::kREQUIRE);
        Expect(Kw::kCURRENT);
        AcceptAny(Kw::kDEFAULT, Kw::kOPTIONAL);
      }
    } else if (Accept(Kw::kACCOUNT)) {
      if (!AcceptAny(Kw::kLOCK, Kw::kUNLOCK)) Fail("LOCK or UNLOCK");
    } else if (!mariadb() && Accept(Kw::kFAILED_LOGIN_ATTEMPTS)) {
      ParseUnsigned("a number");
    } else if (!mariadb() && Accept(Kw::kPASSWORD_LOCK_TIME)) {
      if (!Accept(Kw::kUNBOUNDED)) ParseUnsigned("days");
    } else if (!mariadb() && AcceptAny(Kw::kCOMMENT, Kw::kATTRIBUTE)) {
      ParseString("text");
    } else {
      return;
    }
  }
}

// CREATE ROLE [IF NOT EXISTS] r, ... [WITH ADMIN account]; DROP ROLE [IF EXISTS] r, ...
Statement* Parser::ParseRoles(Verb verb) {
  const bool create = verb == Verb::kCreateRole;
  Command* command = NewCommand(verb);
  Advance();
  create ? AcceptIfNotExists() : AcceptIfExists();
  do {
    AddAccount(command, ObjectKind::kRole, create ? Access::kCreate : Access::kDrop);
  } while (Accept(Op::kComma));
  if (create && mariadb() && Accept(Kw::kWITH)) {
    Expect(Kw::kADMIN);
    ParseAccount();
  }
  return Make(command);
}

Statement* Parser::ParseDropUser() {
  Command* command = NewCommand(Verb::kDropUser);
  Advance();
  AcceptIfExists();
  do {
    AddAccount(command, ObjectKind::kUser, Access::kDrop);
  } while (Accept(Op::kComma));
  return Make(command);
}

// RENAME USER a TO b, ...
Statement* Parser::ParseRenameUser() {
  Command* command = NewCommand(Verb::kRenameUser);
  Advance();
  do {
    AddAccount(command, ObjectKind::kUser, Access::kDrop);
    Expect(Kw::kTO);
    AddAccount(command, ObjectKind::kUser, Access::kCreate);
  } while (Accept(Op::kComma));
  return Make(command);
}

// One privilege or role after another: words of any length, each with an optional column list; or accounts.
void Parser::ParsePrivileges(Command* command, bool& roles) {
  roles = false;
  do {
    const bool quoted = At(TokenKind::kString) || At(TokenKind::kQuotedName);
    const Token next = Peek();
    if (quoted || next.kind == TokenKind::kUserVariable) {
      roles = true;
      AddAccount(command, ObjectKind::kRole, Access::kGrant);
      continue;
    }
    if (!At(TokenKind::kWord)) return Fail("a privilege or a role");
    // One word may be a role; of several each is a privilege's.
    const bool alone = next.kind != TokenKind::kWord || next.keyword == Kw::kON || next.keyword == Kw::kTO ||
                       next.keyword == Kw::kFROM;
    if (alone && AtName()) NoteName(token_);
    while (At(TokenKind::kWord) && !AtAny(Kw::kON, Kw::kTO, Kw::kFROM)) Advance();
    if (At(Op::kOpen)) ParseParenthesizedNames();
  } while (Accept(Op::kComma));
}

// ON [TABLE|FUNCTION|PROCEDURE|PACKAGE] * | *.* | s.* | s.t | t
void Parser::ParseGrantTarget(Command* command) {
  ObjectKind kind = ObjectKind::kTable;
  const bool named = Peek().op != Op::kDot;
  if (named && AcceptAny(Kw::kTABLE)) {
    kind = ObjectKind::kTable;
  } else if (named && Accept(Kw::kFUNCTION)) {
    kind = ObjectKind::kFunction;
  } else if (named && Accept(Kw::kPROCEDURE)) {
    kind = ObjectKind::kProcedure;
  } else if (named && !mariadb() && Accept(Kw::kLIBRARY)) {
    kind = ObjectKind::kLibrary;
  } else if (named && mariadb() && AcceptAll(Kw::kPACKAGE, Kw::kBODY)) {
    kind = ObjectKind::kPackage;
  } else if (named && mariadb() && Accept(Kw::kPACKAGE)) {
    kind = ObjectKind::kPackage;
  }
  ObjectName name;
  if (Accept(Op::kStar)) {
    name.name = {"*"};
    if (Accept(Op::kDot)) {
      Expect(Op::kStar);
      name.schema = {"*"};
    }
  } else {
    name.name = ParseName("an object");
    if (Accept(Op::kDot)) {
      name.schema = name.name;
      name.name = Accept(Op::kStar) ? Name{"*"} : ParseName("an object");
    }
  }
  AddObject(command, kind, Access::kGrant, name);
}

// GRANT privileges ON target TO accounts | GRANT roles TO accounts | GRANT PROXY ON a TO b
Statement* Parser::ParseGrant() {
  Command* command = NewCommand(Verb::kGrant);
  Advance();
  bool roles = false;
  if (At(Kw::kPROXY) && Peek().keyword == Kw::kON) {
    Advance();
    Advance();
    AddAccount(command, ObjectKind::kUser, Access::kGrant);
  } else {
    ParsePrivileges(command, roles);
    if (Accept(Kw::kON)) {
      if (roles) Fail("TO");
      ParseGrantTarget(command);
    }
  }
  Expect(Kw::kTO);
  do {
    AddAccount(command, ObjectKind::kUser, Access::kGrant);
    if (mariadb()) ParseAuth();
  } while (Accept(Op::kComma));
  if (mariadb()) {
    const bool require = At(Kw::kREQUIRE);
    if (require) ParseUserOptions();
  }
  if (Accept(Kw::kWITH)) {
    if (!AcceptAll(Kw::kGRANT, Kw::kOPTION) && !AcceptAll(Kw::kADMIN, Kw::kOPTION)) {
      bool any = false;
      while (mariadb() && (AcceptAll(Kw::kGRANT, Kw::kOPTION) ||
                           AcceptAny(Kw::kMAX_QUERIES_PER_HOUR, Kw::kMAX_UPDATES_PER_HOUR,
                                     Kw::kMAX_CONNECTIONS_PER_HOUR, Kw::kMAX_USER_CONNECTIONS))) {
        if (At(TokenKind::kInteger)) Advance();
        any = true;
      }
      if (!any) Fail("GRANT OPTION or ADMIN OPTION");
    }
  }
  if (!mariadb() && Accept(Kw::kAS)) {
    ParseAccount();
    if (Accept(Kw::kWITH)) {
      Expect(Kw::kROLE);
      if (!AcceptAny(Kw::kNONE, Kw::kDEFAULT) ) {
        if (Accept(Kw::kALL)) {
          if (Accept(Kw::kEXCEPT)) ParseAccount();
        } else {
          do {
            ParseAccount();
          } while (Accept(Op::kComma));
        }
      }
    }
  }
  return Make(command);
}

// REVOKE [IF EXISTS] privileges ON target FROM accounts [IGNORE UNKNOWN USER]
Statement* Parser::ParseRevoke() {
  Command* command = NewCommand(Verb::kRevoke);
  Advance();
  if (!mariadb()) AcceptIfExists();
  bool roles = false;
  if (At(Kw::kPROXY) && Peek().keyword == Kw::kON) {
    Advance();
    Advance();
    AddAccount(command, ObjectKind::kUser, Access::kGrant);
  } else {
    ParsePrivileges(command, roles);
    if (Accept(Kw::kON)) {
      if (roles) Fail("FROM");
      ParseGrantTarget(command);
    }
  }
  Expect(Kw::kFROM);
  do {
    AddAccount(command, ObjectKind::kUser, Access::kGrant);
  } while (Accept(Op::kComma));
  if (!mariadb() && AcceptAll(Kw::kIGNORE, Kw::kUNKNOWN)) Expect(Kw::kUSER);
  return Make(command);
}

}  // namespace postern::sql
