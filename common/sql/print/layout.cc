#include "common/sql/print/layout.h"

#include <algorithm>

#include "common/sql/ascii.h"
#include "common/sql/ast/name.h"
#include "common/sql/lexer/lexer.h"

namespace postern::sql {
namespace {

constexpr uint32_t kMaxIndent = 16;  // levels: deeper text stays readable, and does not grow by more

// Whether `begin` stands in the ascending list, of which all before `used` is passed.
bool Passes(const std::vector<uint32_t>& list, size_t& used, uint32_t begin) {
  while (used < list.size() && list[used] < begin) ++used;
  return used < list.size() && list[used] == begin;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Whether the bare word is a name to every server: nothing that any of them knows as a word of its grammar, no
// introducer, nothing to which a charset would matter.
bool NeedsNoQuotes(std::string_view name) {
  if (name.empty() || !IsLetter(name.front())) return false;
  for (char c : name) {
    if (!IsLetter(c) && !IsDigit(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  const bool in_for_loops = EqualsIgnoreCase(name, "REVERSE");  // no keyword, but told from a name by its spelling
  return FindKeyword(name) == Kw::kNone && !in_for_loops;
}

std::string Quoted(std::string_view name) {
  std::string text = "`";
  for (char c : name) text.append(c == '`' ? 2 : 1, c);
  return text + "`";
}

bool IsLast(const Token& token) { return token.kind == TokenKind::kEnd || token.kind == TokenKind::kError; }

bool IsArrow(const Token& token) { return token.op == Op::kArrow || token.op == Op::kArrowText; }

bool OpensTight(Op op) { return op == Op::kOpen || op == Op::kOpenBrace; }

bool ClosesTight(Op op) {
  return op == Op::kClose || op == Op::kCloseBrace || op == Op::kComma || op == Op::kSemicolon || op == Op::kDot ||
         op == Op::kColon;
}

}  // namespace

std::string Layout::Write() {
  out_.reserve(text_.size() + text_.size() / 4);
  Lexer lexer(text_, dialect_);
  for (Token token = lexer.Next(); !IsLast(token); token = lexer.Next()) {
    WriteSeparator(token);
    WriteToken(token);
    before_ = token;
  }
  return std::move(out_);
}

const Outline::Line* Layout::LineAt(uint32_t begin) {
  const Outline::Line* line = nullptr;
  for (; lines_ < outline_.lines.size() && outline_.lines[lines_].begin <= begin; ++lines_) {
    if (outline_.lines[lines_].begin == begin) line = &outline_.lines[lines_];
  }
  return line;
}

void Layout::WriteSeparator(const Token& token) {
  const bool close = Passes(outline_.close, close_, token.begin);
  const bool call = Passes(outline_.calls, calls_, token.begin);
  const Outline::Line* line = LineAt(token.begin);
  if (out_.empty() || close) return;
  if (line != nullptr) {
    out_ += '\n';
    out_.append(2 * std::min(line->level, kMaxIndent), ' ');
  } else if (call ? !before_.adjacent_open && before_.end != token.begin : !IsClose(token)) {
    out_ += ' ';
  }
}

// Whether people write no blank between the last token and this one, and servers need none.
bool Layout::IsClose(const Token& token) const {
  if (before_.op == Op::kDot) {  // behind a dot digits would be read as a name, or the dot as a decimal point
    return !IsDigit(static_cast<unsigned char>(text_[token.begin])) || before_.end == token.begin;
  }
  if (OpensTight(before_.op) || ClosesTight(token.op) || IsArrow(token) || IsArrow(before_)) return true;
  if (before_.kind == TokenKind::kSystemVariable) return true;
  return before_.kind == TokenKind::kIntroducer && token.kind == TokenKind::kString;
}

void Layout::WriteToken(const Token& token) {
  const bool name = Passes(outline_.names, names_, token.begin);
  if (token.kind == TokenKind::kWord && token.keyword != Kw::kNone && !name) {
    out_ += KeywordText(token.keyword);
  } else if (token.kind == TokenKind::kQuotedName && name) {
    const std::string plain = Unquote({TextOf(token)});
    out_ += NeedsNoQuotes(plain) ? plain : Quoted(plain);
  } else {
    out_ += TextOf(token);
  }
}

}  // namespace postern::sql
