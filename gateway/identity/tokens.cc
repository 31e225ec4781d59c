#include "gateway/identity/tokens.h"

#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "common/ids/ulid.h"
#include "gateway/identity/reserved_names.h"
#include "gateway/identity/token_rules.h"
#include "gateway/identity/token_secret.h"

namespace postern::identity {
namespace {

// Two tokens get the same lookup once in 2^47.
constexpr int kLookupAttempts = 3;

bool HasEnded(const v1::Token& token, absl::Time now) {
  return token.revoked_at_unix_ms() != 0 || token.expires_at_unix_ms() <= absl::ToUnixMillis(now);
}

template <class Values>
void CopyOnce(const Values& from, Values* to) {
  for (const auto& value : from) {
    if (std::find(to->begin(), to->end(), value) == to->end()) *to->Add() = value;
  }
}

Principal PrincipalOf(const v1::Token& token) {
  Principal principal;
  principal.name = token.name();
  principal.kind = token.kind();
  principal.groups.assign(token.groups().begin(), token.groups().end());
  for (const int role : token.roles()) principal.roles.push_back(static_cast<v1::Role>(role));
  principal.targets.assign(token.targets().begin(), token.targets().end());
  principal.identity_kind = "token";
  principal.identity_id = token.id();
  principal.expires_at = absl::FromUnixMillis(token.expires_at_unix_ms());
  return principal;
}

v1::Token TokenFrom(const v1::CreateTokenRequest& request, std::string_view created_by, absl::Time now,
                    absl::Duration ttl) {
  v1::Token token;
  token.set_id(ids::NewTokenId());
  token.set_name(request.name());
  token.set_kind(request.kind());
  CopyOnce(request.groups(), token.mutable_groups());
  CopyOnce(request.roles(), token.mutable_roles());
  CopyOnce(request.targets(), token.mutable_targets());
  token.set_created_at_unix_ms(absl::ToUnixMillis(now));
  token.set_expires_at_unix_ms(absl::ToUnixMillis(now + ttl));
  token.set_created_by(std::string(created_by));
  return token;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokens>> Tokens::Load(store::TokenStore* store, TokenOptions options) {
  auto stored = store->LoadAll();
  if (!stored.ok()) return stored.status();
  std::unique_ptr<Tokens> tokens(new Tokens(store, options));
  for (const auto& one : *stored) tokens->Add(one);
  return tokens;
}

Tokens::Tokens(store::TokenStore* store, TokenOptions options)
    : store_(store), options_(options) {}

Tokens::~Tokens() { (void)SaveLastUsed(); }

void Tokens::Add(const store::StoredToken& stored) {
  Entry entry{.token = stored.token, .digest = {}, .unsaved_use = false};
  // The store checked the digest's length when it took it; one that was damaged since matches nothing.
  if (stored.digest.size() == entry.digest.size()) {
    std::copy(stored.digest.begin(), stored.digest.end(), entry.digest.begin());
  }
  std::lock_guard lock(mutex_);
  lookup_of_[stored.token.id()] = stored.lookup;
  by_lookup_[stored.lookup] = std::move(entry);
}

absl::StatusOr<NewToken> Tokens::Create(const v1::CreateTokenRequest& request, std::string_view created_by,
                                        absl::Time now) {
  if (auto status = CheckTokenRequest(request); !status.ok()) return status;
  auto ttl = TokenTtl(request.ttl_seconds(), options_.default_ttl, options_.max_ttl);
  if (!ttl.ok()) return ttl.status();

  store::StoredToken stored{.token = TokenFrom(request, created_by, now, *ttl), .lookup = {}, .digest = {}};
  absl::Status status;
  for (int attempt = 0; attempt < kLookupAttempts; ++attempt) {
    std::string secret = NewSecret();
    const SecretDigest digest = DigestOf(secret);
    stored.lookup = std::string(LookupOf(secret));
    stored.digest.assign(digest.begin(), digest.end());
    status = store_->Insert(stored);
    if (status.ok()) {
      Add(stored);
      return NewToken{.token = std::move(stored.token), .secret = std::move(secret)};
    }
    OPENSSL_cleanse(secret.data(), secret.size());
    if (!absl::IsAlreadyExists(status)) break;
  }
  return status;
}

std::vector<v1::Token> Tokens::List(bool include_ended, absl::Time now) const {
  std::vector<v1::Token> tokens;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [lookup, entry] : by_lookup_) {
      if (include_ended || !HasEnded(entry.token, now)) tokens.push_back(entry.token);
    }
  }
  // Ids of one kind sort by time.
  std::sort(tokens.begin(), tokens.end(), [](const v1::Token& a, const v1::Token& b) {
    if (a.created_at_unix_ms() != b.created_at_unix_ms()) return a.created_at_unix_ms() > b.created_at_unix_ms();
    return a.id() > b.id();
  });
  return tokens;
}

absl::StatusOr<v1::Token> Tokens::Revoke(std::string_view id, absl::Time now) {
  {
    std::lock_guard lock(mutex_);
    const auto lookup = lookup_of_.find(id);
    if (lookup == lookup_of_.end()) return absl::NotFoundError(absl::StrCat("no token ", std::string(id)));
    v1::Token& token = by_lookup_[lookup->second].token;
    if (token.revoked_at_unix_ms() == 0) token.set_revoked_at_unix_ms(absl::ToUnixMillis(now));
  }
  auto revoked = store_->Revoke(id, now);
  if (revoked.ok()) return revoked;
  return absl::Status(revoked.status().code(),
                      absl::StrCat("the token is refused from now on, but not after a restart: revoke it again; ",
                                   revoked.status().message()));
}

absl::StatusOr<Principal> Tokens::Authenticate(const Proof& proof, absl::Time now) {
  // One way for all: hash, find, compare, and only then see what was wrong.
  static constexpr SecretDigest kNobody{};
  const SecretDigest digest = DigestOf(proof.secret);
  std::lock_guard lock(mutex_);
  const auto found = by_lookup_.find(LookupOf(proof.secret));
  const bool known = found != by_lookup_.end();
  const bool same = CRYPTO_memcmp(digest.data(), known ? found->second.digest.data() : kNobody.data(), digest.size()) == 0;
  if (!known || !same || HasEnded(found->second.token, now)) return absl::UnauthenticatedError("the access token is not valid");
  // Made before the gateway kept the name for itself.
  if (IsReservedName(found->second.token.name())) return absl::UnauthenticatedError("the access token has a name that is reserved");
  Entry& entry = found->second;
  entry.token.set_last_used_at_unix_ms(std::max(entry.token.last_used_at_unix_ms(), absl::ToUnixMillis(now)));
  entry.unsaved_use = true;
  return PrincipalOf(entry.token);
}

bool Tokens::StillValid(const Principal& who, absl::Time now) const {
  std::lock_guard lock(mutex_);
  const auto lookup = lookup_of_.find(who.identity_id);
  if (lookup == lookup_of_.end()) return false;
  const auto found = by_lookup_.find(lookup->second);
  return found != by_lookup_.end() && !HasEnded(found->second.token, now);
}

absl::Status Tokens::SaveLastUsed() {
  std::vector<std::pair<std::string, int64_t>> used;
  {
    std::lock_guard lock(mutex_);
    for (auto& [lookup, entry] : by_lookup_) {
      if (std::exchange(entry.unsaved_use, false)) {
        used.emplace_back(entry.token.id(), entry.token.last_used_at_unix_ms());
      }
    }
  }
  absl::Status result;
  for (const auto& [id, at_ms] : used) {
    auto status = store_->TouchLastUsed(id, absl::FromUnixMillis(at_ms));
    if (status.ok()) continue;
    result = std::move(status);
    std::lock_guard lock(mutex_);
    by_lookup_[lookup_of_[id]].unsaved_use = true;
  }
  return result;
}

}  // namespace postern::identity
