// Running the server and its tables: KILL, FLUSH, RESET, maintenance, plug-ins; CALL, DO, HANDLER, LOCK.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// KILL [HARD|SOFT] [CONNECTION | QUERY [ID]] n | USER account
Statement* Parser::ParseKill() {
  Command* command = NewCommand(Verb::kKill);
  command->is_kill = true;
  Advance();
  if (mariadb()) AcceptAny(Kw::kHARD, Kw::kSOFT);
  if (Accept(Kw::kQUERY)) {
    command->kill_query = true;
    if (mariadb() && Accept(Kw::kID)) command->kill_by_query_id = true;
  } else {
    Accept(Kw::kCONNECTION);
  }
  if (mariadb() && Accept(Kw::kUSER)) {
    command->kill_by_user = true;
    AddAccount(command, ObjectKind::kUser, Access::kInspect);
    return Make(command);
  }
  command->exprs.Add(ParseExpr());
  return Make(command);
}

Statement* Parser::ParseFlush() {
  Command* command = NewCommand(Verb::kFlush);
  command->implicit_commit = true;
  Advance();
  AcceptAny(Kw::kNO_WRITE_TO_BINLOG, Kw::kLOCAL);
  if (AcceptAny(Kw::kTABLE, Kw::kTABLES)) {
    command->detail = "tables";
    if (AtName()) ParseObjectList(command, ObjectKind::kTable, Access::kLock, "a table");
    if (Accept(Kw::kWITH)) {
      Expect(Kw::kREAD);
      Expect(Kw::kLOCK);
    } else if (Accept(Kw::kFOR)) {
      Expect(Kw::kEXPORT);
    }
    return Make(command);
  }
  do {
    if (AcceptAny(Kw::kBINARY, Kw::kENGINE, Kw::kERROR, Kw::kGENERAL, Kw::kSLOW)) {
      Expect(Kw::kLOGS);
    } else if (Accept(Kw::kRELAY)) {
      Expect(Kw::kLOGS);
      ParseConnectionOrChannel();
    } else if (mariadb() && Accept(Kw::kQUERY)) {
      Expect(Kw::kCACHE);
    } else if (mariadb() && AcceptAny(Kw::kSLAVE, Kw::kREPLICA)) {
      ParseConnectionOrChannel();
    } else if (!AcceptAny(Kw::kLOGS, Kw::kHOSTS, Kw::kPRIVILEGES, Kw::kSTATUS, Kw::kUSER_RESOURCES) &&
               !(!mariadb() && Accept(Kw::kOPTIMIZER_COSTS)) && !(mariadb() && AcceptAny(Kw::kSSL, Kw::kMASTER))) {
      if (!mariadb()) Fail("what to flush");
      ParseName("what to flush");  // a table of a plug-in's
    }
  } while (Accept(Op::kComma));
  return Make(command);
}

Statement* Parser::ParseReset() {
  Command* command = NewCommand(Verb::kReset);
  command->implicit_commit = true;
  Advance();
  if (!mariadb() && Accept(Kw::kPERSIST)) {
    command->detail = "persist";
    AcceptIfExists();
    if (AtName()) ParseObjectName("a variable");
    return Make(command);
  }
  const bool old_words = mariadb() || dialect_.version < 80400;  // MASTER and SLAVE left MySQL then
  do {
    if (old_words && Accept(Kw::kMASTER)) {
      if (Accept(Kw::kTO)) ParseUnsigned("a number");
    } else if (Accept(Kw::kREPLICA) || (old_words && Accept(Kw::kSLAVE))) {
      if (mariadb() && At(TokenKind::kString)) ParseString("a connection");
      Accept(Kw::kALL);
      if (!mariadb() || Since(Vendor::kMariaDb, 100700)) ParseChannel();
    } else if (mariadb() && Accept(Kw::kQUERY)) {
      Expect(Kw::kCACHE);
    } else if (!mariadb() && AcceptAll(Kw::kBINARY, Kw::kLOGS)) {
      Expect(Kw::kAND);
      Expect(Kw::kGTIDS);
      if (Accept(Kw::kTO)) ParseUnsigned("a number");
    } else {
      Fail("what to reset");
    }
  } while (Accept(Op::kComma));
  return Make(command);
}

// PURGE BINARY|MASTER LOGS TO 'log' | BEFORE time
Statement* Parser::ParsePurge() {
  Command* command = NewCommand(Verb::kPurge);
  Advance();
  if (!AcceptAny(Kw::kBINARY, Kw::kMASTER)) Fail("BINARY");
  Expect(Kw::kLOGS);
  if (Accept(Kw::kTO)) {
    ParseString("a log");
  } else {
    Expect(Kw::kBEFORE);
    command->exprs.Add(ParseExpr());
  }
  return Make(command);
}

// ANALYZE|OPTIMIZE|CHECK|REPAIR|CHECKSUM [LOCAL] TABLE t, ... options
Statement* Parser::ParseTableMaintenance(Verb verb) {
  Command* command = NewCommand(verb);
  command->implicit_commit = verb != Verb::kChecksumTable;
  Advance();
  if (verb == Verb::kAnalyzeTable || verb == Verb::kOptimizeTable || verb == Verb::kRepairTable) {
    AcceptAny(Kw::kNO_WRITE_TO_BINLOG, Kw::kLOCAL);
  }
  const bool view = mariadb() && (verb == Verb::kCheckTable || verb == Verb::kRepairTable) && Accept(Kw::kVIEW);
  if (!view && !AcceptAny(Kw::kTABLE, Kw::kTABLES)) Fail("TABLE");
  const bool reads = verb == Verb::kChecksumTable || verb == Verb::kCheckTable;
  do {
    AddObject(command, ObjectKind::kTable, reads ? Access::kRead : Access::kAlter, ParseObjectName("a table"));
    if (mariadb() && verb == Verb::kAnalyzeTable && Accept(Kw::kPERSISTENT)) {
      Expect(Kw::kFOR);
      if (Accept(Kw::kALL)) continue;
      Expect(Kw::kCOLUMNS);
      ParseAllOrNames();
      Expect(Kw::kINDEXES);
      ParseAllOrNames();
    }
  } while (Accept(Op::kComma));
  command->multi_table = command->objects.size > 1;
  if (verb == Verb::kAnalyzeTable && !mariadb()) ParseAnalyzeHistogram();
  if (mariadb() && verb == Verb::kOptimizeTable) ParseWaitOption();
  if (verb == Verb::kChecksumTable) AcceptAny(Kw::kQUICK, Kw::kEXTENDED);
  if (verb == Verb::kRepairTable) {
    while (AcceptAny(Kw::kQUICK, Kw::kEXTENDED, Kw::kUSE_FRM)) {
    }
  }
  if (verb == Verb::kCheckTable) {
    for (;;) {
      if (AcceptAny(Kw::kQUICK, Kw::kFAST, Kw::kMEDIUM, Kw::kEXTENDED, Kw::kCHANGED)) continue;
      if (!Accept(Kw::kFOR)) break;
      Expect(Kw::kUPGRADE);
    }
  }
  return Make(command);
}

// ALL or ( [names] )
void Parser::ParseAllOrNames() {
  if (Accept(Kw::kALL)) return;
  Expect(Op::kOpen);
  if (!At(Op::kClose)) {
    do {
      if (!Accept(Kw::kPRIMARY)) ParseName("a name");
    } while (Accept(Op::kComma));
  }
  Expect(Op::kClose);
}

// UPDATE HISTOGRAM ON a, b [WITH n BUCKETS] [MANUAL|AUTO UPDATE] [USING DATA 'json'], DROP HISTOGRAM ON a, b
void Parser::ParseAnalyzeHistogram() {
  if (Accept(Kw::kDROP)) {
    Expect(Kw::kHISTOGRAM);
    Expect(Kw::kON);
    return ParseNameList();
  }
  if (!Accept(Kw::kUPDATE)) return;
  Expect(Kw::kHISTOGRAM);
  Expect(Kw::kON);
  ParseNameList();
  if (Accept(Kw::kWITH)) {
    ParseUnsigned("a number");
    Expect(Kw::kBUCKETS);
  }
  if (AcceptAny(Kw::kMANUAL, Kw::kAUTO)) Expect(Kw::kUPDATE);
  if (Accept(Kw::kUSING)) {
    Expect(Kw::kDATA);
    ParseString("JSON");
  }
}

Statement* Parser::ParseInstall() {
  Advance();
  if (Accept(Kw::kPLUGIN)) {
    Command* command = NewCommand(Verb::kInstallPlugin);
    if (mariadb()) AcceptIfNotExists();
    AddObject(command, ObjectKind::kPlugin, Access::kCreate, {{}, ParseName("a plug-in")});
    Expect(Kw::kSONAME);
    ParseString("a library");
    return Make(command);
  }
  if (mariadb() && Accept(Kw::kSONAME)) {
    Command* command = NewCommand(Verb::kInstallPlugin);
    AddObject(command, ObjectKind::kPlugin, Access::kCreate, {{}, {ParseString("a library")}})->is_string = true;
    return Make(command);
  }
  Command* command = NewCommand(Verb::kInstallComponent);
  if (mariadb()) Fail("PLUGIN or SONAME");
  Expect(Kw::kCOMPONENT);
  do {
    AddObject(command, ObjectKind::kComponent, Access::kCreate, {{}, {ParseString("a component")}})->is_string = true;
  } while (Accept(Op::kComma));
  if (Accept(Kw::kSET)) {
    Set set;
    ParseSetItems(&set);
    command->variables = set.items;
  }
  return Make(command);
}

Statement* Parser::ParseUninstall() {
  Advance();
  if (Accept(Kw::kPLUGIN)) {
    Command* command = NewCommand(Verb::kUninstallPlugin);
    if (mariadb()) AcceptIfExists();
    AddObject(command, ObjectKind::kPlugin, Access::kDrop, {{}, ParseName("a plug-in")});
    return Make(command);
  }
  if (mariadb() && Accept(Kw::kSONAME)) {
    Command* command = NewCommand(Verb::kUninstallPlugin);
    AcceptIfExists();
    AddObject(command, ObjectKind::kPlugin, Access::kDrop, {{}, {ParseString("a library")}})->is_string = true;
    return Make(command);
  }
  Command* command = NewCommand(Verb::kUninstallComponent);
  if (mariadb()) Fail("PLUGIN or SONAME");
  Expect(Kw::kCOMPONENT);
  do {
    AddObject(command, ObjectKind::kComponent, Access::kDrop, {{}, {ParseString("a component")}})->is_string = true;
  } while (Accept(Op::kComma));
  return Make(command);
}

Statement* Parser::ParseShutdown() {
  const bool restart = At(Kw::kRESTART);
  Command* command = NewCommand(restart ? Verb::kRestart : Verb::kShutdown);
  if (restart && mariadb()) Fail("a statement");
  Advance();
  if (!restart && mariadb() && Accept(Kw::kWAIT)) {
    Expect(Kw::kFOR);
    Expect(Kw::kALL);
    if (!AcceptAny(Kw::kSLAVES, Kw::kREPLICAS)) Fail("REPLICAS");
  }
  return Make(command);
}

// CALL procedure [(arguments)]
Statement* Parser::ParseCall() {
  Command* command = NewCommand(Verb::kCall);
  Advance();
  AddObject(command, ObjectKind::kProcedure, Access::kExecute, ParseObjectName("a procedure"));
  if (At(Op::kOpen)) NoteCall();
  if (Accept(Op::kOpen)) {
    if (!At(Op::kClose)) ParseExprList(command->exprs);
    Expect(Op::kClose);
  }
  return Make(command);
}

Statement* Parser::ParseDo() {
  Command* command = NewCommand(Verb::kDo);
  Advance();
  do {
    command->exprs.Add(ParseExpr());
    ParseOptionalAlias(true);
  } while (Accept(Op::kComma));
  return Make(command);
}

// HANDLER t OPEN [AS a] | CLOSE | READ ...
Statement* Parser::ParseHandler() {
  Command* command = NewCommand(Verb::kHandler);
  Advance();
  AddObject(command, ObjectKind::kTable, Access::kRead, ParseObjectName("a table"));
  if (Accept(Kw::kOPEN)) {
    command->detail = "open";
    ParseOptionalAlias(false);
    return Make(command);
  }
  if (Accept(Kw::kCLOSE)) {
    command->detail = "close";
    return Make(command);
  }
  command->detail = "read";
  Expect(Kw::kREAD);
  if (!AcceptAny(Kw::kFIRST, Kw::kNEXT)) {
    ParseName("an index");
    if (!AcceptAny(Kw::kFIRST, Kw::kNEXT, Kw::kPREV, Kw::kLAST)) {
      if (!Accept(Op::kEqual) && !Accept(Op::kLessEqual) && !Accept(Op::kGreaterEqual) && !Accept(Op::kLess) &&
          !Accept(Op::kGreater)) {
        Fail("a comparison");
      }
      Expect(Op::kOpen);
      ParseValues(command->exprs, true);
      Expect(Op::kClose);
    }
  }
  if (Accept(Kw::kWHERE)) {
    command->has_where = true;
    command->exprs.Add(ParseExpr());
  }
  if (At(Kw::kLIMIT)) {
    command->has_limit = true;
    ParseLimit(command->exprs, true);
  }
  return Make(command);
}

// LOCK TABLES t [AS a] READ [LOCAL] | [LOW_PRIORITY] WRITE, ...; LOCK INSTANCE FOR BACKUP
Statement* Parser::ParseLock() {
  Advance();
  if (!mariadb() && Accept(Kw::kINSTANCE)) {
    Command* command = NewCommand(Verb::kLockInstance);
    Expect(Kw::kFOR);
    Expect(Kw::kBACKUP);
    return Make(command);
  }
  Command* command = NewCommand(Verb::kLock);
  command->implicit_commit = true;
  if (!AcceptAny(Kw::kTABLE, Kw::kTABLES)) Fail("TABLES");
  do {
    AddObject(command, ObjectKind::kTable, Access::kLock, ParseObjectName("a table"));
    ParseOptionalAlias(false);
    if (Accept(Kw::kREAD)) {
      Accept(Kw::kLOCAL);
    } else {
      if (mariadb() || dialect_.version < 80400) Accept(Kw::kLOW_PRIORITY);
      if (mariadb()) Accept(Kw::kCONCURRENT);
      Expect(Kw::kWRITE);
      if (mariadb()) Accept(Kw::kCONCURRENT);
    }
  } while (Accept(Op::kComma));
  command->multi_table = command->objects.size > 1;
  if (mariadb()) ParseWaitOption();
  return Make(command);
}

Statement* Parser::ParseUnlock() {
  Advance();
  if (!mariadb() && Accept(Kw::kINSTANCE)) return Make(NewCommand(Verb::kUnlockInstance));
  Command* command = NewCommand(Verb::kUnlock);
  command->implicit_commit = true;
  if (!AcceptAny(Kw::kTABLE, Kw::kTABLES)) Fail("TABLES");
  return Make(command);
}

// CACHE INDEX t [PARTITION (...)] [INDEX (...)], ... IN cache
Statement* Parser::ParseCacheIndex() {
  Command* command = NewCommand(Verb::kCacheIndex);
  Advance();
  Expect(Kw::kINDEX);
  do {
    AddObject(command, ObjectKind::kTable, Access::kAlter, ParseObjectName("a table"));
    if (Accept(Kw::kPARTITION)) {
      Expect(Op::kOpen);
      if (!Accept(Kw::kALL)) ParseNameList();
      Expect(Op::kClose);
    }
    if (AcceptAny(Kw::kINDEX, Kw::kKEY)) ParseAllOrNames();
  } while (Accept(Op::kComma));
  Expect(Kw::kIN);
  if (!Accept(Kw::kDEFAULT)) ParseName("a key cache");
  return Make(command);
}

// LOAD INDEX INTO CACHE t [PARTITION (...)] [INDEX (...)] [IGNORE LEAVES], ...
Statement* Parser::ParseLoadIndex() {
  Command* command = NewCommand(Verb::kLoadIndex);
  Advance();
  Expect(Kw::kINTO);
  Expect(Kw::kCACHE);
  do {
    AddObject(command, ObjectKind::kTable, Access::kAlter, ParseObjectName("a table"));
    if (Accept(Kw::kPARTITION)) {
      Expect(Op::kOpen);
      if (!Accept(Kw::kALL)) ParseNameList();
      Expect(Op::kClose);
    }
    if (AcceptAny(Kw::kINDEX, Kw::kKEY)) ParseAllOrNames();
    if (Accept(Kw::kIGNORE)) Expect(Kw::kLEAVES);
  } while (Accept(Op::kComma));
  return Make(command);
}

Statement* Parser::ParseBinlog() {
  Command* command = NewCommand(Verb::kBinlog);
  Advance();
  ParseString("an event");
  return Make(command);
}

}  // namespace postern::sql
