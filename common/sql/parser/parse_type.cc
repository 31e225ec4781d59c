// Data types: of CAST, and of columns and routine parameters.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// (n), (n, m)
void Parser::ParseTypeLength() {
  if (!At(Op::kOpen)) return;
  NoteClose();
  Advance();
  ParseUnsigned("a length");
  if (Accept(Op::kComma)) ParseUnsigned("a number of decimals");
  Expect(Op::kClose);
}

void Parser::ParseCastType() {
  if (AcceptAny(Kw::kSIGNED, Kw::kUNSIGNED)) {
    AcceptAny(Kw::kINTEGER, Kw::kINT);
    return;
  }
  if (AcceptAny(Kw::kCHAR, Kw::kCHARACTER)) {
    if (mariadb()) Accept(Kw::kVARYING);
    ParseTypeLength();
    return ParseCharsetAttributes();
  }
  if (AcceptAny(Kw::kBINARY, Kw::kNCHAR, Kw::kDECIMAL, Kw::kDEC, Kw::kDATETIME, Kw::kTIME, Kw::kFLOAT)) {
    return ParseTypeLength();
  }
  if (Accept(Kw::kDOUBLE)) {
    Accept(Kw::kPRECISION);
    return ParseTypeLength();
  }
  if (Accept(Kw::kNATIONAL)) return Expect(Kw::kCHAR);
  if (AcceptAny(Kw::kDATE, Kw::kYEAR, Kw::kJSON, Kw::kREAL)) return;
  if (mariadb() && AcceptAll(Kw::kINTERVAL, Kw::kDAY_SECOND)) return ParseTypeLength();
  if (AcceptAny(Kw::kPOINT, Kw::kLINESTRING, Kw::kPOLYGON, Kw::kMULTIPOINT, Kw::kMULTILINESTRING, Kw::kMULTIPOLYGON,
                Kw::kGEOMETRYCOLLECTION, Kw::kGEOMCOLLECTION)) {
    return;
  }
  if (mariadb()) {
    if (AcceptAny(Kw::kINT, Kw::kINTEGER)) return;
    if (Accept(Kw::kVARCHAR)) {
      ParseTypeLength();
      return ParseCharsetAttributes();
    }
    if (AcceptAny(Kw::kUUID, Kw::kINET4, Kw::kINET6)) return;
  }
  Fail("a type");
}

// [CHARACTER SET x] [COLLATE y] and the words of old for both, in any order the servers take.
void Parser::ParseCharsetAttributes() {
  for (;;) {
    if (AcceptAny(Kw::kASCII, Kw::kUNICODE, Kw::kBINARY, Kw::kBYTE)) continue;
    if (Accept(Kw::kCHARSET)) {
      ParseCharsetName();
    } else if ((At(Kw::kCHAR) || At(Kw::kCHARACTER)) && Peek().keyword == Kw::kSET) {
      Advance();
      Advance();
      ParseCharsetName();
    } else if (Accept(Kw::kCOLLATE)) {
      if (!(mariadb() && Accept(Kw::kDEFAULT))) ParseCharsetName();
    } else {
      return;
    }
  }
}

namespace {

bool IsNumericType(Kw keyword) {
  for (Kw type : {Kw::kTINYINT, Kw::kSMALLINT, Kw::kMEDIUMINT, Kw::kINT, Kw::kINTEGER, Kw::kBIGINT, Kw::kINT1, Kw::kINT2,
                  Kw::kINT3, Kw::kINT4, Kw::kINT8, Kw::kMIDDLEINT, Kw::kREAL, Kw::kFLOAT, Kw::kFLOAT4, Kw::kFLOAT8,
                  Kw::kDECIMAL, Kw::kDEC, Kw::kNUMERIC, Kw::kFIXED}) {
    if (keyword == type) return true;
  }
  return false;
}

bool IsPlainType(Kw keyword) {
  for (Kw type : {Kw::kBIT, Kw::kBOOL, Kw::kBOOLEAN, Kw::kBINARY, Kw::kVARBINARY, Kw::kYEAR, Kw::kDATE, Kw::kTIME,
                  Kw::kDATETIME, Kw::kTIMESTAMP, Kw::kTINYBLOB, Kw::kBLOB, Kw::kMEDIUMBLOB, Kw::kLONGBLOB, Kw::kJSON,
                  Kw::kGEOMETRY, Kw::kPOINT, Kw::kLINESTRING, Kw::kPOLYGON, Kw::kMULTIPOINT, Kw::kMULTILINESTRING,
                  Kw::kMULTIPOLYGON, Kw::kGEOMETRYCOLLECTION, Kw::kGEOMCOLLECTION, Kw::kSERIAL, Kw::kVECTOR}) {
    if (keyword == type) return true;
  }
  return false;
}

bool IsTextType(Kw keyword) {
  for (Kw type : {Kw::kVARCHAR, Kw::kVARCHARACTER, Kw::kTINYTEXT, Kw::kTEXT, Kw::kMEDIUMTEXT, Kw::kLONGTEXT, Kw::kNCHAR,
                  Kw::kNVARCHAR, Kw::kLONG}) {
    if (keyword == type) return true;
  }
  return false;
}

}  // namespace

// A column's type with its length and its SIGNED/UNSIGNED/ZEROFILL or charset attributes. False if none starts here.
bool Parser::ParseDataType() {
  if (IsNumericType(token_.keyword) || At(Kw::kDOUBLE)) {
    const bool is_double = At(Kw::kDOUBLE);
    Advance();
    if (is_double) Accept(Kw::kPRECISION);
    ParseTypeLength();
    while (AcceptAny(Kw::kSIGNED, Kw::kUNSIGNED, Kw::kZEROFILL)) {
    }
    return true;
  }
  if (At(Kw::kENUM) || At(Kw::kSET)) {
    Advance();
    NoteClose();
    Expect(Op::kOpen);
    do {
      if (At(TokenKind::kHexNumber) || At(TokenKind::kHexString)) {
        Advance();
      } else {
        ParseString("a value");
      }
    } while (Accept(Op::kComma));
    Expect(Op::kClose);
    ParseCharsetAttributes();
    return true;
  }
  if (At(Kw::kCHAR) || At(Kw::kCHARACTER) || At(Kw::kNATIONAL)) {
    const bool national = Accept(Kw::kNATIONAL);
    if (!AcceptAny(Kw::kCHAR, Kw::kCHARACTER, Kw::kVARCHAR, Kw::kVARCHARACTER)) Fail("CHAR");
    Accept(Kw::kVARYING);
    ParseTypeLength();
    if (!national || At(Kw::kBINARY)) ParseCharsetAttributes();
    return true;
  }
  if (IsTextType(token_.keyword)) {
    const bool is_long = At(Kw::kLONG);
    const bool national = At(Kw::kNCHAR);
    Advance();
    if (is_long) AcceptAny(Kw::kVARCHAR, Kw::kVARCHARACTER, Kw::kVARBINARY, Kw::kCHAR, Kw::kCHARACTER);
    if (national) AcceptAny(Kw::kVARCHAR, Kw::kVARCHARACTER);
    Accept(Kw::kVARYING);
    ParseTypeLength();
    ParseCharsetAttributes();
    return true;
  }
  const bool uuid_like = mariadb() && AtAny(Kw::kUUID, Kw::kINET4, Kw::kINET6);
  if (!IsPlainType(token_.keyword) && !uuid_like) return false;
  const bool year = At(Kw::kYEAR);
  Advance();
  ParseTypeLength();
  while (year && AcceptAny(Kw::kSIGNED, Kw::kUNSIGNED, Kw::kZEROFILL)) {
  }
  return true;
}

}  // namespace postern::sql
