// An issuer's tokens at the door: keys fetched, rotated, lost and found again; and every refusal alike.
#include "gateway/identity/issuers.h"

#include <absl/time/clock.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/identity/tokens.h"
#include "tests/support/memory_token_store.h"
#include "tests/unit/gateway/identity/signer.h"

namespace postern::identity {
namespace {

constexpr char kUrl[] = "https://idp.example.com";

// What the issuer's servers answer, and how often they were asked.
class Provider {
 public:
  void Show(const std::vector<Json>& jwks) {
    std::lock_guard lock(mutex_);
    documents_[std::string(kUrl) + "/.well-known/openid-configuration"] =
        Json{{"issuer", kUrl}, {"jwks_uri", std::string(kUrl) + "/jwks"}}.dump();
    documents_[std::string(kUrl) + "/jwks"] = KeySetText(jwks);
  }
  void Put(const std::string& path, const std::string& text) {
    std::lock_guard lock(mutex_);
    documents_[kUrl + path] = text;
  }
  void GoDown() {
    std::lock_guard lock(mutex_);
    documents_.clear();
  }
  int fetches() const { return fetches_; }

  FetchDocument Fetch() {
    return [this](const Issuer&, const std::string& url) -> absl::StatusOr<std::string> {
      std::lock_guard lock(mutex_);
      const auto found = documents_.find(url);
      if (found == documents_.end()) return absl::UnavailableError("down");
      if (url.ends_with("/jwks")) ++fetches_;
      return found->second;
    };
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> documents_;
  std::atomic<int> fetches_ = 0;
};

Issuer AgentIssuer() {
  Issuer issuer;
  issuer.url = kUrl;
  issuer.audiences = {"postern"};
  issuer.kind = v1::PRINCIPAL_KIND_AGENT;
  return issuer;
}

Json Claims(const std::string& subject = "bot") {
  return {{"iss", kUrl}, {"sub", subject}, {"aud", "postern"}, {"exp", absl::ToUnixSeconds(absl::Now()) + 300}};
}

// The door with its tokens and issuers, as the gateway has it.
struct Door {
  explicit Door(std::vector<Issuer> of = {AgentIssuer()}, absl::Duration pause = absl::Milliseconds(50))
      : tokens(*Tokens::Load(&store, {})),
        issuers(*tokens, provider.Fetch(),
                {.pause = pause, .first_retry = absl::Hours(1), .longest_retry = absl::Hours(1), .waiting = 4}) {
    issuers.OnRevocation([this] { ++revocations; });
    provider.Show({signer.Jwk()});
    issuers.Replace(std::move(of));
  }

  void Prepare(const std::string& secret) {
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    issuers.Prepare(secret, absl::Now(), [&] {
      std::lock_guard lock(mutex);
      ready = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ready; });
  }
  absl::StatusOr<Principal> LogIn(const std::string& secret) {
    Prepare(secret);
    return issuers.Authenticate({secret, "10.0.0.1"}, absl::Now());
  }
  std::string Refusal(const std::string& secret) {
    const auto who = LogIn(secret);
    return who.ok() ? "" : std::string(who.status().message());
  }

  const Signer signer{Algorithm::kEs256, "k1"};
  Provider provider;
  store::MemoryTokenStore store;
  std::unique_ptr<Tokens> tokens;
  std::atomic<int> revocations = 0;
  Issuers issuers;
};

TEST_CASE("a token of the issuer's lets its agent in; the first login waits for the keys") {
  Door door;
  const auto who = door.LogIn(door.signer.Token(Claims()));
  REQUIRE(who.ok());
  CHECK(who->name == "bot");
  CHECK_FALSE(who->signing_key.empty());
  CHECK(door.issuers.StillValid(*who, absl::Now()));
  CHECK_FALSE(door.issuers.StillValid(*who, absl::Now() + absl::Hours(1)));
}

TEST_CASE("access tokens pass through untouched") {
  Door door;
  v1::CreateTokenRequest request;
  request.set_name("bot");
  request.set_kind(v1::PRINCIPAL_KIND_AGENT);
  const auto made = door.tokens->Create(request, "test", absl::Now());
  REQUIRE(made.ok());
  const auto who = door.LogIn(made->secret);
  REQUIRE(who.ok());
  CHECK(who->identity_kind == "token");
  CHECK(door.issuers.StillValid(*who, absl::Now()));
  CHECK_FALSE(door.LogIn("pat_00000000_0000000000000000000000000000000000000000000").ok());
}

TEST_CASE("what is refused, and why the record says so") {
  Door door;
  REQUIRE(door.Refusal(door.signer.Token(Claims())) == "");
  const Signer stranger(Algorithm::kEs256, "k1");
  Json elsewhere = Claims();
  elsewhere["iss"] = std::string(kUrl) + "/";
  Json expired = Claims();
  expired["exp"] = absl::ToUnixSeconds(absl::Now()) - 100;
  CHECK(door.Refusal(stranger.Token(Claims())) == "the token's signature is wrong");
  CHECK(door.Refusal(door.signer.Token(elsewhere)) == "the token's issuer is not configured (iss)");
  CHECK(door.Refusal(door.signer.Token(expired)) == "the token has expired (exp)");
  CHECK(door.Refusal("a.b.c") == "the token's header is not base64url");
}

TEST_CASE("keys are rotated without a failed login, and a withdrawn key ends what it vouched for") {
  Door door;
  const auto before = door.LogIn(door.signer.Token(Claims()));
  REQUIRE(before.ok());
  const Signer next(Algorithm::kRs256, "k2");
  door.provider.Show({door.signer.Jwk(), next.Jwk()});
  CHECK(door.LogIn(next.Token(Claims())).ok());
  CHECK(door.LogIn(door.signer.Token(Claims())).ok());
  const int revocations = door.revocations;

  const Signer last(Algorithm::kEdDsa, "k3");
  door.provider.Show({next.Jwk(), last.Jwk()});
  CHECK(door.LogIn(last.Token(Claims())).ok());
  CHECK(door.Refusal(door.signer.Token(Claims())) ==
        "the token is signed with a key that its issuer does not show (kid)");
  CHECK(door.revocations == revocations + 1);
  CHECK_FALSE(door.issuers.StillValid(*before, absl::Now()));
}

TEST_CASE("invented key ids cause few fetches") {
  Door door({AgentIssuer()}, absl::Milliseconds(200));
  REQUIRE(door.LogIn(door.signer.Token(Claims())).ok());
  const int before = door.provider.fetches();
  const absl::Time start = absl::Now();
  std::atomic<int> waiting = 0;
  for (int i = 0; i < 200; ++i) {
    const Signer stranger(Algorithm::kEs256, "made-up-" + std::to_string(i));
    const std::string token = stranger.Token(Claims());
    ++waiting;
    door.issuers.Prepare(token, absl::Now(), [&] { --waiting; });
    CHECK_FALSE(door.issuers.Authenticate({token, "10.0.0.1"}, absl::Now()).ok());
    CHECK(waiting <= 4);
  }
  while (waiting > 0) absl::SleepFor(absl::Milliseconds(1));
  const double pauses = absl::FDivDuration(absl::Now() - start, absl::Milliseconds(200));
  CHECK(door.provider.fetches() - before <= 2 + pauses);
  CHECK(door.LogIn(door.signer.Token(Claims())).ok());
}

TEST_CASE("while the provider is down its last keys serve until they are too old") {
  Issuer issuer = AgentIssuer();
  issuer.refresh_interval = absl::Milliseconds(100);
  issuer.max_key_age = absl::Seconds(2);
  Door door({issuer});
  REQUIRE(door.LogIn(door.signer.Token(Claims())).ok());
  door.provider.GoDown();
  const absl::Time down = absl::Now();
  CHECK(door.LogIn(door.signer.Token(Claims())).ok());
  absl::SleepFor(absl::Milliseconds(2300) - (absl::Now() - down));
  CHECK(door.Refusal(door.signer.Token(Claims())) ==
        "the token is signed with a key that its issuer does not show (kid)");
  door.provider.Show({door.signer.Jwk()});
  CHECK(door.LogIn(door.signer.Token(Claims())).ok());
}

TEST_CASE("a provider that talks nonsense changes nothing") {
  Door door;
  const std::string token = door.signer.Token(Claims());
  REQUIRE(door.LogIn(token).ok());
  const Signer stranger(Algorithm::kEs256, "new");
  const auto nonsense = [&](const std::string& path, const std::string& text) {
    door.provider.Show({stranger.Jwk()});
    door.provider.Put(path, text);
    CHECK_FALSE(door.LogIn(stranger.Token(Claims())).ok());
    CHECK(door.LogIn(token).ok());
  };
  const std::string discovery = "/.well-known/openid-configuration";
  nonsense("/jwks", "<html>");
  nonsense(discovery, "[]");
  nonsense(discovery, R"({"issuer":"https://evil.example","jwks_uri":"https://idp.example.com/jwks"})");
  nonsense(discovery, R"({"issuer":"https://idp.example.com","jwks_uri":"http://idp.example.com/jwks"})");
  nonsense(discovery, R"({"issuer":"https://idp.example.com","jwks_uri":"file:///etc/passwd"})");
}

TEST_CASE("an issuer that is taken out of the configuration vouches for nobody any more") {
  Door door;
  const auto who = door.LogIn(door.signer.Token(Claims()));
  REQUIRE(who.ok());
  const int revocations = door.revocations;
  const int fetches = door.provider.fetches();
  door.issuers.Replace({AgentIssuer()});
  CHECK(door.issuers.StillValid(*who, absl::Now()));
  CHECK(door.provider.fetches() == fetches);
  door.issuers.Replace({});
  CHECK(door.revocations == revocations + 2);
  CHECK_FALSE(door.issuers.StillValid(*who, absl::Now()));
  CHECK(door.Refusal(door.signer.Token(Claims())) == "the token's issuer is not configured (iss)");
  CHECK_FALSE(door.issuers.TakesIdTokens());
}

TEST_CASE("whoever an entry let in is vouched for by that entry alone") {
  Door door;
  const auto who = door.LogIn(door.signer.Token(Claims()));
  REQUIRE(who.ok());
  Issuer other = AgentIssuer();
  other.required_claims["team"] = {"another"};
  door.issuers.Replace({AgentIssuer(), other});
  CHECK(door.issuers.StillValid(*who, absl::Now()));
  door.issuers.Replace({other});
  CHECK_FALSE(door.issuers.StillValid(*who, absl::Now()));
}

TEST_CASE("one issuer serves agents and people, as the claims fit, and never both at once") {
  Issuer people = AgentIssuer();
  people.kind = v1::PRINCIPAL_KIND_PERSON;
  people.audiences = {"console", "shared"};
  Issuer agents = AgentIssuer();
  agents.audiences = {"postern", "shared"};
  Door door({agents, people});
  Json claims = Claims();
  CHECK(door.LogIn(door.signer.Token(claims))->kind == v1::PRINCIPAL_KIND_AGENT);
  claims["aud"] = "console";
  CHECK(door.LogIn(door.signer.Token(claims))->kind == v1::PRINCIPAL_KIND_PERSON);
  claims["aud"] = "shared";
  CHECK(door.Refusal(door.signer.Token(claims)) == "the token fits two entries of identity.issuers");
}

TEST_CASE("an algorithm that the configuration leaves out is refused") {
  Issuer issuer = AgentIssuer();
  issuer.algorithms = {Algorithm::kRs256};
  Door door({issuer});
  CHECK(door.Refusal(door.signer.Token(Claims())) ==
        "the token is signed with an algorithm that the configuration leaves out");
}

TEST_CASE("whoever waits is told when it all ends") {
  Door door({AgentIssuer()}, absl::Hours(1));
  REQUIRE(door.LogIn(door.signer.Token(Claims())).ok());
  std::atomic<bool> ready = false;
  door.issuers.Prepare(Signer(Algorithm::kEs256, "new").Token(Claims()), absl::Now(), [&] { ready = true; });
  CHECK_FALSE(ready);
  door.issuers.Stop();
  CHECK(ready);
}

}  // namespace
}  // namespace postern::identity
