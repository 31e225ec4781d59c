#include "gateway/store/sqlite/database.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/gateway/temp_folder.h"

namespace postern::store {
namespace {

constexpr const char* kFirst = "CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT) STRICT; INSERT INTO t VALUES (1, 'one')";
constexpr const char* kSecond = "ALTER TABLE t ADD COLUMN w TEXT";
constexpr const char* kBroken = "CREATE TABLE u (k INTEGER PRIMARY KEY); INSERT INTO nowhere VALUES (1)";

Database OpenIn(const TempFolder& temp) {
  auto database = Database::Open(temp.path() / "t.db", Durability::kFull);
  REQUIRE(database.ok());
  return *std::move(database);
}

int64_t Count(Database& database, const std::string& table) {
  auto count = database.Prepare("SELECT COUNT(*) FROM " + table);
  if (!count.ok()) return -1;
  REQUIRE(count->Step().value());
  return count->Int(0);
}

TEST_CASE("values come back as they were bound") {
  TempFolder temp;
  auto database = OpenIn(temp);
  REQUIRE(database.Execute("CREATE TABLE t (i INTEGER, s TEXT, b BLOB)").ok());
  auto insert = database.Prepare("INSERT INTO t VALUES (?, ?, ?)");
  REQUIRE(insert.ok());
  const std::string bytes("\0\xFF'\n", 4);
  REQUIRE(insert->Bind(1, int64_t{-5}).Bind(2, "it's").BindBlob(3, bytes).Run().ok());
  REQUIRE(insert->Bind(1, INT64_MAX).Bind(2, "").BindBlob(3, "").Run().ok());
  auto select = database.Prepare("SELECT i, s, b FROM t ORDER BY rowid");
  REQUIRE(select.ok());
  REQUIRE(select->Step().value());
  CHECK(select->Int(0) == -5);
  CHECK(select->Text(1) == "it's");
  CHECK(select->Text(2) == bytes);
  REQUIRE(select->Step().value());
  CHECK(select->Int(0) == INT64_MAX);
  CHECK(select->Text(1).empty());
  CHECK_FALSE(select->Step().value());
}

TEST_CASE("a transaction that is not committed did not happen") {
  TempFolder temp;
  auto database = OpenIn(temp);
  REQUIRE(database.Execute("CREATE TABLE t (i INTEGER)").ok());
  {
    auto transaction = Transaction::Begin(database);
    REQUIRE(transaction.ok());
    REQUIRE(database.Execute("INSERT INTO t VALUES (1)").ok());
  }
  CHECK(Count(database, "t") == 0);
  auto transaction = Transaction::Begin(database);
  REQUIRE(transaction.ok());
  REQUIRE(database.Execute("INSERT INTO t VALUES (1)").ok());
  REQUIRE(transaction->Commit().ok());
  CHECK(Count(database, "t") == 1);
}

TEST_CASE("mistakes are statuses") {
  TempFolder temp;
  auto database = OpenIn(temp);
  CHECK_FALSE(database.Execute("SELEC 1").ok());
  CHECK_FALSE(database.Prepare("SELECT * FROM nowhere").ok());
  auto select = database.Prepare("SELECT ?");
  REQUIRE(select.ok());
  CHECK_FALSE(select->Bind(2, int64_t{1}).Step().ok());
  REQUIRE(database.Execute("CREATE TABLE t (i INTEGER UNIQUE); INSERT INTO t VALUES (1)").ok());
  CHECK(absl::IsAlreadyExists(database.Execute("INSERT INTO t VALUES (1)")));
  CHECK_FALSE(Database::Open(temp.path() / "no" / "such" / "folder.db", Durability::kFull).ok());
  CHECK(absl::IsNotFound(Database::OpenForReading(temp.path() / "none.db").status()));
}

TEST_CASE("a reader's connection writes nothing") {
  TempFolder temp;
  auto database = OpenIn(temp);
  REQUIRE(database.Execute("CREATE TABLE t (i INTEGER)").ok());
  auto reader = Database::OpenForReading(temp.path() / "t.db");
  REQUIRE(reader.ok());
  CHECK(Count(*reader, "t") == 0);
  CHECK_FALSE(reader->Execute("INSERT INTO t VALUES (1)").ok());
  REQUIRE(database.Execute("INSERT INTO t VALUES (1)").ok());
  CHECK(Count(*reader, "t") == 1);
}

TEST_CASE("nobody else may read the file") {
  TempFolder temp;
  auto database = OpenIn(temp);
  REQUIRE(database.Execute("CREATE TABLE t (i INTEGER)").ok());
  for (const char* name : {"t.db", "t.db-wal"}) {
    struct stat facts{};
    REQUIRE(::stat((temp.path() / name).c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0077) == 0);
  }
}

TEST_CASE("migrations run once each, in order") {
  TempFolder temp;
  auto database = OpenIn(temp);
  const std::vector<const char*> one = {kFirst};
  const std::vector<const char*> two = {kFirst, kSecond};
  REQUIRE(Migrate(database, one).ok());
  REQUIRE(Migrate(database, one).ok());
  CHECK(Count(database, "t") == 1);
  REQUIRE(Migrate(database, two).ok());
  CHECK(database.Execute("UPDATE t SET w = 'x'").ok());
  CHECK(absl::IsFailedPrecondition(Migrate(database, one)));
}

TEST_CASE("a migration that fails leaves the version before it") {
  TempFolder temp;
  auto database = OpenIn(temp);
  const std::vector<const char*> broken = {kFirst, kBroken};
  CHECK_FALSE(Migrate(database, broken).ok());
  CHECK(Count(database, "t") == 1);
  CHECK(Count(database, "u") == -1);
  const std::vector<const char*> mended = {kFirst, kSecond};
  CHECK(Migrate(database, mended).ok());
}

}  // namespace
}  // namespace postern::store
