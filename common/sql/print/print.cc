#include "common/sql/print.h"

#include "common/sql/ascii.h"
#include "common/sql/ast/summary.h"
#include "common/sql/parser/parser.h"
#include "common/sql/print/layout.h"
#include "common/sql/read.h"

namespace postern::sql {
namespace {

// The summary of the one statement of a text that was read before; nothing if it does not read.
std::optional<std::string> SummaryOf(std::string_view text, const Dialect& dialect, const Limits& limits,
                                     Outline* outline) {
  Arena arena;
  Parser parser(text, dialect, limits, arena, outline);
  const Statement* statement = parser.ParseNext();
  if (statement == nullptr || !parser.AtEndOfText() || parser.failed()) return std::nullopt;
  return Summarize(*statement, dialect);
}

bool SameName(const Token& a, std::string_view a_text, const Token& b, std::string_view b_text) {
  return a.kind == TokenKind::kQuotedName && (b.kind == TokenKind::kQuotedName || b.kind == TokenKind::kWord) &&
         Unquote({a_text}) == Unquote({b_text});
}

// Whether the printed text is the same tokens but for the letter case of keywords and the quotes of names.
bool SameTokens(std::string_view text, std::string_view printed, const Dialect& dialect) {
  Lexer left(text, dialect);
  Lexer right(printed, dialect);
  for (;;) {
    const Token a = left.Next();
    const Token b = right.Next();
    if (a.kind == TokenKind::kError || b.kind == TokenKind::kError) return false;
    if (a.kind == TokenKind::kEnd) return b.kind == TokenKind::kEnd && !right.dropped_anything();
    const std::string_view a_text = text.substr(a.begin, a.end - a.begin);
    const std::string_view b_text = printed.substr(b.begin, b.end - b.begin);
    if (a.kind == b.kind && a.op == b.op && a_text == b_text) continue;
    const bool keyword = a.keyword != Kw::kNone && a.keyword == b.keyword && EqualsIgnoreCase(a_text, b_text);
    if (!keyword && !SameName(a, a_text, b, b_text)) return false;
  }
}

}  // namespace

Printed Print(std::string_view text, const Dialect& dialect, const Limits& limits) {
  Printed printed;
  const Reading reading = Read(text, dialect, limits);
  if (!reading.ok()) {
    printed.error = reading.error;
    return printed;
  }
  const std::string_view canonical = reading.canonical.view();
  Outline outline;
  const std::optional<std::string> summary = SummaryOf(canonical, dialect, limits, &outline);
  if (summary) printed.text = Layout(canonical, dialect, outline).Write();
  Limits longer = limits;  // new lines and their indentation take room
  longer.max_bytes = std::max(limits.max_bytes, printed.text.size());
  printed.laid_out = summary && SameTokens(canonical, printed.text, dialect) &&
                     SummaryOf(printed.text, dialect, longer, nullptr) == summary;
  if (!printed.laid_out) printed.text = std::string(canonical);
  return printed;
}

}  // namespace postern::sql
