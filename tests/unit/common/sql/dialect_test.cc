#include <catch2/catch.hpp>

#include "common/sql/dialect.h"
#include "common/sql/facts/facts.h"

namespace postern::sql {

TEST_CASE("a sql_mode's lexical part is known, or the mode is not") {
  CHECK(*ParseSqlMode("") == SqlMode{});
  CHECK(*ParseSqlMode("STRICT_TRANS_TABLES,NO_ZERO_DATE") == SqlMode{});
  CHECK(ParseSqlMode("ansi_quotes")->ansi_quotes);
  CHECK(ParseSqlMode("ANSI")->pipes_as_concat);
  CHECK(ParseSqlMode("ANSI")->ansi_quotes);
  CHECK(ParseSqlMode("ANSI")->ignore_space);
  CHECK(ParseSqlMode("TRADITIONAL,NO_BACKSLASH_ESCAPES")->no_backslash_escapes);
  CHECK(ParseSqlMode("ORACLE")->oracle);
  CHECK_FALSE(ParseSqlMode("TOMORROWS_MODE").has_value());
}

TEST_CASE("only charsets without look-alike bytes are safe") {
  CHECK(CharsetFromName("UTF8MB4") == Charset::kUtf8mb4);
  CHECK(CharsetFromName("utf8") == Charset::kUtf8mb3);
  for (const char* name : {"gbk", "big5", "sjis", "cp932", "gb18030", "ucs2", "", "nonsense"}) {
    CHECK(CharsetFromName(name) == Charset::kUnsafe);
  }
}

TEST_CASE("a policy's word covers a verb by name, first word or group") {
  CHECK(VerbMatches(Verb::kDropTable, "drop"));
  CHECK(VerbMatches(Verb::kDropTable, "drop_table"));
  CHECK(VerbMatches(Verb::kDropTable, "ddl"));
  CHECK_FALSE(VerbMatches(Verb::kDropTable, "truncate"));
  CHECK(IsVerbPattern("replace"));
  CHECK_FALSE(IsVerbPattern("unknown"));
  CHECK_FALSE(IsVerbPattern("drp"));
}

TEST_CASE("whatever runs text that is not in the statement is not a session statement") {
  for (const Verb verb : {Verb::kPrepare, Verb::kExecute, Verb::kExecuteImmediate}) {
    CHECK(GroupOf(verb) == VerbGroup::kAdmin);
  }
}

}  // namespace postern::sql
