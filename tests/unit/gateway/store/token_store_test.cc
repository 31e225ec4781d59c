// One suite over every token store.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/memory_token_store.h"
#include "gateway/store/sqlite/sqlite_token_store.h"
#include "gateway/store/store.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::store {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

struct InSqlite {
  InSqlite() {
    auto opened = SqliteTokenStore::Open(temp.path() / "tokens.db");
    REQUIRE(opened.ok());
    store = *std::move(opened);
  }
  TempFolder temp;
  std::unique_ptr<TokenStore> store;
};

struct InMemory {
  std::unique_ptr<TokenStore> store = std::make_unique<MemoryTokenStore>();
};

StoredToken TokenNumber(int number) {
  StoredToken stored;
  stored.token.set_id("tok_" + std::to_string(number));
  stored.token.set_name("bot");
  stored.token.set_kind(v1::PRINCIPAL_KIND_AGENT);
  stored.token.add_groups("readers");
  stored.token.add_targets("orders");
  stored.token.set_created_at_unix_ms(absl::ToUnixMillis(kNow) + number);
  stored.token.set_expires_at_unix_ms(absl::ToUnixMillis(kNow + absl::Hours(1)));
  stored.token.set_created_by("alice");
  stored.lookup = "lookup" + std::to_string(number);
  stored.digest = std::string("\0\xFF", 2) + std::string(30, static_cast<char>(number));
  return stored;
}

TEMPLATE_TEST_CASE("what is inserted is loaded, whole", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Insert(TokenNumber(1)).ok());
  REQUIRE(backend.store->Insert(TokenNumber(2)).ok());
  const auto loaded = backend.store->LoadAll();
  REQUIRE(loaded.ok());
  REQUIRE(loaded->size() == 2);
  for (int i = 0; i < 2; ++i) {
    const auto& one = (*loaded)[static_cast<size_t>(i)];
    CHECK(one.token.SerializeAsString() == TokenNumber(i + 1).token.SerializeAsString());
    CHECK(one.lookup == TokenNumber(i + 1).lookup);
    CHECK(one.digest == TokenNumber(i + 1).digest);
  }
}

TEMPLATE_TEST_CASE("an id or a lookup is taken once", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Insert(TokenNumber(1)).ok());
  auto same_id = TokenNumber(2);
  same_id.token.set_id("tok_1");
  auto same_lookup = TokenNumber(3);
  same_lookup.lookup = TokenNumber(1).lookup;
  CHECK(absl::IsAlreadyExists(backend.store->Insert(same_id)));
  CHECK(absl::IsAlreadyExists(backend.store->Insert(same_lookup)));
  CHECK(backend.store->LoadAll()->size() == 1);
}

TEMPLATE_TEST_CASE("what could not be used is not inserted", "", InSqlite, InMemory) {
  TestType backend;
  auto token = TokenNumber(1);
  SECTION("no id") { token.token.clear_id(); }
  SECTION("no name") { token.token.clear_name(); }
  SECTION("no lookup") { token.lookup.clear(); }
  SECTION("short digest") { token.digest.pop_back(); }
  SECTION("born expired") { token.token.set_expires_at_unix_ms(token.token.created_at_unix_ms()); }
  CHECK(absl::IsInvalidArgument(backend.store->Insert(token)));
  CHECK(backend.store->LoadAll()->empty());
}

TEMPLATE_TEST_CASE("a revocation stays as it was made first", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Insert(TokenNumber(1)).ok());
  auto revoked = backend.store->Revoke("tok_1", kNow);
  REQUIRE(revoked.ok());
  CHECK(revoked->revoked_at_unix_ms() == absl::ToUnixMillis(kNow));
  revoked = backend.store->Revoke("tok_1", kNow + absl::Minutes(1));
  REQUIRE(revoked.ok());
  CHECK(revoked->revoked_at_unix_ms() == absl::ToUnixMillis(kNow));
  CHECK(backend.store->LoadAll()->front().token.revoked_at_unix_ms() == absl::ToUnixMillis(kNow));
  CHECK(absl::IsNotFound(backend.store->Revoke("tok_9", kNow).status()));
}

TEMPLATE_TEST_CASE("last use moves forward only", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Insert(TokenNumber(1)).ok());
  REQUIRE(backend.store->TouchLastUsed("tok_1", kNow).ok());
  REQUIRE(backend.store->TouchLastUsed("tok_1", kNow - absl::Minutes(1)).ok());
  REQUIRE(backend.store->TouchLastUsed("tok_9", kNow).ok());
  CHECK(backend.store->LoadAll()->front().token.last_used_at_unix_ms() == absl::ToUnixMillis(kNow));
}

TEST_CASE("an SQLite store outlives its process") {
  InSqlite backend;
  REQUIRE(backend.store->Insert(TokenNumber(1)).ok());
  REQUIRE(backend.store->Revoke("tok_1", kNow).ok());
  backend.store.reset();
  auto again = SqliteTokenStore::Open(backend.temp.path() / "tokens.db");
  REQUIRE(again.ok());
  CHECK((*again)->LoadAll()->front().token.revoked_at_unix_ms() == absl::ToUnixMillis(kNow));
}

TEST_CASE("a memory store fails when told to") {
  MemoryTokenStore store;
  store.FailWith(absl::UnavailableError("down"));
  CHECK(absl::IsUnavailable(store.Insert(TokenNumber(1))));
  CHECK(absl::IsUnavailable(store.LoadAll().status()));
  store.FailWith(absl::OkStatus());
  CHECK(store.Insert(TokenNumber(1)).ok());
}

}  // namespace
}  // namespace postern::store
