// Property: any text lexes to an end or an error in bounded steps, tokens stand in order inside the text, and a lexer
// copied at any point goes on as the original does. The first bytes choose the dialect.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/sql/lexer/lexer.h"

using namespace postern::sql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  Dialect dialect;
  dialect.vendor = data[0] & 1 ? Vendor::kMariaDb : Vendor::kMySql;
  dialect.version = data[0] & 1 ? 101119 : data[0] & 2 ? 90704 : 80040;
  dialect.mode.ansi_quotes = data[0] & 4;
  dialect.mode.no_backslash_escapes = data[0] & 8;
  dialect.mode.ignore_space = data[0] & 16;
  dialect.charset = static_cast<Charset>(data[1] % 5);
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  Lexer lexer(text, dialect);
  size_t last = 0;
  for (size_t steps = 0;; ++steps) {
    Lexer copy = lexer;
    const Token token = lexer.Next();
    const Token again = copy.Next();
    if (token.kind != again.kind || token.begin != again.begin || token.end != again.end) abort();
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kError) return 0;
    if (token.begin < last || token.end <= token.begin || token.end > text.size() || steps > size) abort();
    last = token.end;
  }
}
