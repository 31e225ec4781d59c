// PARTITION BY of CREATE and ALTER TABLE: how rows are spread, and each partition with its options.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// PARTITION BY ... [PARTITIONS n] [SUBPARTITION BY ...] [(definitions)]
void Parser::ParsePartitioning(Command* command) {
  NewLine();
  Expect(Kw::kPARTITION);
  Expect(Kw::kBY);
  ParsePartitionBy(command);
  if (Accept(Kw::kPARTITIONS)) ParseUnsigned("a number");
  if (Accept(Kw::kSUBPARTITION)) {
    Expect(Kw::kBY);
    ParsePartitionBy(command);
    if (Accept(Kw::kSUBPARTITIONS)) ParseUnsigned("a number");
  }
  if (At(Op::kOpen)) ParsePartitionDefinitions(command);
}

void Parser::ParsePartitionBy(Command* command) {
  if (mariadb() && Accept(Kw::kSYSTEM_TIME)) {
    if (Accept(Kw::kINTERVAL)) {
      command->exprs.Add(ParseInterval(ParseExpr(), token_.begin));
      if (Accept(Kw::kSTARTS)) command->exprs.Add(ParseExpr());
    } else if (Accept(Kw::kLIMIT)) {
      ParseUnsigned("a number");
    }
    Accept(Kw::kAUTO);
    return;
  }
  Accept(Kw::kLINEAR);
  if (Accept(Kw::kKEY)) {
    if (Accept(Kw::kALGORITHM)) {
      Expect(Op::kEqual);
      ParseUnsigned("1 or 2");
    }
    Expect(Op::kOpen);
    if (!At(Op::kClose)) ParseNameList();
    Expect(Op::kClose);
    return;
  }
  const bool hash = At(Kw::kHASH);
  if (!AcceptAny(Kw::kHASH, Kw::kRANGE, Kw::kLIST)) Fail("HASH, KEY, RANGE or LIST");
  if (!hash && AcceptAny(Kw::kCOLUMNS, Kw::kFIELDS)) {
    ParseParenthesizedNames();
    return;
  }
  if (!At(Op::kOpen)) return Fail("(");
  command->exprs.Add(ParseParenthesized());
}

void Parser::ParsePartitionDefinitions(Command* command) {
  Expect(Op::kOpen);
  do {
    NewLine(1);
    ParsePartitionDefinition(command);
  } while (Accept(Op::kComma));
  NewLine();
  Expect(Op::kClose);
}

void Parser::ParsePartitionDefinition(Command* command) {
  if (!mariadb() || At(Kw::kPARTITION)) Expect(Kw::kPARTITION);
  ParseName("a partition");
  const auto values = [&] {
    Expect(Op::kOpen);
    do {
      if (Accept(Kw::kMAXVALUE) || (mariadb() && Accept(Kw::kDEFAULT))) continue;
      command->exprs.Add(ParseExpr());
    } while (Accept(Op::kComma));
    Expect(Op::kClose);
  };
  if (Accept(Kw::kVALUES)) {
    if (Accept(Kw::kLESS)) {
      Expect(Kw::kTHAN);
      if (!Accept(Kw::kMAXVALUE)) values();
    } else if (mariadb() && Accept(Kw::kDEFAULT)) {
    } else {
      Expect(Kw::kIN);
      values();
    }
  } else if (mariadb()) {
    AcceptAny(Kw::kHISTORY, Kw::kCURRENT, Kw::kDEFAULT);
  }
  ParsePartitionOptions();
  if (!Accept(Op::kOpen)) return;
  do {
    Expect(Kw::kSUBPARTITION);
    ParseNameOrString("a subpartition");
    ParsePartitionOptions();
  } while (Accept(Op::kComma));
  Expect(Op::kClose);
}

// The value of an option that only the storage engine knows.
void Parser::ParseEngineOptionValue() {
  if (At(TokenKind::kInteger) || At(TokenKind::kHexNumber)) return Advance();
  if (Accept(Kw::kDEFAULT)) return;
  if (At(TokenKind::kWord)) {
    NoteName(token_);
    return Advance();
  }
  ParseNameOrString("a value");
}

void Parser::ParsePartitionOptions() {
  for (;;) {
    if (mariadb() && At(TokenKind::kWord) && At(Kw::kNone) && Peek().op == Op::kEqual) {
      NoteName(token_);
      Advance();
      Advance();
      ParseEngineOptionValue();
      continue;
    }
    Accept(Kw::kSTORAGE);
    if (Accept(Kw::kENGINE)) {
      Accept(Op::kEqual);
      ParseNameOrString("an engine");
    } else if (Accept(Kw::kCOMMENT)) {
      Accept(Op::kEqual);
      ParseString("a comment");
    } else if (AcceptAll(Kw::kDATA, Kw::kDIRECTORY) || AcceptAll(Kw::kINDEX, Kw::kDIRECTORY)) {
      Accept(Op::kEqual);
      ParseString("a path");
    } else if (AcceptAny(Kw::kMAX_ROWS, Kw::kMIN_ROWS, Kw::kNODEGROUP)) {
      Accept(Op::kEqual);
      ParseUnsigned("a number");
    } else if (Accept(Kw::kTABLESPACE)) {
      Accept(Op::kEqual);
      ParseName("a tablespace");
    } else {
      return;
    }
  }
}

}  // namespace postern::sql
