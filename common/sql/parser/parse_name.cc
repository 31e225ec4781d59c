// Names, strings, numbers and the small phrases that every family uses.
#include "common/sql/ascii.h"
#include "common/sql/lexer/name_char.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {

Name Parser::ParseName(std::string_view what) {
  if (!AtName()) {
    Fail(what);
    return {};
  }
  const Name name{TextOf(token_)};
  NoteName(token_);
  Advance();
  return name;
}

Name Parser::ParseNameOrString(std::string_view what) {
  if (!At(TokenKind::kString)) return ParseName(what);
  const Name name{TextOf(token_)};
  if (!IsSafeName(name.raw, dialect_.charset)) {
    Fail(what);
    return {};
  }
  Advance();
  return name;
}

Name Parser::ParseAnyWord(std::string_view what) {
  if (!At(TokenKind::kWord) && !At(TokenKind::kQuotedName)) {
    Fail(what);
    return {};
  }
  const Name name{TextOf(token_)};
  NoteName(token_);
  Advance();
  return name;
}

// name or schema.name
ObjectName Parser::ParseObjectName(std::string_view what) {
  ObjectName name;
  name.name = ParseName(what);
  if (!Accept(Op::kDot)) return name;
  name.schema = name.name;
  name.name = ParseName(what);
  return name;
}

// [AS] name, or for a select item [AS] 'name'.
Name Parser::ParseOptionalAlias(bool strings) {
  const bool as = Accept(Kw::kAS);
  if (strings && At(TokenKind::kString)) return ParseNameOrString("an alias");
  if (!as) {
    if (!AtName() || At(Kw::kDUAL)) return {};
    if (strings ? AtAny(Kw::kMEMBER, Kw::kSOUNDS) : mariadb() && At(Kw::kWINDOW)) return {};
    if (strings && mariadb() && At(Kw::kWINDOW) && Peek().kind == TokenKind::kWord) return {};
  }
  return ParseName("an alias");
}

std::string_view Parser::ParseString(std::string_view what) {
  if (!At(TokenKind::kString)) {
    Fail(what);
    return {};
  }
  const uint32_t begin = token_.begin;
  Advance();
  return TextFrom(begin);
}

std::string_view Parser::ParseUnsigned(std::string_view what) {
  if (!At(TokenKind::kInteger)) {
    Fail(what);
    return {};
  }
  const std::string_view text = TextOf(token_);
  Advance();
  return text;
}

// 10, 0x10, or 10M (which lexes as a word that starts with digits)
void Parser::ParseSize() {
  if (At(TokenKind::kInteger) || At(TokenKind::kHexNumber)) return Advance();
  const std::string_view text = TextOf(token_);
  if (At(TokenKind::kWord) && !text.empty() && IsDigit(static_cast<unsigned char>(text.front()))) return Advance();
  Fail("a size");
}

void Parser::ParseNumberOrHex() {
  if (At(TokenKind::kInteger) || At(TokenKind::kHexNumber) || At(TokenKind::kDecimal) || At(TokenKind::kFloat)) {
    return Advance();
  }
  Fail("a number");
}

Name Parser::ParseCharsetName() {
  if (At(Kw::kBINARY)) return ParseAnyWord("a character set");
  return ParseNameOrString("a character set");
}

// 'user'@'host', user@host, user, CURRENT_USER [()]. The host is one token with its @.
Name Parser::ParseAccount() {
  const uint32_t begin = token_.begin;
  if (Accept(Kw::kCURRENT_USER) || (mariadb() && Accept(Kw::kCURRENT_ROLE))) {
    if (At(Op::kOpen)) {
      NoteClose();
      Advance();
      Expect(Op::kClose);
    }
    return {TextFrom(begin)};
  }
  if (At(TokenKind::kQuotedName)) {
    Advance();  // an account keeps its quotes: GRANT tells a quoted role from a privilege
  } else {
    ParseNameOrString("an account");
  }
  if (At(TokenKind::kUserVariable)) {
    NoteClose();
    Advance();
  }
  return {failed_ ? std::string_view() : TextFrom(begin)};
}

void Parser::ParseNameList() {
  do {
    ParseName("a name");
  } while (Accept(Op::kComma));
}

List<NameRef> Parser::ParseParenthesizedNames() {
  List<NameRef> names;
  Expect(Op::kOpen);
  do {
    NameRef* ref = New<NameRef>();
    ref->name = ParseName("a name");
    names.Add(ref);
  } while (Accept(Op::kComma));
  Expect(Op::kClose);
  return names;
}

bool Parser::AcceptIfExists() {
  if (!At(Kw::kIF)) return false;
  Advance();
  Expect(Kw::kEXISTS);
  return true;
}

bool Parser::AcceptIfNotExists() {
  if (!At(Kw::kIF)) return false;
  Advance();
  Expect(Kw::kNOT);
  Expect(Kw::kEXISTS);
  return true;
}

std::string_view Parser::AcceptHint() {
  if (!At(TokenKind::kHint)) return {};
  const std::string_view hint = TextOf(token_);
  Advance();
  return hint;
}

}  // namespace postern::sql
