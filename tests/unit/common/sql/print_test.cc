// How statements are printed, row by row; and what must hold of printing any of them, checked on the golden ones.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "common/sql/ascii.h"
#include "common/sql/lexer/lexer.h"
#include "common/sql/parser/parser.h"
#include "common/sql/print.h"
#include "common/sql/read.h"
#include "golden_corpus.h"

namespace postern::sql {
namespace {

// Facts without what is told as written: values of variables, names of computed columns.
Facts Comparable(Facts facts) {
  for (OutputColumn& column : facts.outputs) {
    std::erase_if(column.name, [](char c) { return std::string_view(" \n\t\r`\"").find(c) != std::string_view::npos; });
    column.name = Upper(column.name);
  }
  for (VariableUse& use : facts.variables) {
    if (use.value) use.value = Upper(*use.value);
  }
  return facts;
}

std::string Text(std::string_view sql, const Dialect& dialect = {}) {
  const Printed printed = Print(sql, dialect);
  return printed.ok() && printed.laid_out ? printed.text : "not laid out";
}

// Whatever reads is printed as the same statement.
void CheckRoundTrip(const std::string& sql, const Dialect& dialect) {
  const Reading reading = Read(sql, dialect);
  const Printed printed = Print(sql, dialect);
  REQUIRE(printed.ok() == reading.ok());
  if (!reading.ok()) return;
  INFO(printed.text);
  CHECK(printed.laid_out);
  CHECK(TreeOf(printed.text, dialect) == TreeOf(reading.canonical.view(), dialect));
  const Reading again = Read(printed.text, dialect);
  REQUIRE(again.ok());
  CHECK(Comparable(again.facts) == Comparable(reading.facts));
  CHECK(Print(printed.text, dialect).text == printed.text);
}

Outline OutlineOf(std::string_view text, const Dialect& dialect) {
  Outline outline;
  Arena arena;
  Parser parser(text, dialect, {}, arena, &outline);
  parser.ParseNext();
  return outline;
}

bool Holds(const std::vector<uint32_t>& positions, uint32_t position) {
  return std::binary_search(positions.begin(), positions.end(), position);
}

// The words that were read as keywords.
std::vector<Token> KeywordsOf(std::string_view text, const Dialect& dialect) {
  const Outline outline = OutlineOf(text, dialect);
  std::vector<Token> keywords;
  Lexer lexer(text, dialect);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token.keyword != Kw::kNone && !Holds(outline.names, token.begin)) keywords.push_back(token);
  }
  return keywords;
}

// The same statement with small keywords and other blanks.
std::string Restyled(const std::string& sql, const Dialect& dialect) {
  std::string small = sql;
  for (const Token& token : KeywordsOf(sql, dialect)) {
    for (uint32_t i = token.begin; i < token.end; ++i) small[i] = ToLower(small[i]);
  }
  std::string out;
  size_t last = 0;
  bool call = false;
  Lexer lexer(small, dialect);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token.begin > last) out += token.kind == TokenKind::kHint || call ? "  \t" : "\n /* x */\t";
    call = token.adjacent_open;
    out += small.substr(token.begin, token.end - token.begin);
    last = token.end;
  }
  return out;
}

}  // namespace

TEST_CASE("clauses stand on lines of their own, and what is nested is indented") {
  CHECK(Text("select c from t where id=5 order by c desc limit 1") ==
        "SELECT c\nFROM t\nWHERE id = 5\nORDER BY c DESC\nLIMIT 1");
  CHECK(Text("select a from t left join u using(b) where a in(select 1 union all select 2)") ==
        "SELECT a\nFROM t\nLEFT JOIN u USING (b)\nWHERE a IN (\n  SELECT 1\n  UNION ALL\n  SELECT 2\n)");
  CHECK(Text("insert into t(a,b) values(1,-2),(3,4) on duplicate key update a=values(a)") ==
        "INSERT INTO t (a, b)\nVALUES (1, -2),\n  (3, 4)\nON DUPLICATE KEY UPDATE a = VALUES(a)");
  CHECK(Text("create table t(id int(10) primary key,key(a(5)))engine=InnoDB") ==
        "CREATE TABLE t (\n  id INT(10) PRIMARY KEY,\n  KEY (a(5))\n) ENGINE = InnoDB");
  CHECK(Text("create procedure p() begin declare x int; if x then select 1; else do 2; end if; end") ==
        "CREATE PROCEDURE p ()\nBEGIN\n  DECLARE x INT;\n  IF x THEN\n    SELECT 1;\n  ELSE\n    DO 2;\n  END IF;\nEND");
}

TEST_CASE("what one blank more or less would change stands as it was") {
  CHECK(Text("select count(*),now (),`abs`(1),`abs` (1)from t") == "SELECT count(*), now (), `abs`(1), `abs` (1)\nFROM t");
  CHECK(Text("select a - -1, -(-a), - - a, !a, ~a, -@x") == "SELECT a - -1, -(-a), - -a, !a, ~a, -@x");
  CHECK(Text("select 2/ *, *from t") == "not laid out");
  CHECK(Text("select t . a, t. select from s . t") == "not laid out");
  CHECK(Text("select t . a, t .b from s . t") == "SELECT t.a, t.b\nFROM s.t");
  CHECK(Text("select 'a'  'b' \"c\", N'x', _utf8mb4 'x', _utf8mb4 x'41', x'41', 0x41, 1e5, .5") ==
        "SELECT 'a' 'b' \"c\", N'x', _utf8mb4'x', _utf8mb4 x'41', x'41', 0x41, 1e5, .5");
  CHECK(Text("select a ->'$.x', b->> '$.y', @a:=1, @@global . b, @@`c`") ==
        "SELECT a->'$.x', b->>'$.y', @a := 1, @@global.b, @@c");
  CHECK(Text("create user a @h, 'b'@'c', `d` @`e` default role current_user ( )") ==
        "CREATE USER a@h, 'b'@'c', `d`@`e` DEFAULT ROLE CURRENT_USER()");
  CHECK(Text("drop user a @h, 'b'@'c', `d` @`e`, current_user ( )") == "DROP USER a@h, 'b'@'c', `d`@`e`, CURRENT_USER()");
  CHECK(Text("select 1 <=> 2, 1<>2, 1!=2, 1<<2") == "SELECT 1 <=> 2, 1 <> 2, 1 != 2, 1 << 2");
}

TEST_CASE("only names that need quotes keep them, and only keywords become capitals") {
  CHECK(Text("select `a`, `b c`, `key`, `_utf8`, `e1`, `1a`, `x``y`, `tab`.`count` from `t` as `order`") ==
        "SELECT a, `b c`, `key`, `_utf8`, e1, `1a`, `x``y`, tab.`count`\nFROM t AS `order`");
  CHECK(Text("select status, date, t.select, begin from action as offset") ==
        "SELECT status, date, t.select, begin\nFROM action AS offset");
  CHECK(Text("grant `r`, 's' to u") == "GRANT `r`, 's' TO u");
  CHECK(Text("grant admin to u") == "GRANT admin TO u");
  CHECK(Text("grant create view, select(id) on t to u") == "GRANT CREATE VIEW, SELECT (id) ON t TO u");
  CHECK(Text("set character_set_results = binary, sql_notes = on, names binary") ==
        "SET character_set_results = binary, sql_notes = on, NAMES binary");
  Dialect ansi;
  ansi.mode.ansi_quotes = true;
  CHECK(Text("select \"a\", \"b \"\" c\" from \"t\"", ansi) == "SELECT a, `b \" c`\nFROM t");
}

TEST_CASE("comments go, hints stay, executable ones are what they are to the server") {
  CHECK(Text("select /* x */ 1 -- y") == "SELECT 1");
  CHECK(Text("select /*+ no_bnl() */ 1 /*!50000 + 2 */ /*!99999 + 3 */") == "SELECT /*+ no_bnl() */ 1 + 2");
}

TEST_CASE("what cannot be read is not printed") {
  const Printed printed = Print("SELECT 1; DROP TABLE t", {});
  REQUIRE_FALSE(printed.ok());
  CHECK(printed.error->kind == ParseErrorKind::kMultipleStatements);
  CHECK(printed.text.empty());
}

TEST_CASE("depth and length are no way to make the text explode") {
  std::string sql;
  for (int i = 0; i < 60; ++i) sql += "SELECT (";
  sql += "SELECT 1";
  for (int i = 0; i < 2000; ++i) sql += " UNION SELECT 1";
  for (int i = 0; i < 60; ++i) sql += ")";
  const std::string text = Text(sql);
  CHECK(text.size() > sql.size());
  CHECK(text.size() < 10 * sql.size());
}

TEST_CASE("printing keeps the tree, the facts and itself, in every dialect that reads the statement") {
  Dialect modes{Vendor::kMySql, 80040, {}, Charset::kUtf8mb4};
  modes.mode.ansi_quotes = modes.mode.ignore_space = modes.mode.pipes_as_concat = modes.mode.no_backslash_escapes = true;
  const Dialect others[] = {{Vendor::kMySql, 90704, {}, Charset::kUtf8mb4},
                            {Vendor::kMySql, 80040, {}, Charset::kLatin1},
                            {Vendor::kMariaDb, 101119, {}, Charset::kUtf8mb4},
                            {Vendor::kMariaDb, 120002, {}, Charset::kUtf8mb4},
                            modes};
  for (const GoldenFile& file : LoadGoldenFiles()) {
    for (const GoldenBlock& block : file.blocks) {
      INFO(file.path.string() << "\n" << block.dialect_line << "\n" << block.sql);
      CheckRoundTrip(block.sql, block.dialect);
      for (const Dialect& other : others) CheckRoundTrip(block.sql, other);
    }
  }
}

TEST_CASE("printing keeps what is cut short or changed by a byte, if it still reads") {
  for (const GoldenFile& file : LoadGoldenFiles()) {
    for (const GoldenBlock& block : file.blocks) {
      INFO(block.dialect_line);
      for (size_t length = 0; length < block.sql.size(); ++length) {
        const std::string prefix = block.sql.substr(0, length);
        if (Read(prefix, block.dialect).ok()) CheckRoundTrip(prefix, block.dialect);
      }
      if (block.sql.size() > 40) continue;
      for (size_t at = 0; at < block.sql.size(); ++at) {
        for (const char byte : {'\'', '"', '`', '\\', '/', '*', '-', '(', ')', '@', '.', ' ', '1', 'x'}) {
          std::string mutant = block.sql;
          mutant[at] = byte;
          if (!Read(mutant, block.dialect).ok()) continue;
          INFO(mutant);
          CheckRoundTrip(mutant, block.dialect);
        }
      }
    }
  }
}

TEST_CASE("a statement is printed alike whatever its blanks, comments and small keywords") {
  for (const GoldenFile& file : LoadGoldenFiles()) {
    for (const GoldenBlock& block : file.blocks) {
      if (!Read(block.sql, block.dialect).ok() || block.sql.find("/*!") != std::string::npos) continue;
      INFO(block.dialect_line << "\n" << Restyled(block.sql, block.dialect));
      CHECK(Print(Restyled(block.sql, block.dialect), block.dialect).text == Print(block.sql, block.dialect).text);
    }
  }
}

TEST_CASE("no word that was read as a keyword could be a name") {
  // Where these stand a name may stand too, of an account, an engine's option, a partition, a condition, an index, what a
  // plug-in lets be flushed, a character set.
  static const std::set<std::string> kBoth = {"CURRENT_USER", "ENGINE",  "PAGE_CHECKSUM", "ALL",
                                              "SQLWARNING",   "PRIMARY", "STATUS",        "DEFAULT"};
  for (const GoldenFile& file : LoadGoldenFiles()) {
    for (const GoldenBlock& block : file.blocks) {
      const Printed printed = Print(block.sql, block.dialect);
      if (!printed.ok()) continue;
      const std::string tree = TreeOf(printed.text, block.dialect);
      for (const Token& token : KeywordsOf(printed.text, block.dialect)) {
        const std::string word = printed.text.substr(token.begin, token.end - token.begin);
        if (kBoth.contains(word)) continue;
        std::string quoted = printed.text;
        quoted.replace(token.begin, token.end - token.begin, "`" + word + "`");
        INFO(block.dialect_line << "\n" << quoted);
        CHECK(TreeOf(quoted, block.dialect) != tree);
      }
    }
  }
}

}  // namespace postern::sql
