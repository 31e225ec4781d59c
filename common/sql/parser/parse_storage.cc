// Where data lies and who may use the machine: tablespaces, log file groups, resource groups, spatial reference systems.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// option [=] value ..., separated by commas or blanks
void Parser::ParseStorageOptions() {
  for (;;) {
    Accept(Op::kComma);
    if (Accept(Kw::kENGINE) || (At(Kw::kSTORAGE) && AcceptAll(Kw::kSTORAGE, Kw::kENGINE))) {
      Accept(Op::kEqual);
      ParseNameOrString("an engine");
    } else if (AcceptAny(Kw::kCOMMENT, Kw::kENCRYPTION, Kw::kENGINE_ATTRIBUTE)) {
      Accept(Op::kEqual);
      ParseString("a value");
    } else if (AcceptAny(Kw::kINITIAL_SIZE, Kw::kAUTOEXTEND_SIZE, Kw::kMAX_SIZE, Kw::kEXTENT_SIZE, Kw::kNODEGROUP,
                         Kw::kFILE_BLOCK_SIZE, Kw::kUNDO_BUFFER_SIZE, Kw::kREDO_BUFFER_SIZE)) {
      Accept(Op::kEqual);
      ParseSize();
    } else if (!AcceptAny(Kw::kWAIT, Kw::kNO_WAIT)) {
      return;
    }
  }
}

// CREATE|ALTER|DROP [UNDO] TABLESPACE; UNDO or TABLESPACE is current.
Statement* Parser::ParseTablespace(Verb verb) {
  Command* command = NewCommand(verb);
  Accept(Kw::kUNDO);
  Expect(Kw::kTABLESPACE);
  const Access access = verb == Verb::kCreateTablespace  ? Access::kCreate
                        : verb == Verb::kDropTablespace ? Access::kDrop
                                                        : Access::kAlter;
  AddObject(command, ObjectKind::kTablespace, access, {{}, ParseName("a tablespace")});
  const auto file = [&](Access to_file) {
    AddObject(command, ObjectKind::kFile, to_file, {{}, {ParseString("a file")}})->is_string = true;
  };
  if (Accept(Kw::kADD)) {
    Expect(Kw::kDATAFILE);
    file(Access::kCreate);
  } else if (verb == Verb::kAlterTablespace && Accept(Kw::kDROP)) {
    Expect(Kw::kDATAFILE);
    file(Access::kDrop);
  } else if (verb == Verb::kAlterTablespace && Accept(Kw::kRENAME)) {
    Expect(Kw::kTO);
    AddObject(command, ObjectKind::kTablespace, Access::kCreate, {{}, ParseName("a tablespace")});
  } else if (verb == Verb::kAlterTablespace && Accept(Kw::kSET)) {
    if (!AcceptAny(Kw::kACTIVE, Kw::kINACTIVE)) Fail("ACTIVE or INACTIVE");
  }
  if (Accept(Kw::kUSE)) {
    Expect(Kw::kLOGFILE);
    Expect(Kw::kGROUP);
    ParseName("a log file group");
  }
  ParseStorageOptions();
  return Make(command);
}

// CREATE|ALTER|DROP LOGFILE GROUP; LOGFILE is current.
Statement* Parser::ParseLogfileGroup(Verb verb) {
  Command* command = NewCommand(verb);
  Advance();
  Expect(Kw::kGROUP);
  const Access access = verb == Verb::kCreateLogfileGroup  ? Access::kCreate
                        : verb == Verb::kDropLogfileGroup ? Access::kDrop
                                                          : Access::kAlter;
  AddObject(command, ObjectKind::kLogfileGroup, access, {{}, ParseName("a log file group")});
  if (access != Access::kDrop) {
    Expect(Kw::kADD);
    if (!AcceptAny(Kw::kUNDOFILE)) Fail("UNDOFILE");
    AddObject(command, ObjectKind::kFile, Access::kCreate, {{}, {ParseString("a file")}})->is_string = true;
  }
  ParseStorageOptions();
  return Make(command);
}

// CREATE|ALTER|DROP RESOURCE GROUP; RESOURCE is current.
Statement* Parser::ParseResourceGroup(Verb verb) {
  Command* command = NewCommand(verb);
  Advance();
  Expect(Kw::kGROUP);
  const Access access = verb == Verb::kCreateResourceGroup  ? Access::kCreate
                        : verb == Verb::kDropResourceGroup ? Access::kDrop
                                                           : Access::kAlter;
  AddObject(command, ObjectKind::kResourceGroup, access, {{}, ParseName("a resource group")});
  if (access == Access::kDrop) {
    Accept(Kw::kFORCE);
    return Make(command);
  }
  if (access == Access::kCreate) {
    Expect(Kw::kTYPE);
    Accept(Op::kEqual);
    if (!AcceptAny(Kw::kUSER, Kw::kSYSTEM)) Fail("USER or SYSTEM");
  }
  if (Accept(Kw::kVCPU)) {
    Accept(Op::kEqual);
    do {
      ParseUnsigned("a processor");
      if (Accept(Op::kMinus)) ParseUnsigned("a processor");
    } while (Accept(Op::kComma) || At(TokenKind::kInteger));
  }
  if (Accept(Kw::kTHREAD_PRIORITY)) {
    Accept(Op::kEqual);
    if (Accept(Op::kMinus)) NoteClose();
    ParseUnsigned("a priority");
  }
  AcceptAny(Kw::kENABLE, Kw::kDISABLE);
  Accept(Kw::kFORCE);
  return Make(command);
}

// CREATE [OR REPLACE] | DROP SPATIAL REFERENCE SYSTEM; SPATIAL is current.
Statement* Parser::ParseSpatialReferenceSystem(Verb verb) {
  Command* command = NewCommand(verb);
  const bool creates = verb == Verb::kCreateSpatialReferenceSystem;
  Advance();
  Expect(Kw::kREFERENCE);
  Expect(Kw::kSYSTEM);
  creates ? AcceptIfNotExists() : AcceptIfExists();
  AddObject(command, ObjectKind::kSpatialReferenceSystem, creates ? Access::kCreate : Access::kDrop,
            {{}, {ParseUnsigned("an SRID")}});
  while (creates && AtAny(Kw::kNAME, Kw::kDEFINITION, Kw::kORGANIZATION, Kw::kDESCRIPTION)) {
    const bool organization = At(Kw::kORGANIZATION);
    Advance();
    ParseString("text");
    if (!organization) continue;
    Expect(Kw::kIDENTIFIED);
    Expect(Kw::kBY);
    ParseUnsigned("an id");
  }
  return Make(command);
}

}  // namespace postern::sql
