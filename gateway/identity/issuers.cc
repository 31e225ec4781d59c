#include "gateway/identity/issuers.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "gateway/identity/claims.h"
#include "gateway/identity/jose/verify.h"

namespace postern::identity {
namespace {

absl::Status Refuse(const std::string& why) { return absl::UnauthenticatedError(why); }

bool Believes(const Issuer& issuer, jose::Algorithm algorithm) {
  return std::find(issuer.algorithms.begin(), issuer.algorithms.end(), algorithm) != issuer.algorithms.end();
}

}  // namespace

Issuers::Issuers(Authenticator& others, FetchDocument fetch, IssuerKeys::Pace pace)
    : others_(others), fetch_(std::move(fetch)), pace_(pace) {}

Issuers::~Issuers() { Stop(); }

void Issuers::Replace(std::vector<Issuer> issuers) {
  std::vector<Entry> gone;
  {
    std::unique_lock lock(mutex_);
    gone = std::exchange(entries_, {});
    for (Issuer& issuer : issuers) {
      const auto same = std::find_if(gone.begin(), gone.end(), [&](const Entry& entry) {
        return entry.keys != nullptr && entry.issuer == issuer;
      });
      const uint64_t number = same != gone.end() ? same->number : next_number_++;
      auto keys = same != gone.end() ? std::move(same->keys)
                                     : std::make_unique<IssuerKeys>(issuer, fetch_, [this] { revoked_(); }, pace_);
      entries_.push_back({std::move(issuer), std::move(keys), number});
    }
  }
  // Before the wait for threads of those that are gone.
  revoked_();
}

void Issuers::Stop() {
  std::shared_lock lock(mutex_);
  for (const Entry& entry : entries_) entry.keys->Stop();
}

// An issuer may be configured more than once, for agents and for people say: what the claims fit decides, and it must
// be one.
absl::StatusOr<Issuers::Claimed> Issuers::Claim(const jose::Jwt& token, absl::Time now) const {
  const std::string* url = jose::TextIn(token.claims, "iss");
  absl::Status refusal = Refuse("the token's issuer is not configured (iss)");
  Claimed claimed;
  for (const Entry& entry : entries_) {
    if (url == nullptr || entry.issuer.url != *url) continue;
    auto who = PrincipalFrom(entry.issuer, token.claims, now);
    if (!who.ok()) {
      refusal = who.status();
    } else if (!Believes(entry.issuer, token.algorithm)) {
      refusal = Refuse("the token is signed with an algorithm that the configuration leaves out");
    } else if (claimed.entry != nullptr) {
      return Refuse("the token fits two entries of identity.issuers");
    } else {
      claimed = {&entry, *std::move(who)};
      claimed.who.issuer_entry = entry.number;
    }
  }
  if (claimed.entry == nullptr) return refusal;
  return claimed;
}

absl::StatusOr<Principal> Issuers::Check(std::string_view secret, absl::Time now) const {
  const auto token = jose::ParseJwt(secret);
  if (!token.ok()) return Refuse(std::string(token.status().message()));
  std::shared_lock lock(mutex_);
  auto claimed = Claim(*token, now);
  if (!claimed.ok()) return claimed.status();
  const auto keys = claimed->entry->keys->Current(now);
  const jose::Key* key = keys->Find(*token);
  if (key == nullptr) return Refuse("the token is signed with a key that its issuer does not show (kid)");
  if (!jose::Verify(*key, *token)) return Refuse("the token's signature is wrong");
  claimed->who.signing_key = key->fingerprint;
  return std::move(claimed->who);
}

void Issuers::Prepare(std::string_view secret, absl::Time now, Ready ready) {
  if (!jose::LooksLikeJwt(secret)) return others_.Prepare(secret, now, std::move(ready));
  if (!AwaitKey(secret, now, ready)) ready();
}

bool Issuers::AwaitKey(std::string_view secret, absl::Time now, Ready& ready) const {
  const auto token = jose::ParseJwt(secret);
  if (!token.ok()) return false;
  std::shared_lock lock(mutex_);
  const auto claimed = Claim(*token, now);
  if (!claimed.ok()) return false;
  const jose::Jwt wanted{.algorithm = token->algorithm, .key_id = token->key_id};
  return claimed->entry->keys->Await([wanted](const jose::KeySet& keys) { return keys.Find(wanted) != nullptr; },
                                     ready);
}

absl::StatusOr<Principal> Issuers::Authenticate(const Proof& proof, absl::Time now) {
  return jose::LooksLikeJwt(proof.secret) ? Check(proof.secret, now) : others_.Authenticate(proof, now);
}

bool Issuers::TakesIdTokens() const {
  std::shared_lock lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.issuer.kind == v1::PRINCIPAL_KIND_AGENT; });
}

bool Issuers::StillValid(const Principal& who, absl::Time now) const {
  if (who.identity_kind != kOidc) return others_.StillValid(who, now);
  std::shared_lock lock(mutex_);
  return now < who.expires_at && std::any_of(
                                     entries_.begin(), entries_.end(),
                                     [&](const Entry& entry) {
                                       const bool same = who.issuer_entry == 0 || entry.number == who.issuer_entry;
                                       return same && entry.issuer.url == who.issuer && entry.issuer.kind == who.kind &&
                                              entry.keys->Has(who.signing_key);
                                     });
}

}  // namespace postern::identity
