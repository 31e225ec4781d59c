#include "gateway/identity/claims.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace postern::identity {
namespace {

using jose::Json;

constexpr int64_t kNowSeconds = 1'800'000'000;
const absl::Time kNow = absl::FromUnixSeconds(kNowSeconds);

Issuer AgentIssuer() {
  Issuer issuer;
  issuer.url = "https://idp.example.com";
  issuer.audiences = {"postern"};
  issuer.kind = v1::PRINCIPAL_KIND_AGENT;
  return issuer;
}

Json Claims() {
  return {{"iss", "https://idp.example.com"},
          {"sub", "orders-bot"},
          {"aud", "postern"},
          {"exp", kNowSeconds + 300},
          {"iat", kNowSeconds}};
}

Json With(Json claims, const std::string& name, const Json& value) {
  claims[name] = value;
  return claims;
}

Json Without(Json claims, const std::string& name) {
  claims.erase(name);
  return claims;
}

// "" when the claims are good.
std::string Refusal(const Issuer& issuer, const Json& claims) {
  const auto who = PrincipalFrom(issuer, claims, kNow);
  return who.ok() ? "" : std::string(who.status().message());
}

std::string Refusal(const Json& claims) { return Refusal(AgentIssuer(), claims); }

TEST_CASE("good claims name an agent, until the token expires") {
  const auto who = PrincipalFrom(AgentIssuer(), Claims(), kNow);
  REQUIRE(who.ok());
  CHECK(who->name == "orders-bot");
  CHECK(who->kind == v1::PRINCIPAL_KIND_AGENT);
  CHECK(who->identity_kind == "oidc");
  CHECK(who->identity_id == "https://idp.example.com orders-bot");
  CHECK(who->issuer == "https://idp.example.com");
  CHECK(who->groups.empty());
  CHECK(who->expires_at == kNow + absl::Seconds(300) + absl::Minutes(1));
  Issuer lasting = AgentIssuer();
  lasting.session_outlives_token = true;
  CHECK(PrincipalFrom(lasting, Claims(), kNow)->expires_at == absl::InfiniteFuture());
}

TEST_CASE("times are kept, with the leeway of a clock") {
  const auto with = [](const char* name, const Json& value) { return Refusal(With(Claims(), name, value)); };
  CHECK(Refusal(Without(Claims(), "exp")) == "the token says not when it expires (exp)");
  CHECK(with("exp", kNowSeconds - 59) == "");
  CHECK(with("exp", kNowSeconds - 60) == "the token has expired (exp)");
  CHECK(with("exp", 0) == "the token has expired (exp)");
  CHECK(with("exp", kNowSeconds + 0.5) == "");
  for (const Json& wrong : {Json("1900000000"), Json(-1), Json(1e300), Json(nullptr), Json(true), Json::array()}) {
    CHECK(with("exp", wrong) == "the token says not when it expires (exp)");
  }
  for (const char* name : {"nbf", "iat"}) {
    CHECK(with(name, kNowSeconds + 60) == "");
    CHECK(with(name, kNowSeconds + 61) == std::string("the token is from the future (") + name + ")");
    CHECK(with(name, "soon") != "");
    CHECK(Refusal(Without(Claims(), name)) == "");
  }
}

TEST_CASE("the audience must be ours, and of several the client must be known") {
  const auto audience = [](const Json& value) { return Refusal(With(Claims(), "aud", value)); };
  const std::string other = "the token is for another audience (aud)";
  CHECK(Refusal(Without(Claims(), "aud")) == other);
  for (const Json& wrong : {Json("posternx"), Json("Postern"), Json(""), Json(1), Json::array(), Json::array({"x"}),
                            Json::array({"postern", 1})}) {
    CHECK(audience(wrong) == other);
  }
  CHECK(audience(Json::array({"postern"})) == "");
  const Json both = With(Claims(), "aud", Json::array({"postern", "billing"}));
  const std::string client = "the token was made for a client that is not let in (azp)";
  CHECK(Refusal(both) == client);
  CHECK(Refusal(With(both, "azp", "billing")) == client);
  CHECK(Refusal(With(both, "azp", "postern")) == "");
  Issuer strict = AgentIssuer();
  strict.authorized_parties = {"agents"};
  CHECK(Refusal(strict, Claims()) == client);
  CHECK(Refusal(strict, With(Claims(), "azp", "postern")) == client);
  CHECK(Refusal(strict, With(Claims(), "azp", "agents")) == "");
  CHECK(Refusal(strict, With(both, "azp", "agents")) == "");
}

TEST_CASE("a token bound to its holder's key is no bearer token") {
  CHECK(Refusal(With(Claims(), "cnf", Json{{"jkt", "x"}})) == "the token is bound to a key of its holder's (cnf)");
}

TEST_CASE("required claims must be there with one of their values") {
  Issuer issuer = AgentIssuer();
  issuer.required_claims = {{"tid", {"t1"}}, {"email_verified", {"true"}}, {"env", {"prod", "stage"}}};
  const Json good = {{"tid", "t1"}, {"email_verified", true}, {"env", {"dev", "stage"}}};
  Json claims = Claims();
  claims.update(good);
  CHECK(Refusal(issuer, claims) == "");
  for (const char* name : {"tid", "email_verified", "env"}) {
    CHECK(Refusal(issuer, Without(claims, name)) == std::string("the token lacks a required claim: ") + name);
    CHECK(Refusal(issuer, With(claims, name, "else")) != "");
    CHECK(Refusal(issuer, With(claims, name, Json{{"t1", true}})) != "");
    CHECK(Refusal(issuer, With(claims, name, Json::array())) != "");
  }
}

TEST_CASE("the name comes from a claim, less its prefix, and must be one") {
  Issuer issuer = AgentIssuer();
  issuer.name_claim = {"kubernetes.io", "serviceaccount", "name"};
  const Json nested = With(Claims(), "kubernetes.io", {{"serviceaccount", {{"name", "batch"}}}});
  CHECK(PrincipalFrom(issuer, nested, kNow)->name == "batch");
  CHECK(Refusal(issuer, Claims()) == "the token has no name (name_claim)");
  CHECK(Refusal(issuer, With(Claims(), "kubernetes.io", "batch")) == "the token has no name (name_claim)");

  issuer = AgentIssuer();
  issuer.name_prefix = "system:serviceaccount:agents:";
  CHECK(PrincipalFrom(issuer, With(Claims(), "sub", "system:serviceaccount:agents:batch"), kNow)->name == "batch");
  CHECK(Refusal(issuer, With(Claims(), "sub", "system:serviceaccount:other:batch")) ==
        "the token's name has not the prefix (name_prefix)");
  for (const char* wrong : {"", "a+b", "a b", "a@b", "a:b", "é"}) {
    INFO(wrong);
    CHECK(Refusal(issuer, With(Claims(), "sub", issuer.name_prefix + wrong)) ==
          "the token's name is none that can be used here (name_claim)");
  }
  CHECK(Refusal(Without(Claims(), "sub")) == "the token has no subject of 1 to 255 bytes (sub)");
  CHECK(Refusal(With(Claims(), "sub", std::string(256, 'x'))) == "the token has no subject of 1 to 255 bytes (sub)");
}

TEST_CASE("people have the roles of their groups") {
  Issuer issuer = AgentIssuer();
  issuer.kind = v1::PRINCIPAL_KIND_PERSON;
  issuer.name_claim = {"email"};
  issuer.groups_claim = {"realm_access", "roles"};
  issuer.roles = {{"dba", {v1::ROLE_REVIEWER}}, {"audit", {v1::ROLE_AUDITOR, v1::ROLE_REVIEWER}}};
  Json claims = With(Claims(), "email", "dana@example.com");
  CHECK(PrincipalFrom(issuer, claims, kNow)->roles.empty());
  claims["realm_access"] = {{"roles", {"dba", "audit", "dba", "cook"}}};
  const auto who = PrincipalFrom(issuer, claims, kNow);
  REQUIRE(who.ok());
  CHECK(who->name == "dana@example.com");
  CHECK(who->groups == std::vector<std::string>{"dba", "audit", "cook"});
  CHECK(who->roles == std::vector<v1::Role>{v1::ROLE_REVIEWER, v1::ROLE_AUDITOR});
  for (const Json& wrong :
       {Json(1), Json{{"dba", true}}, Json::array({1}), Json::array({""}), Json(std::vector<std::string>(257, "g"))}) {
    claims["realm_access"] = {{"roles", wrong}};
    CHECK(Refusal(issuer, claims) != "");
  }
}

}  // namespace
}  // namespace postern::identity
