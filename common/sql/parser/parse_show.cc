// What only looks: SHOW, DESCRIBE, EXPLAIN, ANALYZE of a statement, HELP.
#include "common/sql/parser/parser.h"

namespace postern::sql {

Statement* Parser::ParseShow() {
  Command* command = NewCommand(Verb::kShow);
  Advance();
  ParseShowBody(command);
  return Make(command);
}

// LIKE 'pattern' or WHERE condition
void Parser::ParseShowFilter(Command* command) {
  if (Accept(Kw::kLIKE)) {
    ParseString("a pattern");
  } else if (Accept(Kw::kWHERE)) {
    command->has_where = true;
    command->exprs.Add(ParseExpr());
  }
}

// [FROM|IN schema] [filter]
void Parser::ParseShowInSchema(Command* command) {
  ObjectName schema;
  if (AcceptAny(Kw::kFROM, Kw::kIN)) schema.name = ParseName("a schema");
  AddObject(command, ObjectKind::kSchema, Access::kInspect, schema);
  ParseShowFilter(command);
}

// FROM|IN table [FROM|IN schema] [filter]
void Parser::ParseShowOfTable(Command* command) {
  if (!AcceptAny(Kw::kFROM, Kw::kIN)) Fail("FROM");
  ObjectName table = ParseObjectName("a table");
  if (AcceptAny(Kw::kFROM, Kw::kIN)) table.schema = ParseName("a schema");
  AddObject(command, ObjectKind::kTable, Access::kInspect, table);
  ParseShowFilter(command);
}

// [IN 'log'] [FROM position] [LIMIT ...]
void Parser::ParseShowLog(Command* command) {
  if (Accept(Kw::kIN)) ParseString("a log");
  if (Accept(Kw::kFROM)) ParseUnsigned("a position");
  if (At(Kw::kLIMIT)) ParseLimit(command->exprs, true);
  ParseChannel();
}

void Parser::ParseConnectionOrChannel() {
  if (mariadb() && At(TokenKind::kString)) {
    ParseString("a connection");
  } else if (!mariadb() || Since(Vendor::kMariaDb, 100700)) {
    ParseChannel();
  }
}

void Parser::ParseChannel() {
  if (!At(Kw::kFOR)) return;
  Advance();
  Expect(Kw::kCHANNEL);
  ParseNameOrString("a channel");
}

void Parser::ParseShowBody(Command* command) {
  const auto detail = [command](std::string_view text) { command->detail = text; };
  if (Accept(Kw::kCREATE)) {
    if (!ParseShowCreate(command)) Fail("TABLE, VIEW, DATABASE, PROCEDURE, FUNCTION, TRIGGER, EVENT or USER");
    return;
  }
  if (ParseShowTables(command) || ParseShowServer(command)) return;
  if (AcceptAny(Kw::kDATABASES, Kw::kSCHEMAS)) {
    detail("databases");
    AddFixed(command, "databases");
    return ParseShowFilter(command);
  }
  if (AcceptAll(Kw::kCHARACTER, Kw::kSET) || AcceptAll(Kw::kCHAR, Kw::kSET) || Accept(Kw::kCHARSET)) {
    detail("charsets");
    return ParseShowFilter(command);
  }
  if (Accept(Kw::kCOLLATION)) {
    detail("collations");
    return ParseShowFilter(command);
  }
  if (At(Kw::kCOUNT)) {
    Advance();
    NoteClose();
    Expect(Op::kOpen);
    Expect(Op::kStar);
    Expect(Op::kClose);
    detail(At(Kw::kERRORS) ? "errors" : "warnings");
    if (!AcceptAny(Kw::kERRORS, Kw::kWARNINGS)) Fail("WARNINGS or ERRORS");
    return;
  }
  if (AtAny(Kw::kWARNINGS, Kw::kERRORS)) {
    detail(At(Kw::kERRORS) ? "errors" : "warnings");
    Advance();
    if (At(Kw::kLIMIT)) ParseLimit(command->exprs, true);
    return;
  }
  const bool global = At(Kw::kGLOBAL);
  const bool scoped = AcceptAny(Kw::kGLOBAL, Kw::kSESSION, Kw::kLOCAL);
  if (AtAny(Kw::kVARIABLES, Kw::kSTATUS)) {
    const bool variables = At(Kw::kVARIABLES);
    Advance();
    detail(variables ? "variables" : "status");
    if (global) AddFixed(command, variables ? "global variables" : "global status");
    return ParseShowFilter(command);
  }
  if (scoped) return Fail("VARIABLES or STATUS");
  Fail("what to show");
}

// SHOW [EXTENDED] [FULL] TABLES | COLUMNS, TABLE STATUS, OPEN TABLES, TRIGGERS, EVENTS, INDEX, PROCESSLIST
bool Parser::ParseShowTables(Command* command) {
  const auto detail = [command](std::string_view text) { command->detail = text; };
  const bool extended = !mariadb() && Accept(Kw::kEXTENDED);
  const bool full = Accept(Kw::kFULL);
  if (Accept(Kw::kTABLES)) {
    detail("tables");
    ParseShowInSchema(command);
    return true;
  }
  if (mariadb() && full && Accept(Kw::kTRIGGERS)) {
    detail("triggers");
    ParseShowInSchema(command);
    return true;
  }
  if (AcceptAny(Kw::kCOLUMNS, Kw::kFIELDS)) {
    detail("fields");
    ParseShowOfTable(command);
    return true;
  }
  if (!extended && Accept(Kw::kPROCESSLIST)) {
    detail("processlist");
    AddFixed(command, "processlist");
    return true;
  }
  if (!full && AcceptAny(Kw::kINDEX, Kw::kINDEXES, Kw::kKEYS)) {
    detail("keys");
    ParseShowOfTable(command);
    return true;
  }
  if (extended || full) {
    Fail("TABLES or COLUMNS");
    return true;
  }
  if (AcceptAll(Kw::kTABLE, Kw::kSTATUS)) {
    detail("table_status");
  } else if (AcceptAll(Kw::kOPEN, Kw::kTABLES)) {
    detail("open_tables");
  } else if (Accept(Kw::kTRIGGERS)) {
    detail("triggers");
  } else if (Accept(Kw::kEVENTS)) {
    detail("events");
  } else {
    return false;
  }
  ParseShowInSchema(command);
  return true;
}

// SHOW CREATE ...
bool Parser::ParseShowCreate(Command* command) {
  struct Row {
    Kw word;
    ObjectKind kind;
    std::string_view detail;
  };
  static constexpr Row kRows[] = {  // a view may be shown as a table
      {Kw::kTABLE, ObjectKind::kTable, "create_table"},         {Kw::kVIEW, ObjectKind::kTable, "create_view"},
      {Kw::kPROCEDURE, ObjectKind::kProcedure, "create_proc"},  {Kw::kFUNCTION, ObjectKind::kFunction, "create_func"},
      {Kw::kTRIGGER, ObjectKind::kTrigger, "create_trigger"},   {Kw::kEVENT, ObjectKind::kEvent, "create_event"},
      {Kw::kSEQUENCE, ObjectKind::kSequence, "create_sequence"}, {Kw::kLIBRARY, ObjectKind::kLibrary, "create_library"},
  };
  for (const Row& row : kRows) {
    if (!Accept(row.word)) continue;
    if ((row.word == Kw::kSEQUENCE) != mariadb() && row.word == Kw::kSEQUENCE) Fail("TABLE");
    if (row.word == Kw::kLIBRARY && mariadb()) Fail("TABLE");
    command->detail = row.detail;
    AddObject(command, row.kind, Access::kInspect, ParseObjectName("a name"));
    return true;
  }
  if (mariadb() && Accept(Kw::kPACKAGE)) {
    Accept(Kw::kBODY);
    command->detail = "create_package";
    AddObject(command, ObjectKind::kPackage, Access::kInspect, ParseObjectName("a package"));
    return true;
  }
  if (AcceptAny(Kw::kDATABASE, Kw::kSCHEMA)) {
    command->detail = "create_db";
    AcceptIfNotExists();
    AddObject(command, ObjectKind::kSchema, Access::kInspect, {{}, ParseName("a schema")});
    return true;
  }
  if (Accept(Kw::kUSER)) {
    command->detail = "create_user";
    if (mariadb() && AtEnd()) {
      AddFixed(command, "current user");
    } else {
      AddAccount(command, ObjectKind::kUser, Access::kInspect);
    }
    return true;
  }
  return false;
}

// What is the server's rather than a schema's.
bool Parser::ParseShowServer(Command* command) {
  const auto fixed = [&](std::string_view detail) {
    command->detail = detail;
    AddFixed(command, detail);
  };
  const bool old_words = mariadb() || dialect_.version < 80400;  // MASTER and SLAVE left MySQL then
  if (Accept(Kw::kENGINES) || AcceptAll(Kw::kSTORAGE, Kw::kENGINES)) {
    command->detail = "storage_engines";
  } else if (Accept(Kw::kPLUGINS)) {
    fixed("plugins");
    if (mariadb() && Accept(Kw::kSONAME)) {
      if (At(TokenKind::kString)) {
        ParseString("a library");
      } else {
        ParseShowFilter(command);
      }
    }
  } else if (Accept(Kw::kPRIVILEGES)) {
    command->detail = "privileges";
  } else if (Accept(Kw::kPROFILES)) {
    fixed("profiles");
  } else if (Accept(Kw::kPROFILE)) {
    fixed("profile");
    if (At(TokenKind::kWord) && !At(Kw::kFOR) && !At(Kw::kLIMIT)) {
      do {
        if (!Accept(Kw::kALL)) ParseName("ALL, CPU, IO or another part");
        AcceptAny(Kw::kIO, Kw::kSWITCHES, Kw::kFAULTS);
      } while (Accept(Op::kComma));
    }
    if (Accept(Kw::kFOR)) {
      Expect(Kw::kQUERY);
      ParseUnsigned("a query");
    }
    if (At(Kw::kLIMIT)) ParseLimit(command->exprs, true);
  } else if (Accept(Kw::kENGINE)) {
    fixed("engine_status");
    if (!Accept(Kw::kALL)) ParseNameOrString("an engine");
    if (!AcceptAny(Kw::kSTATUS, Kw::kMUTEX, Kw::kLOGS)) Fail("STATUS, MUTEX or LOGS");
  } else if (AtAny(Kw::kFUNCTION, Kw::kPROCEDURE)) {
    const bool function = At(Kw::kFUNCTION);
    Advance();
    if (Accept(Kw::kCODE)) {
      command->detail = function ? "function_code" : "procedure_code";
      AddObject(command, function ? ObjectKind::kFunction : ObjectKind::kProcedure, Access::kInspect,
                ParseObjectName("a routine"));
    } else {
      Expect(Kw::kSTATUS);
      fixed(function ? "function_status" : "procedure_status");
      ParseShowFilter(command);
    }
  } else if (!mariadb() && AcceptAll(Kw::kLIBRARY, Kw::kSTATUS)) {
    fixed("library_status");
    ParseShowFilter(command);
  } else if (Accept(Kw::kGRANTS)) {
    command->detail = "grants";
    if (Accept(Kw::kFOR)) {
      AddAccount(command, ObjectKind::kUser, Access::kInspect);
      if (!mariadb() && Accept(Kw::kUSING)) {
        do {
          AddAccount(command, ObjectKind::kRole, Access::kInspect);
        } while (Accept(Op::kComma));
      }
    } else {
      // MariaDB shows the password's hash with one's own grants.
      AddObject(command, ObjectKind::kUser, Access::kInspect, {})->fixed = "CURRENT_USER";
    }
  } else if (AcceptAll(Kw::kBINARY, Kw::kLOGS) || (old_words && AcceptAll(Kw::kMASTER, Kw::kLOGS))) {
    fixed("binlogs");
  } else if (AcceptAll(Kw::kBINLOG, Kw::kEVENTS)) {
    fixed("binlog_events");
    ParseShowLog(command);
  } else if (AcceptAll(Kw::kRELAYLOG, Kw::kEVENTS)) {
    fixed("relaylog_events");
    ParseShowLog(command);
  } else if ((old_words && AcceptAll(Kw::kMASTER, Kw::kSTATUS)) || (mariadb() && AcceptAll(Kw::kBINLOG, Kw::kSTATUS))) {
    fixed("binary_log_status");
  } else if (!mariadb() && At(Kw::kBINARY) && Peek().keyword == Kw::kLOG) {
    Advance();
    Advance();
    Expect(Kw::kSTATUS);
    fixed("binary_log_status");
  } else if (At(Kw::kREPLICA) || (old_words && At(Kw::kSLAVE))) {
    Advance();
    if (Accept(Kw::kHOSTS)) {
      fixed("replicas");
    } else {
      if (mariadb() && At(TokenKind::kString)) ParseString("a connection");
      Expect(Kw::kSTATUS);
      fixed("replica_status");
      if (!mariadb() || Since(Vendor::kMariaDb, 100700)) ParseChannel();
    }
  } else if (!mariadb() && Accept(Kw::kREPLICAS)) {
    fixed("replicas");
  } else if (mariadb() && At(Kw::kALL) && (Peek().keyword == Kw::kSLAVES || Peek().keyword == Kw::kREPLICAS)) {
    Advance();
    Advance();
    Expect(Kw::kSTATUS);
    fixed("replica_status");
  } else {
    return mariadb() && ParseShowMariaDb(command);
  }
  return true;
}

// What only MariaDB shows: what another connection is doing, packages, what its statistics plug-in counts.
bool Parser::ParseShowMariaDb(Command* command) {
  if (AcceptAny(Kw::kEXPLAIN, Kw::kANALYZE)) {
    command->detail = "explain";
    if (Accept(Kw::kFORMAT)) {
      Expect(Op::kEqual);
      ParseNameOrString("a format");
    }
    Expect(Kw::kFOR);
    command->exprs.Add(ParseExpr());
    AddFixed(command, "connection");
    return true;
  }
  if (AcceptAny(Kw::kAUTHORS, Kw::kCONTRIBUTORS)) {
    command->detail = "authors";
    return true;
  }
  if (Accept(Kw::kPACKAGE)) {
    Accept(Kw::kBODY);
    Expect(Kw::kSTATUS);
    command->detail = "package_status";
  } else if (AcceptWord("client_statistics") || AcceptWord("user_statistics") || AcceptWord("user_variables")) {
    command->detail = "user_statistics";
  } else if (AcceptWord("index_statistics") || AcceptWord("table_statistics")) {
    command->detail = "table_statistics";
  } else {
    return false;
  }
  AddFixed(command, command->detail);
  ParseShowFilter(command);
  return true;
}

// DESCRIBE table [column | 'pattern']
Statement* Parser::ParseDescribeTable(Verb verb) {
  Command* command = NewCommand(verb);
  AddObject(command, ObjectKind::kTable, Access::kInspect, ParseObjectName("a table or a statement"));
  if (!AtEnd()) ParseNameOrString("a column");
  return Make(command);
}

// EXPLAIN [options] statement | FOR CONNECTION n, and all its names
Statement* Parser::ParseExplain() {
  Hint(Verb::kExplain);
  Advance();
  Command* command = NewCommand(Verb::kExplain);
  bool options = false;
  for (;; options = true) {
    if (At(Kw::kFORMAT) && Peek().op == Op::kEqual) {
      Advance();
      Advance();
      ParseNameOrString("a format");
    } else if (!mariadb() && At(Kw::kANALYZE)) {
      Advance();
      command->body_runs = true;
    } else if (!mariadb() && Accept(Kw::kINTO)) {
      if (!At(TokenKind::kUserVariable)) Fail("a user variable");
      command->exprs.Add(ParseUserVariable());
      command->exprs.last->kind = ExprKind::kAssignment;
    } else if (AtAny(Kw::kEXTENDED, Kw::kPARTITIONS) && mariadb() &&
               (Peek().kind == TokenKind::kWord || Peek().op == Op::kOpen)) {
      Advance();
    } else {
      break;
    }
  }
  if (Accept(Kw::kFOR)) {
    if (Accept(Kw::kCONNECTION)) {
      command->exprs.Add(ParseExpr());
      command->detail = "connection";
      AddFixed(command, "connection");
      return Make(command);
    }
    if (mariadb() || !AcceptAny(Kw::kDATABASE, Kw::kSCHEMA)) Fail("CONNECTION");
    command->default_schema = ParseName("a schema");
    AddObject(command, ObjectKind::kSchema, Access::kInspect, {{}, command->default_schema});
    options = true;
  }
  const bool statement = At(Op::kOpen) || AtAny(Kw::kSELECT, Kw::kWITH, Kw::kTABLE, Kw::kVALUES, Kw::kINSERT, Kw::kREPLACE,
                                                Kw::kUPDATE, Kw::kDELETE);
  if (!statement) {
    if (options) Fail("a statement");
    return ParseDescribeTable(Verb::kDescribe);
  }
  NewLine();
  StatementRef* nested = New<StatementRef>();
  nested->statement = ParseStatement();
  Hint(Verb::kExplain);
  command->statements.Add(nested);
  return Make(command);
}

// ANALYZE TABLE ..., or MariaDB's ANALYZE [FORMAT=JSON] statement, which runs it.
Statement* Parser::ParseAnalyze() {
  const Kw next = Peek().keyword;
  if (next == Kw::kTABLE || next == Kw::kTABLES || next == Kw::kLOCAL || next == Kw::kNO_WRITE_TO_BINLOG) {
    return ParseTableMaintenance(Verb::kAnalyzeTable);
  }
  Command* command = NewCommand(Verb::kExplain);
  command->detail = "analyze";
  command->body_runs = true;
  Advance();
  if (!mariadb()) Fail("TABLE");
  if (Accept(Kw::kFORMAT)) {
    Expect(Op::kEqual);
    ParseNameOrString("a format");
  }
  const bool statement =
      At(Op::kOpen) || AtAny(Kw::kSELECT, Kw::kWITH, Kw::kVALUES, Kw::kINSERT, Kw::kREPLACE, Kw::kUPDATE, Kw::kDELETE);
  if (!statement) Fail("a statement");
  NewLine();
  StatementRef* nested = New<StatementRef>();
  nested->statement = ParseStatement();
  command->statements.Add(nested);
  return Make(command);
}

Statement* Parser::ParseHelp() {
  Command* command = NewCommand(Verb::kHelp);
  Advance();
  ParseNameOrString("a topic");
  return Make(command);
}

}  // namespace postern::sql
