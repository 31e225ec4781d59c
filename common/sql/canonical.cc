#include "common/sql/canonical.h"

#include "common/sql/lexer/lexer.h"

namespace postern::sql {
namespace {

// The first token at or behind `begin`, the lexer standing behind it.
Token Seek(Lexer& lexer, size_t begin) {
  Token token = lexer.Next();
  while (token.begin < begin && token.kind != TokenKind::kEnd && token.kind != TokenKind::kError) token = lexer.Next();
  return token;
}

bool IsBlankOnly(std::string_view gap) {
  for (char c : gap) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (!(byte >= 9 && byte <= 13) && byte != ' ' && byte != 0xA0) return false;
  }
  return true;
}

bool IsDone(const Token& token, size_t end) {
  return token.kind == TokenKind::kEnd || token.kind == TokenKind::kError || token.begin >= end;
}

// Whether both texts are the same tokens, byte for byte.
bool LexAlike(std::string_view text, size_t begin, size_t end, std::string_view other, const Dialect& dialect) {
  Lexer left(text, dialect);
  Lexer right(other, dialect);
  Token a = Seek(left, begin);
  Token b = right.Next();
  for (; !IsDone(a, end); a = left.Next(), b = right.Next()) {
    if (a.kind != b.kind || a.op != b.op || a.keyword != b.keyword || a.adjacent_open != b.adjacent_open) return false;
    if (text.substr(a.begin, a.end - a.begin) != other.substr(b.begin, b.end - b.begin)) return false;
  }
  return a.kind != TokenKind::kError && b.kind == TokenKind::kEnd && !right.dropped_anything();
}

}  // namespace

std::optional<std::string> WithoutComments(std::string_view text, size_t begin, size_t end, const Dialect& dialect) {
  std::string out;
  out.reserve(end - begin);
  Lexer lexer(text, dialect);
  size_t last = begin;
  for (Token token = Seek(lexer, begin); !IsDone(token, end); token = lexer.Next()) {
    const std::string_view gap = text.substr(last, token.begin - last);
    out += IsBlankOnly(gap) ? gap : " ";
    out += text.substr(token.begin, token.end - token.begin);
    last = token.end;
  }
  if (!LexAlike(text, begin, end, out, dialect)) return std::nullopt;
  return out;
}

}  // namespace postern::sql
