// How text is cut into tokens, row by row: each line is an observation made on MySQL 9.7 and MariaDB 10.11.
#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "common/sql/lexer/lexer.h"
#include "common/sql/lexer/name_char.h"
#include "common/sql/read.h"

namespace postern::sql {
namespace {

using namespace std::string_literals;

const Dialect kMySql{.vendor = Vendor::kMySql, .version = 90704};
const Dialect kMySql80{.vendor = Vendor::kMySql, .version = 80040};
const Dialect kMariaDb{.vendor = Vendor::kMariaDb, .version = 101119};

Dialect With(Dialect dialect, const SqlMode& mode) {
  dialect.mode = mode;
  return dialect;
}

Dialect With(Dialect dialect, Charset charset) {
  dialect.charset = charset;
  return dialect;
}

// Tokens joined by '|'; an error token as !kind.
std::string Cut(const std::string& text, const Dialect& dialect) {
  std::string out;
  Lexer lexer(text, dialect);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    if (!out.empty()) out += '|';
    if (token.kind == TokenKind::kError) return out + "!" + std::string(ParseErrorKindName(token.error));
    out += text.substr(token.begin, token.end - token.begin);
  }
  return out;
}

std::vector<TokenKind> Kinds(const std::string& text, const Dialect& dialect = kMySql) {
  std::vector<TokenKind> kinds;
  Lexer lexer(text, dialect);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    kinds.push_back(token.kind);
    if (token.kind == TokenKind::kError) break;
  }
  return kinds;
}

struct Row {
  std::string text;
  std::string mysql;
  std::string mariadb;
};

void CheckRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(Cut(row.text, kMySql) == row.mysql);
    CHECK(Cut(row.text, kMariaDb) == row.mariadb);
  }
}

}  // namespace

TEST_CASE("comments to the end of the line") {
  CheckRows({
      {"1--1", "1|-|-|1", "1|-|-|1"},
      {"1-- 1", "1", "1"},
      {"1--\t1", "1", "1"},
      {"1--\x01 1", "1", "1"},
      {"1--", "1", "1"},
      {"1 # 2\n+3", "1|+|3", "1|+|3"},
      {"1 -- 2\n+3", "1|+|3", "1|+|3"},
      {"1 -- a\0b"s, "1|!nul_byte", "1|!nul_byte"},
      {"1 # a\0b"s, "1|!nul_byte", "1|!nul_byte"},
      {"1 -- a\0"s, "1", "1"},
  });
}

TEST_CASE("plain comments") {
  CheckRows({
      {"1/* x */2", "1|2", "1|2"},
      {"/* a /* b */ c */", "c|*|/", "c|*|/"},
      {"/* a \0 b */ 1"s, "1", "1"},
      {"/* open", "!unterminated", "!unterminated"},
      {"/*/ 1", "!unterminated", "!unterminated"},
      {"/**/1", "1", "1"},
      {"count/**/(*)", "count|(|*|)", "count|(|*|)"},
  });
}

TEST_CASE("executable comments") {
  CheckRows({
      {"/*! 1 */ 2", "1|2", "1|2"},
      {"/*!40101 1 */ 2", "1|2", "1|2"},
      {"/*!50701 1 */ 2", "1|2", "2"},
      {"/*!80000 1 */ 2", "1|2", "2"},
      {"/*!99999 1 */ 2", "2", "2"},
      {"/*!50700 1 */ 2", "1|2", "2"},
      {"/*!50699 1 */ 2", "1|2", "1|2"},
      {"/*!100500 1 */ 2", "2", "1|2"},
      {"/*!100500+1 */ 2", "!ambiguous_comment", "+|1|2"},
      {"/*!080000+1 */ 2", "!ambiguous_comment", "2"},
      {"/*!1234567 1 */", "!ambiguous_comment", "!ambiguous_comment"},
      {"/*!4010 1 */", "4010|1", "4010|1"},
      {"/*M! 1 */ 2", "2", "1|2"},
      {"/*M!100100 1 */ 2", "2", "1|2"},
      {"/*M!50701 1 */ 2", "2", "1|2"},
      {"/*M!200000 1 */ 2", "2", "2"},
      {"/*! 1 /* x */ 2 */ 3", "1|2|3", "1|2|3"},
      {"/*!99999 1 /* x */ 2 */ 3", "3", "3"},
      {"/*! 1 /*! 2 */ */", "1|!ambiguous_comment", "1|!ambiguous_comment"},
      {"/*! 1", "1|!unterminated", "1|!unterminated"},
      {"/*!99999 1", "!unterminated", "!unterminated"},
      {"/*! 1 -- x */\n 2 */", "1|2", "1|2"},
      {"/*! 'a */ b' */", "'a */ b'", "'a */ b'"},
  });
  CHECK(Cut("/*!80040 1 */ 2", kMySql80) == "1|2");
  CHECK(Cut("/*!80041 1 */ 2", kMySql80) == "2");
}

TEST_CASE("optimizer hints stay where the server reads them") {
  CheckRows({
      {"SELECT /*+ BKA(t) */ 1", "SELECT|/*+ BKA(t) */|1", "SELECT|1"},
      {"SELECT /* x */ /*+ BKA(t) */ 1", "SELECT|1", "SELECT|1"},
      {"SELECT 1 /*+ BKA(t) */", "SELECT|1", "SELECT|1"},
      {"SELECT /*+ BKA(`*/`) */ 1", "SELECT|!ambiguous_comment", "SELECT|!unterminated"},
      {"SELECT /*+ BKA(t)", "SELECT|!unterminated", "SELECT|!unterminated"},
      {"t.select /*+ x */ 1", "t|.|select|1", "t|.|select|1"},
  });
}

TEST_CASE("dollar signs") {
  CheckRows({
      {"select $$", "select|!dollar_quote", "select|!dollar_quote"},
      {"$$a'b$$", "!dollar_quote", "!dollar_quote"},
      {"$tag$ x $tag$", "!dollar_quote", "!dollar_quote"},
      {"a$b$$c", "a$b$$c", "a$b$$c"},
      {"t.$x", "t|.|!dollar_quote", "t|.|!dollar_quote"},
  });
}

TEST_CASE("NUL and other control bytes") {
  CheckRows({
      {"1\0"s, "1", "1"},
      {"1;\0junk"s, "1|;|!nul_byte", "1|;|!nul_byte"},
      {"1\0 2"s, "1|!nul_byte", "1|!nul_byte"},
      {"'a\0b'"s, "'a\0b'"s, "'a\0b'"s},
      {"`a\0b`"s, "!nul_byte", "!nul_byte"},
      {"1\x1A", "1|!unknown_token", "1|!unknown_token"},
      {"1\x01", "1|!unknown_token", "1|!unknown_token"},
      {"\\N", "!unknown_token", "\\N"},
  });
}

TEST_CASE("blanks depend on the character set") {
  CHECK(Cut("SELECT\xA0"
            "1",
            With(kMySql, Charset::kLatin1)) == "SELECT|1");
  CHECK(Cut("SELECT\xA0"
            "1",
            kMySql) == "SELECT|!invalid_character");
  CHECK(Cut("SELECT\xC2\xA0"
            "1",
            kMySql) == "SELECT\xC2\xA0"
                       "1");
  CHECK(Cut("a\t\n\v\f\r b", kMySql) == "a|b");
  CHECK(Cut("\xE3\x80\x80", kMySql) == "\xE3\x80\x80");
}

TEST_CASE("names around dots") {
  CheckRows({
      {"a . b . c", "a|.|b|.|c", "a|.|b|.|c"},
      {"t.select", "t|.|select", "t|.|select"},
      {"t.1a", "t|.|1a", "t|.|1a"},
      {"`t`.5", "`t`|.5", "`t`|.5"},
      {"1.a", "1.|a", "1.|a"},
  });
  Lexer lexer("t.select", kMySql);
  lexer.Next();
  lexer.Next();
  CHECK(lexer.Next().keyword == Kw::kNone);
  Lexer apart("select.x", kMySql);
  CHECK(apart.Next().keyword == Kw::kNone);
}

TEST_CASE("numbers and what only looks like one") {
  using K = TokenKind;
  CHECK(Kinds("1 1.5 .5 1e5 1.e5 1.5e-3 1E+10") ==
        std::vector<K>{K::kInteger, K::kDecimal, K::kDecimal, K::kFloat, K::kFloat, K::kFloat, K::kFloat});
  CHECK(Kinds("0x41 x'41' X'41' b'1' B'1' 0b1") ==
        std::vector<K>{K::kHexNumber, K::kHexString, K::kHexString, K::kBitString, K::kBitString, K::kBitNumber});
  CHECK(Kinds("0X41 0B1 1a 0x 0xg 0b12") ==
        std::vector<K>{K::kWord, K::kWord, K::kWord, K::kWord, K::kWord, K::kWord});
  CHECK(Kinds("x'4'") == std::vector<K>{K::kError});
  CHECK(Kinds("x'4g'") == std::vector<K>{K::kError});
  CHECK(Kinds("b'2'") == std::vector<K>{K::kError});
  CHECK(Kinds("1.5e") == std::vector<K>{K::kError});
}

TEST_CASE("strings under each mode") {
  CheckRows({
      {"'a''b'", "'a''b'", "'a''b'"},
      {"'a\\'b'", "'a\\'b'", "'a\\'b'"},
      {"'a' 'b'", "'a'|'b'", "'a'|'b'"},
      {"\"a\"\"b\"", "\"a\"\"b\"", "\"a\"\"b\""},
      {"N'x' n'y'", "N'x'|n'y'", "N'x'|n'y'"},
      {"'open", "!unterminated", "!unterminated"},
      {"'open\\", "!unterminated", "!unterminated"},
      {"`a``b`", "`a``b`", "`a``b`"},
      {"``", "!unknown_token", "!unknown_token"},
  });
  const Dialect plain = With(kMySql, SqlMode{.no_backslash_escapes = true});
  CHECK(Cut("'a\\', 2", plain) == "'a\\'|,|2");
  CHECK(Kinds("\"a\"") == std::vector<TokenKind>{TokenKind::kString});
  CHECK(Kinds("\"a\"", With(kMySql, SqlMode{.ansi_quotes = true})) == std::vector<TokenKind>{TokenKind::kQuotedName});
  CHECK(Cut("\"a\\\"", With(kMySql, SqlMode{.ansi_quotes = true})) == "\"a\\\"");
}

TEST_CASE("introducers are the known ones") {
  using K = TokenKind;
  CHECK(Kinds("_utf8mb4'x'") == std::vector<K>{K::kIntroducer, K::kString});
  CHECK(Kinds("_latin1 x'41'") == std::vector<K>{K::kIntroducer, K::kHexString});
  CHECK(Kinds("_nonsense'x'") == std::vector<K>{K::kWord, K::kString});
}

TEST_CASE("variables stick to their @") {
  using K = TokenKind;
  CHECK(Kinds("@a @a.b @'x y' @`x` @$") ==
        std::vector<K>{K::kUserVariable, K::kUserVariable, K::kUserVariable, K::kUserVariable, K::kUserVariable});
  CHECK(Kinds("@@a") == std::vector<K>{K::kSystemVariable, K::kWord});
  CHECK(Kinds("@@`a`") == std::vector<K>{K::kSystemVariable, K::kQuotedName});
  for (const char* text : {"@ a", "@", "@@", "@@ a", "@-", "@@$x"}) {
    INFO(text);
    CHECK(Kinds(text).front() == K::kError);
  }
}

TEST_CASE("operators are cut as the servers cut them") {
  CheckRows({
      {"a<=>b", "a|<=>|b", "a|<=>|b"},
      {"a<>b!=c", "a|<>|b|!=|c", "a|<>|b|!=|c"},
      {"a||b&&c", "a||||b|&&|c", "a||||b|&&|c"},
      {"a->b->>c", "a|->|b|->>|c", "a|->|b|->>|c"},
      {"@a:=1", "@a|:=|1", "@a|:=|1"},
      // MySQL loses a byte of these, so `!!1` is 0 there.
      {"!!1", "!unknown_token", "!|!|1"},
      {"1=!0", "1|!unknown_token", "1|=|!|0"},
      {"1<=!0", "1|!unknown_token", "1|<=|!|0"},
      {"1=-1", "1|=|-|1", "1|=|-|1"},
      {"?a", "!unknown_token", "!unknown_token"},
  });
}

TEST_CASE("a function's parenthesis is adjacent, or may stand apart under IGNORE_SPACE") {
  Lexer apart("count (*)", kMySql);
  CHECK_FALSE(apart.Next().adjacent_open);
  Lexer ignoring("count (*)", With(kMySql, SqlMode{.ignore_space = true}));
  CHECK(ignoring.Next().adjacent_open);
  Lexer adjacent("count(*)", kMySql);
  CHECK(adjacent.Next().adjacent_open);
}

TEST_CASE("characters belong to the session's character set") {
  CHECK(Cut("caf\xC3\xA9", kMySql) == "caf\xC3\xA9");
  CHECK(Cut("caf\xE9", With(kMySql, Charset::kLatin1)) == "caf|!invalid_character");
  CHECK(Cut("caf\xE9", kMySql) == "caf|!invalid_character");
  CHECK(Cut("caf\xC3\xA9", With(kMySql, Charset::kAscii)) == "caf|!invalid_character");
  CHECK(Cut("\xF0\x9F\x98\x80", kMySql) == "!invalid_character");
  CHECK(Cut("\xF0\x9F\x98\x80", With(kMySql, Charset::kUtf8mb3)) == "!invalid_character");
  CHECK(Cut("\xC0\xAF", kMySql) == "!invalid_character");
}

TEST_CASE("a name that a server would cut or change is not read, while a string may hold any byte") {
  for (const std::string name : {"a\xFF", "\xC3", "\xED\xA0\x80", "\xE0\x80\xAF", "\xF0\x9F\x98\x80", "a\x80z"}) {
    INFO(name);
    CHECK(Cut("`" + name + "`", kMySql) == "!invalid_character");
    CHECK(Cut("\"" + name + "\"", With(kMySql, SqlMode{.ansi_quotes = true})) == "!invalid_character");
    CHECK_FALSE(IsSafeName(name, Charset::kUtf8mb4));
    CHECK(Cut("'" + name + "'", kMySql) == "'" + name + "'");
    CHECK_FALSE(Read("GRANT SELECT ON t TO 'u" + name + "'@'%'", kMySql).ok());
  }
  CHECK(Cut("`caf\xC3\xA9`", kMySql) == "`caf\xC3\xA9`");
  CHECK(Cut("`caf\xE9`", With(kMySql, Charset::kLatin1)) == "!invalid_character");
  CHECK(IsSafeName("caf\xC3\xA9", Charset::kUtf8mb4));
  CHECK_FALSE(IsSafeName("caf\xE9", Charset::kLatin1));
  CHECK_FALSE(IsSafeName(std::string_view("a\0b", 3), Charset::kUtf8mb4));
}

TEST_CASE("what cannot be read safely is not read at all") {
  CHECK(Cut("SELECT 1", With(kMySql, Charset::kUnsafe)) == "!unsafe_charset");
  CHECK(Cut("SELECT 1", With(kMariaDb, SqlMode{.oracle = true})) == "!unsupported_mode");
  CHECK(Cut("SELECT 1", With(kMariaDb, SqlMode{.mssql = true})) == "!unsupported_mode");
}

}  // namespace postern::sql
