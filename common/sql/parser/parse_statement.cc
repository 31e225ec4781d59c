// Where a statement's family is chosen: by its first word, and in the family by the second.
#include "common/sql/parser/parser.h"

namespace postern::sql {

Statement* Parser::Make(AnyStatement any) {
  Statement* statement = New<Statement>();
  statement->any = any;
  return statement;
}

Command* Parser::NewCommand(Verb verb) {
  Command* command = New<Command>();
  command->verb = verb;
  Hint(verb);
  return command;
}

ObjectRef* Parser::AddObject(Command* command, ObjectKind kind, Access access, const ObjectName& name) {
  ObjectRef* object = New<ObjectRef>();
  object->kind = kind;
  object->access = access;
  object->name = name;
  command->objects.Add(object);
  return object;
}

// A part of the server that the statement shows or moves.
void Parser::AddFixed(Command* command, std::string_view what) {
  ObjectRef* object = AddObject(command, ObjectKind::kServer, Access::kInspect, {});
  object->fixed = what;
}

void Parser::ParseObjectList(Command* command, ObjectKind kind, Access access, std::string_view what) {
  do {
    AddObject(command, kind, access, ParseObjectName(what));
  } while (Accept(Op::kComma));
  command->multi_table = command->objects.size > 1;
}

bool Parser::AtEndOfText() {
  while (!failed_ && At(Op::kSemicolon)) Advance();
  return failed_ || At(TokenKind::kEnd);
}

Statement* Parser::ParseNext() {
  if (AtEndOfText()) return nullptr;
  parameters_ = 0;
  stacked_ = 0;
  hint_ = Verb::kUnknown;
  statement_depth_ = 0;
  const uint32_t begin = token_.begin;
  Statement* statement = ParseStatement();
  if (!AtEnd()) Fail("end of statement");
  if (failed_) return nullptr;
  statement->begin = begin;
  statement->end = last_end_;
  statement->parameters = parameters_;
  return statement;
}

Statement* Parser::ParseStatement() {
  const Depth depth(*this);
  struct Nesting {
    explicit Nesting(uint32_t& level) : level_(level) { ++level_; }
    ~Nesting() { --level_; }
    uint32_t& level_;
  } const nesting(statement_depth_);
  if (At(Op::kOpen)) {
    Hint(Verb::kSelect);
    return Make(ParseQuery());
  }
  if (AtCompound()) return ParseCompound();
  if (!At(TokenKind::kWord) || At(Kw::kNone)) {
    Fail("a statement");
    return Make(NewCommand(Verb::kUnknown));
  }
  return ParseStatementByWord();
}

Statement* Parser::ParseStatementByWord() {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
  switch (token_.keyword) {
    case Kw::kSELECT: Hint(Verb::kSelect); return Make(ParseQuery());
    case Kw::kVALUES: Hint(Verb::kValues); return Make(ParseQuery());
    case Kw::kTABLE: Hint(Verb::kTable); return Make(ParseQuery());
    case Kw::kWITH: Hint(Verb::kSelect); return ParseWithStatement();
    case Kw::kINSERT: Hint(Verb::kInsert); return ParseInsert();
    case Kw::kREPLACE: Hint(Verb::kReplace); return ParseInsert();
    case Kw::kUPDATE: Hint(Verb::kUpdate); return ParseUpdate({});
    case Kw::kDELETE: Hint(Verb::kDelete); return ParseDelete({});
    case Kw::kLOAD: Hint(Verb::kLoad); return ParseLoad();
    case Kw::kCALL: return ParseCall();
    case Kw::kDO: return ParseDo();
    case Kw::kHANDLER: return ParseHandler();
    case Kw::kLOCK: return ParseLock();
    case Kw::kUNLOCK: return ParseUnlock();
    case Kw::kSTART: return ParseStart();
    case Kw::kBEGIN: return ParseBegin();
    case Kw::kCOMMIT:
    case Kw::kROLLBACK: return ParseCommitOrRollback();
    case Kw::kSAVEPOINT: return ParseSavepoint();
    case Kw::kRELEASE: return ParseRelease();
    case Kw::kXA: return ParseXa();
    case Kw::kSET: return ParseSet();
    case Kw::kUSE: return ParseUse();
    case Kw::kPREPARE: return ParsePrepare();
    case Kw::kEXECUTE: return ParseExecute();
    case Kw::kDEALLOCATE: return ParseDeallocate();
    case Kw::kSHOW: return ParseShow();
    case Kw::kDESC:
    case Kw::kDESCRIBE:
    case Kw::kEXPLAIN: return ParseExplain();
    case Kw::kANALYZE: return ParseAnalyze();
    case Kw::kHELP: return ParseHelp();
    case Kw::kKILL: return ParseKill();
    case Kw::kFLUSH: return ParseFlush();
    case Kw::kRESET: return ParseReset();
    case Kw::kPURGE: return ParsePurge();
    case Kw::kOPTIMIZE: return ParseTableMaintenance(Verb::kOptimizeTable);
    case Kw::kCHECK: return ParseTableMaintenance(Verb::kCheckTable);
    case Kw::kREPAIR: return ParseTableMaintenance(Verb::kRepairTable);
    case Kw::kCHECKSUM: return ParseTableMaintenance(Verb::kChecksumTable);
    case Kw::kCACHE: return ParseCacheIndex();
    case Kw::kBINLOG: return ParseBinlog();
    case Kw::kINSTALL: return ParseInstall();
    case Kw::kUNINSTALL: return ParseUninstall();
    case Kw::kSHUTDOWN:
    case Kw::kRESTART: return ParseShutdown();
    case Kw::kCREATE: return ParseCreate();
    case Kw::kALTER: return ParseAlter();
    case Kw::kDROP: return ParseDrop();
    case Kw::kTRUNCATE: return ParseTruncate();
    case Kw::kRENAME: return ParseRename();
    case Kw::kGRANT: return ParseGrant();
    case Kw::kREVOKE: return ParseRevoke();
    case Kw::kSIGNAL:
    case Kw::kRESIGNAL: return ParseSignal();
    case Kw::kGET: return ParseGetDiagnostics();
    case Kw::kCHANGE: return ParseChange();
    case Kw::kSTOP: return ParseStop();
    case Kw::kBACKUP: return ParseBackup();
    case Kw::kCLONE: return ParseClone();
    case Kw::kIMPORT: return ParseImport();
    default:
      Fail("a statement");
      return Make(NewCommand(Verb::kUnknown));
  }
#pragma GCC diagnostic pop
}

}  // namespace postern::sql
