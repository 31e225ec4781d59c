#include "gateway/enrolment/enrolment.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/identity/token_rules.h"
#include "gateway/identity/token_secret.h"

namespace postern::enrolment {
namespace {

constexpr std::string_view kRelayRoom = "/relay/";
constexpr char kPinMark = '.';

// "pjt_…" + "." + SHA-256 of what the relay is to check the gateway by, so that it gives its token to no one else.
std::string TokenText(std::string_view secret, std::string_view gateway_ca) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(gateway_ca.data()), gateway_ca.size(), digest.data());
  return absl::StrCat(std::string(secret), std::string(1, kPinMark),
                      absl::WebSafeBase64Escape({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

absl::Status NoGoodToken() {
  return absl::UnauthenticatedError(
      "this join token is unknown, used, expired or revoked; ask an admin for a new one (posternctl relay join-token create)");
}

absl::Status NoGoodCertificate() {
  return absl::UnauthenticatedError("the relay's certificate does not count any more: it was revoked, or the relay has joined again");
}

bool IsLive(const v1::EnrolledRelay& relay) { return relay.revoked_at_unix_ms() == 0 && relay.epoch() > 0; }

}  // namespace

absl::StatusOr<std::unique_ptr<Enrolment>> Enrolment::Load(const Authority* authority, store::EnrolledRelays* store,
                                                           EnrolmentOptions options) {
  auto stored = store->LoadAll();
  if (!stored.ok()) return stored.status();
  std::unique_ptr<Enrolment> enrolment(new Enrolment(authority, store, std::move(options)));
  for (store::StoredRelay& relay : *stored) {
    std::string name = relay.relay.name();
    enrolment->relays_.emplace(std::move(name), std::move(relay));
  }
  return enrolment;
}

Enrolment::Enrolment(const Authority* authority, store::EnrolledRelays* store, EnrolmentOptions options)
    : authority_(authority), store_(store), options_(std::move(options)), failures_(options_.failures) {}

absl::Status Enrolment::CheckRequest(const v1::CreateJoinTokenRequest& request) const {
  if (!identity::IsAgentName(request.name())) return absl::InvalidArgumentError("name: 1 to 64 of [A-Za-z0-9._-]");
  if (request.targets().empty()) return absl::InvalidArgumentError("targets: at least one");
  for (const std::string& target : request.targets()) {
    if (options_.targets.count(target) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("targets: the gateway's config has no target ", target));
    }
  }
  if (options_.configured_relays.count(request.name()) > 0) {
    return absl::AlreadyExistsError(absl::StrCat("the gateway's config grants targets to a relay ", request.name(),
                                                 "; take it out there, or choose another name"));
  }
  return absl::OkStatus();
}

absl::StatusOr<NewJoinToken> Enrolment::CreateToken(const v1::CreateJoinTokenRequest& request,
                                                    std::string_view created_by, absl::Time now) {
  if (absl::Status checked = CheckRequest(request); !checked.ok()) return checked;
  const auto ttl = identity::TokenTtl(request.ttl_seconds(), options_.default_token_ttl, options_.max_token_ttl);
  if (!ttl.ok()) return ttl.status();
  const auto gateway_ca = options_.gateway_ca();
  if (!gateway_ca.ok()) return gateway_ca.status();

  std::string secret = identity::NewSecret(identity::kJoinPrefix);
  const identity::SecretDigest digest = identity::DigestOf(secret);
  std::lock_guard lock(mutex_);
  const auto known = relays_.find(request.name());
  store::StoredRelay stored = known == relays_.end() ? store::StoredRelay{} : known->second;
  stored.relay.set_name(request.name());
  *stored.relay.mutable_token_targets() = request.targets();
  stored.relay.set_created_by(std::string(created_by));
  stored.relay.set_created_at_unix_ms(absl::ToUnixMillis(now));
  stored.relay.set_token_expires_at_unix_ms(absl::ToUnixMillis(now + *ttl));
  stored.lookup = std::string(identity::LookupOf(secret, identity::kJoinPrefix));
  stored.digest.assign(digest.begin(), digest.end());
  if (absl::Status saved = store_->Save(stored); !saved.ok()) return saved;
  NewJoinToken made{.relay = stored.relay, .token = TokenText(secret, *gateway_ca)};
  OPENSSL_cleanse(secret.data(), secret.size());
  relays_[request.name()] = std::move(stored);
  return made;
}

std::vector<v1::EnrolledRelay> Enrolment::List() const {
  std::lock_guard lock(mutex_);
  std::vector<v1::EnrolledRelay> listed;
  for (const auto& [name, stored] : relays_) listed.push_back(stored.relay);
  return listed;
}

absl::StatusOr<v1::EnrolledRelay> Enrolment::Revoke(std::string_view name, absl::Time now) {
  std::lock_guard lock(mutex_);
  const auto found = relays_.find(name);
  if (found == relays_.end()) return absl::NotFoundError("no relay of that name was given a join token");
  store::StoredRelay& stored = found->second;
  if (stored.relay.revoked_at_unix_ms() == 0) stored.relay.set_revoked_at_unix_ms(absl::ToUnixMillis(now));
  stored.relay.set_token_expires_at_unix_ms(0);
  stored.relay.clear_token_targets();
  stored.lookup.clear();
  stored.digest.clear();
  if (absl::Status saved = store_->Save(stored); !saved.ok()) {
    return absl::Status(saved.code(), absl::StrCat("revoked, but only until the gateway ends: ", saved.message()));
  }
  return stored.relay;
}

// Every token is looked at, so that the time it takes tells nothing; there are few.
store::StoredRelay* Enrolment::FindToken(std::string_view secret, absl::Time now) {
  const std::string_view lookup = identity::LookupOf(secret, identity::kJoinPrefix);
  const identity::SecretDigest digest = identity::DigestOf(secret);
  store::StoredRelay* found = nullptr;
  for (auto& [name, stored] : relays_) {
    if (lookup.empty() || stored.lookup != lookup || stored.digest.size() != digest.size()) continue;
    const bool same = CRYPTO_memcmp(stored.digest.data(), digest.data(), digest.size()) == 0;
    if (same && stored.relay.token_expires_at_unix_ms() > absl::ToUnixMillis(now)) found = &stored;
  }
  return found;
}

absl::StatusOr<v1::RelayCertificate> Enrolment::Join(const v1::JoinRequest& request, std::string_view source,
                                                     absl::Time now) {
  const std::string_view token = request.token();
  const std::string_view secret = token.substr(0, token.find(kPinMark));
  std::lock_guard lock(mutex_);
  // A good token is taken whatever else came from its address.
  store::StoredRelay* stored = FindToken(secret, now);
  if (stored == nullptr) {
    const std::string key_of_source = identity::SourceKey(source);
    if (failures_.Wait(key_of_source, now) > absl::ZeroDuration()) {
      return absl::ResourceExhaustedError("too many wrong join tokens from this address; wait a minute, then try again");
    }
    failures_.Failed(key_of_source, now);
    return NoGoodToken();
  }
  auto key = KeyOfRequest(request.certificate_request());
  if (!key.ok()) return key.status();
  store::StoredRelay joined = *stored;
  joined.lookup.clear();
  joined.digest.clear();
  joined.relay.set_token_expires_at_unix_ms(0);
  joined.relay.mutable_targets()->Swap(joined.relay.mutable_token_targets());
  joined.relay.clear_token_targets();
  joined.relay.set_revoked_at_unix_ms(0);
  joined.relay.set_joined_at_unix_ms(absl::ToUnixMillis(now));
  joined.relay.set_certificate_expires_at_unix_ms(absl::ToUnixMillis(now + options_.certificate_ttl));
  joined.relay.set_epoch(joined.relay.epoch() + 1);
  if (absl::Status saved = store_->Save(joined); !saved.ok()) return saved;
  *stored = joined;
  return Certify(joined.relay, *key, now);
}

absl::StatusOr<v1::RelayCertificate> Enrolment::Renew(std::string_view uri, const v1::RenewRequest& request,
                                                      absl::Time now) {
  auto name = NameOf(uri);
  if (!name.ok()) return NoGoodCertificate();
  auto key = KeyOfRequest(request.certificate_request());
  if (!key.ok()) return key.status();
  std::lock_guard lock(mutex_);
  const auto found = relays_.find(*name);
  if (found == relays_.end() || !IsLive(found->second.relay) || UriOf(found->second.relay) != uri) return NoGoodCertificate();
  store::StoredRelay renewed = found->second;
  renewed.relay.set_certificate_expires_at_unix_ms(absl::ToUnixMillis(now + options_.certificate_ttl));
  if (absl::Status saved = store_->Save(renewed); !saved.ok()) return saved;
  found->second = renewed;
  return Certify(renewed.relay, *key, now);
}

absl::StatusOr<v1::RelayCertificate> Enrolment::Certify(const v1::EnrolledRelay& relay, const Key& key,
                                                        absl::Time now) const {
  auto certificate = authority_->Sign(key, {relay.name(), UriOf(relay)}, now, options_.certificate_ttl);
  if (!certificate.ok()) return certificate.status();
  auto gateway_ca = options_.gateway_ca();
  if (!gateway_ca.ok()) return gateway_ca.status();
  v1::RelayCertificate given;
  given.set_certificate(*std::move(certificate));
  given.set_gateway_ca(*std::move(gateway_ca));
  given.set_name(relay.name());
  *given.mutable_targets() = relay.targets();
  given.set_expires_at_unix_ms(relay.certificate_expires_at_unix_ms());
  return given;
}

std::string Enrolment::UriOf(const v1::EnrolledRelay& relay) const {
  return absl::StrCat("spiffe://", authority_->trust_domain(), "/epoch/", relay.epoch(), "/relay/", relay.name());
}

absl::StatusOr<std::string> Enrolment::NameOf(std::string_view uri) const {
  const std::string ours = absl::StrCat("spiffe://", authority_->trust_domain(), "/");
  if (!uri.starts_with(ours)) return absl::NotFoundError("not a certificate of this gateway's authority");
  const size_t room = uri.rfind(kRelayRoom);
  if (room == std::string_view::npos) return NoGoodCertificate();
  const std::string_view name = uri.substr(room + kRelayRoom.size());
  std::lock_guard lock(mutex_);
  const auto found = relays_.find(name);
  if (found == relays_.end() || !IsLive(found->second.relay) || UriOf(found->second.relay) != uri) return NoGoodCertificate();
  return std::string(name);
}

bool Enrolment::IsEnrolled(std::string_view name) const {
  std::lock_guard lock(mutex_);
  return relays_.find(name) != relays_.end();
}

bool Enrolment::MayServe(std::string_view name, std::string_view target) const {
  std::lock_guard lock(mutex_);
  const auto found = relays_.find(name);
  if (found == relays_.end() || !IsLive(found->second.relay)) return false;
  const auto& targets = found->second.relay.targets();
  return std::find(targets.begin(), targets.end(), target) != targets.end();
}

}  // namespace postern::enrolment
