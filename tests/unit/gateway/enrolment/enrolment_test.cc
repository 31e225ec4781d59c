// Relays join once by a token, renew by their certificates, and are nobody once they are revoked.
#include "gateway/enrolment/enrolment.h"

#include <absl/time/clock.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>

#include "relay-agent/joining/join_token.h"
#include "relay-agent/joining/new_key.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::enrolment {
namespace {

// The SPIFFE ID in a certificate.
std::string UriIn(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  REQUIRE(certificate != nullptr);
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  REQUIRE(sk_GENERAL_NAME_num(names) == 1);
  const ASN1_STRING* uri = sk_GENERAL_NAME_value(names, 0)->d.uniformResourceIdentifier;
  std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)), static_cast<size_t>(ASN1_STRING_length(uri)));
  GENERAL_NAMES_free(names);
  X509_free(certificate);
  return text;
}

struct Fixture {
  TempFolder folder;
  std::unique_ptr<Authority> authority = *Authority::Open(folder.path() / "authority.pem");
  std::unique_ptr<store::EnrolledRelays> store = *store::EnrolledRelays::Open(folder.path() / "relays.db");
  std::unique_ptr<Enrolment> enrolment = Load();
  absl::Time now = absl::Now();

  std::unique_ptr<Enrolment> Load() {
    auto loaded = Enrolment::Load(authority.get(), store.get(),
                                  {.targets = {"orders", "payments"},
                                   .configured_relays = {"old-relay"},
                                   .gateway_ca = []() -> absl::StatusOr<std::string> { return "the gateway's CA"; }});
    REQUIRE(loaded.ok());
    return *std::move(loaded);
  }
  absl::StatusOr<NewJoinToken> Token(const std::string& name, const std::vector<std::string>& targets, int64_t ttl = 0) {
    v1::CreateJoinTokenRequest request;
    request.set_name(name);
    for (const std::string& target : targets) request.add_targets(target);
    request.set_ttl_seconds(ttl);
    return enrolment->CreateToken(request, "ada", now);
  }
  absl::StatusOr<v1::RelayCertificate> Join(const std::string& token, const std::string& source = "10.0.0.1") {
    v1::JoinRequest request;
    request.set_token(token);
    request.set_certificate_request(relay::MakeKey("x")->request);
    return enrolment->Join(request, source, now);
  }
  absl::StatusOr<v1::RelayCertificate> Renew(const std::string& uri) {
    v1::RenewRequest request;
    request.set_certificate_request(relay::MakeKey("x")->request);
    return enrolment->Renew(uri, request, now);
  }
};

TEST_CASE("a token names the gateway, works once, and gives the targets it was made for") {
  Fixture f;
  const auto made = f.Token("eu-1", {"orders"});
  REQUIRE(made.ok());
  CHECK(relay::CheckPin(made->token, "the gateway's CA").ok());
  CHECK_FALSE(relay::CheckPin(made->token, "another CA").ok());
  CHECK_FALSE(f.enrolment->MayServe("eu-1", "orders"));

  const auto joined = f.Join(made->token);
  REQUIRE(joined.ok());
  CHECK(joined->name() == "eu-1");
  CHECK(joined->gateway_ca() == "the gateway's CA");
  CHECK(f.enrolment->NameOf(UriIn(joined->certificate())).value() == "eu-1");
  CHECK(f.enrolment->MayServe("eu-1", "orders"));
  CHECK_FALSE(f.enrolment->MayServe("eu-1", "payments"));
  CHECK(absl::IsUnauthenticated(f.Join(made->token).status()));
}

TEST_CASE("every token that is no good is told the same") {
  Fixture f;
  const auto expired = f.Token("eu-1", {"orders"}, 60);
  f.now += absl::Seconds(60);
  const std::string words(f.Join(expired->token, "a").status().message());
  std::string tampered = f.Token("eu-2", {"orders"})->token;
  tampered[20] = tampered[20] == 'a' ? 'b' : 'a';
  CHECK(f.Join(tampered, "b").status().message() == words);
  CHECK(f.Join("", "c").status().message() == words);
  CHECK(f.Join("pat_12345678_" + std::string(43, 'x'), "d").status().message() == words);
  const auto revoked = f.Token("eu-3", {"orders"});
  REQUIRE(f.enrolment->Revoke("eu-3", f.now).ok());
  CHECK(f.Join(revoked->token, "e").status().message() == words);
}

TEST_CASE("who guesses tokens has to wait") {
  Fixture f;
  absl::Status last;
  for (int i = 0; i < 20 && !absl::IsResourceExhausted(last); ++i) last = f.Join("pjt_guess").status();
  CHECK(absl::IsResourceExhausted(last));
  // Whoever guesses beside it does not keep a relay with a good token out.
  const auto made = f.Token("eu-1", {"orders"});
  CHECK(f.Join(made->token).ok());
  CHECK(absl::IsResourceExhausted(f.Join(made->token).status()));
}

TEST_CASE("a token is refused to names and targets that would contradict the config") {
  Fixture f;
  CHECK(absl::IsAlreadyExists(f.Token("old-relay", {"orders"}).status()));
  CHECK(absl::IsInvalidArgument(f.Token("eu-1", {"nowhere"}).status()));
  CHECK(absl::IsInvalidArgument(f.Token("eu-1", {}).status()));
  CHECK(absl::IsInvalidArgument(f.Token("eu/1", {"orders"}).status()));
  CHECK(absl::IsInvalidArgument(f.Token("", {"orders"}).status()));
  CHECK(absl::IsInvalidArgument(f.Token("eu-1", {"orders"}, 8 * 24 * 3600).status()));
}

TEST_CASE("a certificate renews itself until it is revoked or the relay joins again") {
  Fixture f;
  const std::string first = UriIn(f.Join(f.Token("eu-1", {"orders"})->token)->certificate());
  const auto renewed = f.Renew(first);
  REQUIRE(renewed.ok());
  CHECK(UriIn(renewed->certificate()) == first);

  const auto again = f.Token("eu-1", {"payments"});
  CHECK(f.enrolment->NameOf(first).ok());
  CHECK(f.enrolment->MayServe("eu-1", "orders"));
  const std::string second = UriIn(f.Join(again->token)->certificate());
  CHECK(absl::IsUnauthenticated(f.enrolment->NameOf(first).status()));
  CHECK(absl::IsUnauthenticated(f.Renew(first).status()));
  CHECK(f.enrolment->MayServe("eu-1", "payments"));
  CHECK_FALSE(f.enrolment->MayServe("eu-1", "orders"));

  REQUIRE(f.enrolment->Revoke("eu-1", f.now).ok());
  CHECK(absl::IsUnauthenticated(f.enrolment->NameOf(second).status()));
  CHECK(absl::IsUnauthenticated(f.Renew(second).status()));
  CHECK_FALSE(f.enrolment->MayServe("eu-1", "payments"));
  CHECK(f.enrolment->IsEnrolled("eu-1"));
}

TEST_CASE("what was joined and revoked outlives the gateway") {
  Fixture f;
  const std::string live = UriIn(f.Join(f.Token("eu-1", {"orders"})->token)->certificate());
  const std::string gone = UriIn(f.Join(f.Token("eu-2", {"orders"})->token)->certificate());
  const auto waiting = f.Token("eu-3", {"orders"});
  REQUIRE(f.enrolment->Revoke("eu-2", f.now).ok());
  f.enrolment = f.Load();
  CHECK(f.enrolment->NameOf(live).value() == "eu-1");
  CHECK_FALSE(f.enrolment->NameOf(gone).ok());
  CHECK(f.Join(waiting->token).ok());
  CHECK(f.enrolment->List().size() == 3);
}

TEST_CASE("URIs that only resemble a certificate's name nobody") {
  Fixture f;
  const std::string uri = UriIn(f.Join(f.Token("eu-1", {"orders"})->token)->certificate());
  CHECK(absl::IsNotFound(f.enrolment->NameOf("spiffe://elsewhere/epoch/1/relay/eu-1").status()));
  for (const std::string& odd : {uri + "/", uri.substr(0, uri.size() - 1), uri + "/relay/eu-1"}) {
    CHECK(absl::IsUnauthenticated(f.enrolment->NameOf(odd).status()));
  }
}

}  // namespace
}  // namespace postern::enrolment
