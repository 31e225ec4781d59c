// The parts of a snapshot that need no database; those that do are tests/integration/test_catalog.py's.
#include "relay-agent/catalog/snapshot.h"

#include <catch2/catch.hpp>
#include <string>

#include "relay-agent/catalog/trigger_rights.h"

namespace postern::relay {
namespace {

TEST_CASE("an expression is what the server would read, whichever way it is written down") {
  CHECK(PlainExpression("(`id` + 1)") == "(`id` + 1)");
  CHECK(PlainExpression(R"(concat(`a`,_utf8mb4\'it\\\'s \\\\ "q" \',`id`))") ==
        R"(concat(`a`,_utf8mb4'it\'s \\ "q" ',`id`))");
  CHECK(PlainExpression(R"(concat(`a`,'it\'s \\ "q" ',`id`))") == R"(concat(`a`,'it\'s \\ "q" ',`id`))");
  CHECK(PlainExpression("") == "");
  CHECK(PlainExpression("'") == "'");
  CHECK(PlainExpression(R"(\')") == "'");
  CHECK(PlainExpression(R"(\'\)") == R"('\)");
}

TEST_CASE("bodies written under a lexical mode are not for reading under another") {
  CHECK(ReadsTheSame(""));
  CHECK(ReadsTheSame("STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION"));
  for (const char* mode :
       {"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "IGNORE_SPACE", "HIGH_NOT_PRECEDENCE", "ORACLE",
        "STRICT_ALL_TABLES,ANSI_QUOTES", "?", ",", "A_MODE_OF_TOMORROW"}) {
    INFO(mode);
    CHECK_FALSE(ReadsTheSame(mode));
  }
}

TEST_CASE("the schema of a grant is a pattern") {
  CHECK(MatchesGrant("shop", "shop"));
  CHECK(MatchesGrant("shop%", "shop_eu"));
  CHECK(MatchesGrant("s_op", "shop"));
  CHECK(MatchesGrant("%", ""));
  CHECK(MatchesGrant("a%b%c", "a-b-b-c"));
  CHECK(MatchesGrant(R"(shop\_eu)", "shop_eu"));
  CHECK(MatchesGrant(R"(100\%)", "100%"));
  CHECK_FALSE(MatchesGrant(R"(shop\_eu)", "shopXeu"));
  CHECK_FALSE(MatchesGrant("shop", "shops"));
  CHECK_FALSE(MatchesGrant("a%b", "a"));
  CHECK_FALSE(MatchesGrant("", "shop"));
}

TEST_CASE("where nothing grants TRIGGER, triggers are hidden") {
  const TriggerRights none;
  CHECK_FALSE(none.Cover("shop", "orders"));
  CHECK(none.Cover("information_schema", "TABLES"));
  const TriggerRights some(false, {"shop%"}, {{"other", "t"}});
  CHECK(some.Cover("shop_eu", "x"));
  CHECK(some.Cover("other", "t"));
  CHECK_FALSE(some.Cover("other", "u"));
  CHECK(TriggerRights(true, {}, {}).Cover("any", "thing"));
}

v1::CatalogItem Item(const std::string& text) {
  v1::CatalogItem item;
  item.mutable_text()->set_text(text);
  return item;
}

TEST_CASE("a snapshot on disk is given back as it was added, in chunks, as often as it is asked for") {
  auto file = SnapshotFile::Create("/tmp", 10 << 20);
  REQUIRE(file.ok());
  for (int i = 0; i < 300; ++i) REQUIRE(file->Add(Item(std::string(1000, static_cast<char>('a' + i % 26)))).ok());
  REQUIRE(file->Finish().ok());
  CHECK(file->items() == 300);
  CHECK(file->digest().size() == 32);
  for (int round = 0; round < 2; ++round) {
    REQUIRE(file->Rewind().ok());
    int items = 0;
    for (;;) {
      auto chunk = file->Next();
      REQUIRE(chunk.ok());
      if (!chunk->has_value()) break;
      CHECK((*chunk)->size() < 60 * 1024);
      v1::CatalogItems parsed;
      REQUIRE(parsed.ParseFromString(**chunk));
      for (const v1::CatalogItem& item : parsed.items()) CHECK(item.text().text()[0] == 'a' + items++ % 26);
    }
    CHECK(items == 300);
  }
}

TEST_CASE("a snapshot on disk is bounded, and needs a folder") {
  CHECK_FALSE(SnapshotFile::Create("/nowhere", 1).ok());
  auto file = SnapshotFile::Create("/tmp", 100'000);
  REQUIRE(file.ok());
  absl::Status added;
  for (int i = 0; i < 200 && added.ok(); ++i) added = file->Add(Item(std::string(1000, 'x')));
  CHECK(added.code() == absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace postern::relay
