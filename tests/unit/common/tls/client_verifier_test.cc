#include "common/tls/client_verifier.h"

#include <absl/time/clock.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/pki.h"

namespace postern::tls {
namespace {

// What is wrong with a certificate; empty: nothing.
std::string Wrong(const ClientVerifier& verifier, const std::shared_ptr<const PeerCertificate>& shown, absl::Time now = absl::Now()) {
  const auto until = verifier.Verify(*shown, now);
  return until.ok() ? "" : std::string(until.status().message());
}

TEST_CASE("only a client's certificate of the authority is good, in its time") {
  TestPki pki;
  pki.Client("good");
  pki.Client("foreign", "other");
  pki.Certificate("server", "extendedKeyUsage=serverAuth\n");
  const auto verifier = *ClientVerifier::Load(pki.File("ca.pem"), std::nullopt);
  const auto until = verifier->Verify(*pki.Show("good"), absl::Now());
  REQUIRE(until.ok());
  CHECK(*until > absl::Now() + absl::Hours(24 * 28));
  CHECK(*until < absl::Now() + absl::Hours(24 * 31));
  CHECK(Wrong(*verifier, pki.Show("foreign")).find("issuer") != std::string::npos);
  CHECK(Wrong(*verifier, pki.Show("server")).find("purpose") != std::string::npos);
  CHECK(Wrong(*verifier, pki.Show("good"), absl::Now() + absl::Hours(24 * 40)).find("expired") != std::string::npos);
  CHECK(Wrong(*verifier, pki.Show("good"), absl::Now() - absl::Hours(24)).find("not yet valid") != std::string::npos);
}

TEST_CASE("what is revoked is refused, and so is everything while the list is missing or out of date") {
  TestPki pki;
  pki.Client("kept");
  pki.Client("lost");
  pki.Revoke("lost");
  pki.List("list.pem");
  pki.List("other.list", "other");
  pki.List("old.list", "ca", "-crl_lastupdate 20190101000000Z -crl_nextupdate 20200101000000Z");
  const auto verifier = *ClientVerifier::Load(pki.File("ca.pem"), pki.File("list.pem"));
  CHECK(Wrong(*verifier, pki.Show("kept")).empty());
  CHECK(Wrong(*verifier, pki.Show("lost")).find("revoked") != std::string::npos);
  CHECK(verifier->lists_end() > absl::Now());
  const auto no_list = *ClientVerifier::Load(pki.File("ca.pem"), pki.File("other.list"));
  CHECK(Wrong(*no_list, pki.Show("kept")).find("CRL") != std::string::npos);
  const auto old = *ClientVerifier::Load(pki.File("ca.pem"), pki.File("old.list"));
  CHECK(Wrong(*old, pki.Show("kept")).find("CRL has expired") != std::string::npos);
  CHECK(old->lists_end() < absl::Now());
  CHECK_FALSE(ClientVerifier::Load(pki.File("ca.pem"), pki.File("none")).ok());
  CHECK_FALSE(ClientVerifier::Load(pki.File("ca.pem"), pki.File("kept.key")).ok());
  CHECK_FALSE(ClientVerifier::Load(pki.File("ca.key"), std::nullopt).ok());
}

TEST_CASE("an authority stands behind what it signed, good or not") {
  TestPki pki;
  pki.Client("mine");
  pki.Client("foreign", "other");
  const auto ca = *ClientVerifier::FromPem(pki.Read("ca.pem"));
  const auto other = *ClientVerifier::FromPem(pki.Read("other.pem"));
  CHECK(ca->VouchesFor(*pki.Show("mine")));
  CHECK_FALSE(ca->VouchesFor(*pki.Show("foreign")));
  CHECK(ca->VouchesForAny(*ca));
  CHECK_FALSE(ca->VouchesForAny(*other));
}

TEST_CASE("a certificate tells its names and its serial as they are") {
  TestPki pki;
  pki.Agent("bot", "spiffe://example.com/agent/bot");
  const auto shown = pki.Show("bot");
  CHECK(shown->uris() == std::vector<std::string>{"spiffe://example.com/agent/bot"});
  CHECK(shown->common_names() == std::vector<std::string>{"bot"});
  CHECK(shown->serial().size() >= 2);
  CHECK_FALSE(PeerCertificate::FromPem("no certificate", "").ok());
  // Cut short at every byte it is none.
  const std::string whole = pki.Read("bot.pem");
  for (size_t bytes = 0; bytes + 2 < whole.size(); bytes += 7) CHECK_FALSE(PeerCertificate::FromPem(whole.substr(0, bytes), "").ok());
}

}  // namespace
}  // namespace postern::tls
