#include "gateway/identity/certificates.h"

#include <absl/time/clock.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/pki.h"

namespace postern::identity {
namespace {

CertificateRule Rule(const std::string& spiffe, const std::string& common_name, const std::string& name = "",
                     v1::PrincipalKind kind = v1::PRINCIPAL_KIND_AGENT) {
  return {.spiffe = spiffe, .common_name = common_name, .kind = kind, .name = name};
}

absl::StatusOr<Principal> Agent(const std::vector<CertificateRule>& rules, const CertificateNames& names) {
  return PrincipalFrom(rules, v1::PRINCIPAL_KIND_AGENT, names);
}

// The agent's name, or in brackets why there is none.
std::string Named(const std::vector<CertificateRule>& rules, const CertificateNames& names) {
  const auto who = Agent(rules, names);
  return who.ok() ? who->name : "(" + std::string(who.status().message()) + ")";
}

TEST_CASE("a certificate is named by its SPIFFE ID, or by its common name if it has none") {
  const std::vector<CertificateRule> rules = {Rule("spiffe://example.com/agent/*", ""), Rule("spiffe://example.com/ns/shop/sa/loader", "", "loader"),
                                              Rule("", "bot-*"), Rule("", "agent.example", "example")};
  const auto spiffe = [&](const std::string& uri) { return Named(rules, {{uri}, {"bot-7"}}); };
  CHECK(spiffe("spiffe://example.com/agent/reader") == "reader");
  CHECK(spiffe("spiffe://example.com/ns/shop/sa/loader") == "loader");
  CHECK(Named(rules, {{}, {"bot-7"}}) == "7");
  CHECK(Named(rules, {{}, {"agent.example"}}) == "example");
  CHECK(Named(rules, {{"https://example.com/x"}, {"agent.example"}}) == "example");
  const std::string none = "(no entry of identity.certificates fits the certificate)";
  CHECK(spiffe("spiffe://example.com/agent") == none);
  CHECK(spiffe("spiffe://example.org/agent/reader") == none);
  CHECK(spiffe("spiffe://example.com.evil.org/agent/reader") == none);
  CHECK(spiffe("spiffe://example.com/ns/shop/sa/loader2") == none);
  // More than a name stands in the star's place.
  CHECK(spiffe("spiffe://example.com/agent/a/b") == "(the certificate's name is none that can be used here)");
  CHECK(Named(rules, {{}, {"agent.exampl"}}) == none);
  CHECK(Named(rules, {{}, {std::string("agent.example\0.evil", 19)}}) == none);
  CHECK(Named(rules, {{}, {"agent.example", "agent.example"}}) == "(the certificate has neither a SPIFFE ID nor one common name)");
  CHECK(Named(rules, {{"spiffe://example.com/agent/a", "spiffe://example.com/agent/b"}, {}}) == "(the certificate has more than one SPIFFE ID)");
  CHECK(Named(rules, {{"SPIFFE://example.com/agent/a"}, {"agent.example"}}) == "(the certificate's SPIFFE ID is malformed)");
  CHECK(Named({rules[0], rules[0]}, {{"spiffe://example.com/agent/a"}, {}}) == "(the certificate fits two entries of identity.certificates)");
}

TEST_CASE("a SPIFFE ID has one reading") {
  for (const char* good : {"spiffe://a", "spiffe://a.b-c_1/x", "spiffe://a/x/Y.z_-1"}) CHECK(IsSpiffeId(good));
  for (const char* bad : {"", "spiffe://", "spiffe:///x", "spiffe://A/x", "spiffe://a/", "spiffe://a//x", "spiffe://a/../x", "spiffe://a/.", "spiffe://a/x%2f",
                          "spiffe://a:1/x", "spiffe://u@a/x", "spiffe://a/x?y", "spiffe://a/x#y", "http://a/x"}) {
    INFO(bad);
    CHECK_FALSE(IsSpiffeId(bad));
  }
  CHECK_FALSE(IsSpiffeId("spiffe://a/" + std::string(2048, 'x')));
}

TEST_CASE("rules for people name no agent, and their roles are people's") {
  CertificateRule person = Rule("", "dana", "dana@example.com", v1::PRINCIPAL_KIND_PERSON);
  person.groups = {"dba"};
  person.roles = {v1::ROLE_REVIEWER};
  CHECK_FALSE(Agent({person}, {{}, {"dana"}}).ok());
  const auto who = PrincipalFrom({person}, v1::PRINCIPAL_KIND_PERSON, {{}, {"dana"}});
  REQUIRE(who.ok());
  CHECK(who->groups == person.groups);
  CHECK(who->roles == person.roles);
}

// Knows one secret.
class OneSecret final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const Proof& proof, absl::Time) override {
    if (proof.secret != "good") return absl::UnauthenticatedError("no such secret");
    Principal who;
    who.name = "secretive";
    return who;
  }
  bool StillValid(const Principal&, absl::Time) const override { return true; }
};

struct Door {
  Door() {
    pki.Agent("bot", "spiffe://example.com/agent/bot");
    pki.Client("foreign", "other");
    pki.List("list.pem");
    REQUIRE(Use().ok());
  }
  absl::Status Use(const std::vector<CertificateRule>& rules = {Rule("spiffe://example.com/agent/*", "")}) {
    return certificates.Replace(rules, CertificateTrust{pki.File("ca.pem"), pki.File("list.pem")});
  }
  absl::StatusOr<Principal> LogIn(const std::string& certificate, const std::string& secret = "") {
    return certificates.Authenticate({.secret = secret, .source = "10.0.0.1", .certificate = pki.Show(certificate)}, absl::Now());
  }

  tls::TestPki pki;
  OneSecret others;
  Certificates certificates{others, v1::PRINCIPAL_KIND_AGENT};
};

TEST_CASE("a good certificate lets its agent in until it ends; beside a secret, the secret speaks") {
  Door door;
  const auto who = door.LogIn("bot");
  REQUIRE(who.ok());
  CHECK(who->name == "bot");
  CHECK(who->identity_kind == "certificate");
  CHECK(who->identity_id.find("spiffe://example.com/agent/bot serial ") == 0);
  CHECK(who->expires_at < absl::Now() + absl::Hours(24 * 31));
  CHECK(door.certificates.StillValid(*who, absl::Now()));
  CHECK_FALSE(door.certificates.StillValid(*who, who->expires_at + absl::Seconds(1)));
  CHECK(door.LogIn("bot", "good")->name == "secretive");
  CHECK_FALSE(door.LogIn("bot", "bad").ok());
  CHECK(absl::IsUnauthenticated(door.LogIn("foreign").status()));
  // A bad one spoils a good secret.
  CHECK(absl::IsUnauthenticated(door.LogIn("foreign", "good").status()));
  CHECK(door.certificates.Authenticate({.secret = "good", .source = "10.0.0.1"}, absl::Now()).ok());
}

TEST_CASE("what was good ends with its revocation, its rule, or its list") {
  Door door;
  const auto who = door.LogIn("bot");
  REQUIRE(who.ok());
  const auto still = [&] { return door.certificates.StillValid(*who, absl::Now()); };
  SECTION("revoked") {
    door.pki.Revoke("bot");
    door.pki.List("list.pem");
    REQUIRE(door.Use().ok());
    CHECK_FALSE(still());
    CHECK(door.LogIn("bot").status().message().find("revoked") != absl::string_view::npos);
  }
  SECTION("another's name, or nobody's") {
    REQUIRE(door.Use({Rule("spiffe://example.com/agent/bot", "", "other")}).ok());
    CHECK_FALSE(still());
    REQUIRE(door.Use({}).ok());
    CHECK_FALSE(still());
  }
  SECTION("the list is gone") {
    std::filesystem::remove(door.pki.File("list.pem"));
    CHECK_FALSE(door.Use().ok());
    CHECK_FALSE(still());
    CHECK(absl::IsUnauthenticated(door.LogIn("bot").status()));
    door.pki.List("list.pem");
    REQUIRE(door.Use().ok());
    CHECK(still());
  }
}

TEST_CASE("who has an authority that is somebody else's is nobody here") {
  tls::TestPki pki;
  pki.Agent("bot", "spiffe://example.com/agent/bot");
  OneSecret others;
  Certificates certificates(others, v1::PRINCIPAL_KIND_AGENT);
  certificates.Exclude([](const tls::PeerCertificate&) { return true; });
  REQUIRE(certificates.Replace({Rule("spiffe://example.com/agent/*", "")}, CertificateTrust{pki.File("ca.pem"), std::nullopt}).ok());
  CHECK_FALSE(certificates.Authenticate({.source = "10.0.0.1", .certificate = pki.Show("bot")}, absl::Now()).ok());
}

}  // namespace
}  // namespace postern::identity
