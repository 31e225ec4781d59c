#include "gateway/identity/read_issuers.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::identity {
namespace {

config::Loaded<std::vector<Issuer>> Read(const std::string& issuers) {
  config::Document document = config::Document::FromText("identity:\n  issuers:\n" + issuers, "gateway.yaml");
  std::vector<Issuer> read;
  {
    config::Section root = document.root();
    config::Section identity = root.Optional("identity");
    read = ReadIssuers(identity);
  }
  return config::Loaded<std::vector<Issuer>>::From(std::move(read), document.TakeProblems());
}

TEST_CASE("an issuer with everything said, and one with what must be") {
  const auto loaded = Read(R"(
    - issuer: https://idp.example.com/realms/agents
      audience: [postern, postern-eu]
      kind: person
      name_claim: email
      name_prefix: "x-"
      groups_claim: [realm_access, roles]
      roles: { dba: [reviewer, auditor], ops: admin }
      required_claims: { tid: abc, env: [prod, stage] }
      authorized_parties: [cli]
      algorithms: [ES256, EdDSA]
      clock_skew: 30s
      refresh_interval: 5m
      max_key_age: 2h
      jwks_uri: https://keys.example.com/jwks.json
      session_outlives_token: true
    - { issuer: "https://token.example.com", audience: postern, kind: agent }
)");
  REQUIRE(loaded.ok());
  const Issuer& full = loaded.value->at(0);
  CHECK(full.audiences == std::vector<std::string>{"postern", "postern-eu"});
  CHECK(full.kind == v1::PRINCIPAL_KIND_PERSON);
  CHECK(full.name_claim == ClaimPath{"email"});
  CHECK(full.groups_claim == ClaimPath{"realm_access", "roles"});
  CHECK(full.roles.at("dba") == std::vector<v1::Role>{v1::ROLE_REVIEWER, v1::ROLE_AUDITOR});
  CHECK(full.roles.at("ops") == std::vector<v1::Role>{v1::ROLE_ADMIN});
  CHECK(full.required_claims.at("env") == std::vector<std::string>{"prod", "stage"});
  CHECK(full.algorithms == std::vector{jose::Algorithm::kEs256, jose::Algorithm::kEdDsa});
  CHECK(full.clock_skew == absl::Seconds(30));
  CHECK(full.max_key_age == absl::Hours(2));
  CHECK(full.jwks_uri == "https://keys.example.com/jwks.json");
  CHECK(full.session_outlives_token);
  const Issuer& plain = loaded.value->at(1);
  CHECK(plain.kind == v1::PRINCIPAL_KIND_AGENT);
  CHECK(plain.name_claim == ClaimPath{"sub"});
  CHECK(plain.algorithms.size() == jose::kAlgorithms.size());
  CHECK_FALSE(plain.session_outlives_token);
}

TEST_CASE("what is wrong is told with its line and key") {
  struct Row {
    std::string options;
    std::string problem;
  };
  const std::string good = "issuer: https://i.example, audience: a, kind: agent";
  const Row rows[] = {
      {"audience: a, kind: agent", "3:7: identity.issuers[0].issuer: is missing"},
      {"issuer: https://i.example, kind: agent", "3:7: identity.issuers[0].audience: is missing"},
      {"issuer: https://i.example, audience: a", "3:7: identity.issuers[0].kind: is missing"},
      {"issuer: http://i.example, audience: a, kind: agent",
       "3:16: identity.issuers[0].issuer: expected an https URL without user, query or fragment"},
      {"issuer: 'https://i.example?x=1', audience: a, kind: agent",
       "3:16: identity.issuers[0].issuer: expected an https URL without user, query or fragment"},
      {"issuer: https://i.example, audience: a, kind: both",
       "3:54: identity.issuers[0].kind: expected one of agent, person"},
      {good + ", audience_claim: x", "3:61: identity.issuers[0].audience_claim: unknown key"},
      {good + ", algorithms: [HS256]",
       "3:74: identity.issuers[0].algorithms[0]: expected one of RS256, RS384, RS512, PS256, ES256, ES384, EdDSA"},
      {good + ", groups_claim: g, roles: { a: [reviewer] }",
       "identity.issuers[0].roles: are for people: an agent has none"},
      {"issuer: https://i.example, audience: a, kind: person, roles: { a: reviewer }",
       "identity.issuers[0].roles: needs groups_claim, which says who is in a group"},
      {"issuer: https://i.example, audience: a, kind: person, groups_claim: g, roles: { a: boss }",
       "identity.issuers[0].roles.a: expected roles of reviewer, auditor, admin"},
      {good + ", max_key_age: 1m", "identity.issuers[0].max_key_age: is shorter than refresh_interval"},
      {good + ", ca: /nowhere/ca.pem", "identity.issuers[0].ca: no such file: /nowhere/ca.pem"},
  };
  for (const Row& row : rows) {
    INFO(row.options);
    const auto loaded = Read("    - {" + row.options + "}\n");
    REQUIRE(loaded.problems.size() == 1);
    CHECK_THAT(loaded.problems[0].ToString(), Catch::Contains(row.problem));
  }
}

}  // namespace
}  // namespace postern::identity
