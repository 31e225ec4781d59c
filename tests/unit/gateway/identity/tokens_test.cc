#include "gateway/identity/tokens.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/identity/token_secret.h"
#include "tests/support/memory_token_store.h"

namespace postern::identity {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr char kSource[] = "192.0.2.1";

v1::CreateTokenRequest AgentRequest() {
  v1::CreateTokenRequest request;
  request.set_name("orders-bot");
  request.set_kind(v1::PRINCIPAL_KIND_AGENT);
  request.add_groups("readers");
  request.add_groups("readers");
  request.add_targets("orders-prod");
  return request;
}

class Fixture {
 public:
  explicit Fixture(TokenOptions options = {}) : options_(options) { Restart(); }
  void Restart() {
    tokens_.reset();
    auto loaded = Tokens::Load(&store_, options_);
    REQUIRE(loaded.ok());
    tokens_ = *std::move(loaded);
  }
  NewToken Create(const v1::CreateTokenRequest& request = AgentRequest()) {
    auto created = tokens_->Create(request, "alice", kNow);
    REQUIRE(created.ok());
    return *std::move(created);
  }
  absl::StatusOr<Principal> Login(const std::string& secret, absl::Time now = kNow) {
    return tokens_->Authenticate({secret, kSource}, now);
  }
  Tokens& tokens() { return *tokens_; }
  store::MemoryTokenStore& store() { return store_; }

 private:
  const TokenOptions options_;
  store::MemoryTokenStore store_;
  std::unique_ptr<Tokens> tokens_;
};

// Another secret of the same length, with one character changed.
std::string Changed(std::string secret, size_t at) {
  secret[at] = secret[at] == 'x' ? 'y' : 'x';
  return secret;
}

TEST_CASE("a token proves who its holder is, also after a restart") {
  Fixture fixture;
  const auto created = fixture.Create();
  if (GENERATE(false, true)) fixture.Restart();
  const auto principal = fixture.Login(created.secret);
  REQUIRE(principal.ok());
  CHECK(principal->name == "orders-bot");
  CHECK(principal->kind == v1::PRINCIPAL_KIND_AGENT);
  CHECK(principal->groups == std::vector<std::string>{"readers"});
  CHECK(principal->targets == std::vector<std::string>{"orders-prod"});
  CHECK(principal->roles.empty());
  CHECK(principal->identity_kind == "token");
  CHECK(principal->identity_id == created.token.id());
  CHECK(principal->expires_at == kNow + absl::Hours(24 * 30));
}

TEST_CASE("secrets are unlike each other and fit every client's password field") {
  Fixture fixture;
  std::set<std::string> secrets;
  for (int i = 0; i < 200; ++i) {
    const auto secret = fixture.Create().secret;
    CHECK(secret.size() <= 79);
    CHECK(secret.substr(0, 4) == "pat_");
    CHECK(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
          std::string::npos);
    secrets.insert(secret.substr(13));
  }
  CHECK(secrets.size() == 200);
}

TEST_CASE("the secret is nowhere in the store") {
  Fixture fixture;
  const auto created = fixture.Create();
  const auto stored = fixture.store().LoadAll();
  REQUIRE(stored.ok());
  const std::string all = stored->front().token.SerializeAsString() + stored->front().lookup + stored->front().digest;
  CHECK(all.find(created.secret.substr(13)) == std::string::npos);
}

TEST_CASE("unknown, wrong, expired and revoked tokens get one answer") {
  Fixture fixture;
  const auto created = fixture.Create();
  const auto revoked = fixture.Create();
  REQUIRE(fixture.tokens().Revoke(revoked.token.id(), kNow).ok());
  const std::string good = created.secret;
  std::vector<absl::Status> answers = {
      fixture.Login(Changed(good, 5)).status(),   // unknown
      fixture.Login(Changed(good, 20)).status(),  // wrong
      fixture.Login(good, kNow + absl::Hours(24 * 30)).status(),
      fixture.Login(revoked.secret).status(),
      fixture.Login("").status(),
      fixture.Login("hunter2").status(),
      fixture.Login(good + "x").status(),
      fixture.Login(good.substr(0, good.size() - 1)).status(),
      fixture.Login(std::string(100'000, 'a')).status(),
  };
  for (const auto& answer : answers) {
    CHECK(absl::IsUnauthenticated(answer));
    CHECK(answer == answers.front());
    CHECK(answer.ToString().find(good) == std::string::npos);
  }
  for (size_t at = 0; at < good.size(); ++at) CHECK_FALSE(fixture.Login(Changed(good, at)).ok());
  CHECK(fixture.Login(good, kNow + absl::Hours(24 * 30) - absl::Milliseconds(1)).ok());
}

TEST_CASE("a revoked token is refused at once, and after a restart") {
  Fixture fixture;
  const auto created = fixture.Create();
  const auto revoked = fixture.tokens().Revoke(created.token.id(), kNow);
  REQUIRE(revoked.ok());
  CHECK(revoked->revoked_at_unix_ms() == absl::ToUnixMillis(kNow));
  CHECK_FALSE(fixture.Login(created.secret).ok());
  fixture.Restart();
  CHECK_FALSE(fixture.Login(created.secret).ok());
  CHECK(absl::IsNotFound(fixture.tokens().Revoke("tok_none", kNow).status()));
}

TEST_CASE("a revocation that cannot be stored holds all the same, and says so") {
  Fixture fixture;
  const auto created = fixture.Create();
  fixture.store().FailWith(absl::UnavailableError("down"));
  const auto status = fixture.tokens().Revoke(created.token.id(), kNow).status();
  CHECK(absl::IsUnavailable(status));
  CHECK_FALSE(fixture.Login(created.secret).ok());
  fixture.store().FailWith(absl::OkStatus());
  CHECK(fixture.tokens().Revoke(created.token.id(), kNow).ok());
  fixture.Restart();
  CHECK_FALSE(fixture.Login(created.secret).ok());
}

TEST_CASE("a token that cannot be stored is not given out") {
  Fixture fixture;
  fixture.store().FailWith(absl::UnavailableError("down"));
  CHECK(absl::IsUnavailable(fixture.tokens().Create(AgentRequest(), "alice", kNow).status()));
  CHECK(fixture.tokens().List(true, kNow).empty());
}

TEST_CASE("tokens are listed newest first, ended ones on request") {
  Fixture fixture;
  const auto first = fixture.tokens().Create(AgentRequest(), "alice", kNow - absl::Minutes(2));
  const auto second = fixture.tokens().Create(AgentRequest(), "alice", kNow - absl::Minutes(1));
  REQUIRE(fixture.tokens().Revoke(first->token.id(), kNow).ok());
  auto list = fixture.tokens().List(false, kNow);
  REQUIRE(list.size() == 1);
  CHECK(list[0].id() == second->token.id());
  list = fixture.tokens().List(true, kNow);
  REQUIRE(list.size() == 2);
  CHECK(list[0].id() == second->token.id());
  CHECK(list[1].id() == first->token.id());
  CHECK(list[1].created_by() == "alice");
}

TEST_CASE("the time of last use is shown at once and stored when asked, also after the store was down") {
  Fixture fixture;
  const auto created = fixture.Create();
  const auto stored_use = [&] { return fixture.store().LoadAll()->front().token.last_used_at_unix_ms(); };
  REQUIRE(fixture.Login(created.secret).ok());
  CHECK(fixture.tokens().List(false, kNow)[0].last_used_at_unix_ms() == absl::ToUnixMillis(kNow));
  CHECK(stored_use() == 0);
  fixture.store().FailWith(absl::UnavailableError("down"));
  CHECK_FALSE(fixture.tokens().SaveLastUsed().ok());
  fixture.store().FailWith(absl::OkStatus());
  CHECK(fixture.tokens().SaveLastUsed().ok());
  CHECK(stored_use() == absl::ToUnixMillis(kNow));
  REQUIRE(fixture.Login(created.secret, kNow + absl::Minutes(1)).ok());
  fixture.Restart();
  CHECK(stored_use() == absl::ToUnixMillis(kNow + absl::Minutes(1)));
}

TEST_CASE("bad requests make no token") {
  Fixture fixture;
  auto request = AgentRequest();
  request.set_name("a+b");
  CHECK(absl::IsInvalidArgument(fixture.tokens().Create(request, "alice", kNow).status()));
  request = AgentRequest();
  request.set_ttl_seconds(366LL * 24 * 3600);
  CHECK(absl::IsInvalidArgument(fixture.tokens().Create(request, "alice", kNow).status()));
  CHECK(fixture.store().LoadAll()->empty());
}

TEST_CASE("logins, creations and revocations may come together") {
  Fixture fixture;
  const auto kept = fixture.Create();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        auto created = fixture.tokens().Create(AgentRequest(), "alice", kNow);
        wrong += fixture.Login(created->secret).ok() ? 0 : 1;
        wrong += fixture.tokens().Revoke(created->token.id(), kNow).ok() ? 0 : 1;
        wrong += fixture.Login(created->secret).ok() ? 1 : 0;
        wrong += fixture.Login(kept.secret).ok() ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace postern::identity
