// What must hold for every statement, checked on the golden ones.
#include <catch2/catch.hpp>

#include <vector>

#include "common/sql/ascii.h"
#include "common/sql/lexer/lexer.h"
#include "common/sql/read.h"
#include "golden_corpus.h"

namespace postern::sql {
namespace {

std::vector<GoldenBlock> AllBlocks() {
  std::vector<GoldenBlock> blocks;
  for (const GoldenFile& file : LoadGoldenFiles()) blocks.insert(blocks.end(), file.blocks.begin(), file.blocks.end());
  return blocks;
}

// Tokens with their text, which is all a server sees.
std::vector<std::string> TokensOf(std::string_view text, const Dialect& dialect) {
  std::vector<std::string> tokens;
  Lexer lexer(text, dialect);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token.kind == TokenKind::kError) return {"error"};
    if (token.op == Op::kSemicolon) continue;
    tokens.emplace_back(text.substr(token.begin, token.end - token.begin));
    tokens.back() += token.adjacent_open ? "(" : "";
  }
  return tokens;
}

// The statement with the case of its words turned and every blank widened; words that may be names are left alone.
std::string Restyled(const std::string& sql, const Dialect& dialect) {
  std::string out;
  size_t last = 0;
  Lexer lexer(sql, dialect);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token.begin > last) out += "\n\t " + sql.substr(last, token.begin - last);
    std::string text = sql.substr(token.begin, token.end - token.begin);
    if (token.keyword != Kw::kNone && IsReserved(token.keyword, dialect)) {
      for (char& c : text) c = c >= 'a' ? ToUpper(c) : ToLower(c);
    }
    out += text;
    last = token.end;
  }
  return out;
}

}  // namespace

TEST_CASE("letter case of words and width of blanks change no fact") {
  for (const GoldenBlock& block : AllBlocks()) {
    Reading reading = Read(block.sql, block.dialect);
    // A hint is one token and a session value may be a reserved word: both are told as written.
    if (!reading.ok() || block.sql.find("/*") != std::string::npos) continue;
    Reading restyled = Read(Restyled(block.sql, block.dialect), block.dialect);
    INFO(block.sql);
    REQUIRE(restyled.ok());
    // Computed columns are named by their text, bare values are told as written.
    for (Reading* r : {&reading, &restyled}) {
      for (OutputColumn& column : r->facts.outputs) column.name = Upper(column.name).substr(0, 1);
      for (VariableUse& use : r->facts.variables) use.value.reset();
    }
    CHECK(restyled.facts == reading.facts);
  }
}

TEST_CASE("canonical text is the same tokens, reads to the same facts and is its own canonical text") {
  for (const GoldenBlock& block : AllBlocks()) {
    const Reading reading = Read(block.sql, block.dialect);
    if (!reading.ok()) continue;
    INFO(block.dialect_line << "\n" << block.sql);
    const std::string canonical(reading.canonical.view());
    CHECK(TokensOf(canonical, block.dialect) == TokensOf(block.sql, block.dialect));
    const Reading again = Read(canonical, block.dialect);
    REQUIRE(again.ok());
    CHECK(again.facts == reading.facts);
    CHECK(again.canonical.is_view());
    CHECK(again.canonical.view() == canonical);
  }
}

TEST_CASE("a prefix of a statement is refused or read whole, and comments around it change nothing") {
  for (const GoldenBlock& block : AllBlocks()) {
    INFO(block.dialect_line << "\n" << block.sql);
    const Reading whole = Read(block.sql, block.dialect);
    for (size_t length = 0; length < block.sql.size(); ++length) {
      const std::string prefix = block.sql.substr(0, length);
      const Reading reading = Read(prefix, block.dialect);
      if (!reading.ok()) continue;
      CHECK(TokensOf(reading.canonical.view(), block.dialect) == TokensOf(prefix, block.dialect));
    }
    if (!whole.ok()) continue;
    for (const std::string& dressed : {"/* x */ " + block.sql, block.sql + "\n-- x", block.sql + " ;", block.sql + "\n# x\n"}) {
      const Reading reading = Read(dressed, block.dialect);
      INFO(dressed);
      REQUIRE(reading.ok());
      CHECK(reading.facts == whole.facts);
    }
    CHECK_FALSE(Read(block.sql + "; DROP TABLE t", block.dialect).ok());
    CHECK_FALSE(Read(block.sql + std::string(1, '\0') + " junk", block.dialect).ok());
  }
}

TEST_CASE("every byte put in the place of another is refused or read whole") {
  for (const GoldenBlock& block : AllBlocks()) {
    if (block.sql.size() > 80) continue;
    for (size_t at = 0; at < block.sql.size(); ++at) {
      for (const char byte : {'\'', '"', '`', '\\', '/', '*', '-', '#', ';', '(', ')', '\0', '$', '@', '\x80', '\xA0'}) {
        std::string mutant = block.sql;
        mutant[at] = byte;
        const Reading reading = Read(mutant, block.dialect);
        if (!reading.ok()) continue;
        INFO(mutant);
        CHECK(TokensOf(reading.canonical.view(), block.dialect) == TokensOf(mutant, block.dialect));
      }
    }
  }
}

}  // namespace postern::sql
