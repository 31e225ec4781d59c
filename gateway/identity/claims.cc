#include "gateway/identity/claims.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/identity/token_rules.h"

namespace postern::identity {
namespace {

using jose::Json;

constexpr size_t kMaxSubjectBytes = 255;  // OpenID Connect Core, 2
constexpr size_t kMaxGroups = 256;
constexpr size_t kMaxGroupBytes = 256;
constexpr double kLatestSecond = 253'402'300'799;  // of the year 9999

absl::Status Refuse(std::string_view why) { return absl::UnauthenticatedError(std::string(why)); }

// A second of the epoch, be it written as a fraction. Nothing when it is no number, or none of a calendar's.
std::optional<absl::Time> TimeIn(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double second = std::floor(found->get<double>());
  if (!(second >= 0 && second <= kLatestSecond)) return std::nullopt;
  return absl::FromUnixSeconds(static_cast<int64_t>(second));
}

absl::Status CheckTimes(const Issuer& issuer, const Json& claims, absl::Time now) {
  const auto expires = TimeIn(claims, "exp");
  if (!expires) return Refuse("the token says not when it expires (exp)");
  if (now >= *expires + issuer.clock_skew) return Refuse("the token has expired (exp)");
  for (const char* name : {"nbf", "iat"}) {
    if (!claims.contains(name)) continue;
    const auto time = TimeIn(claims, name);
    if (!time || *time > now + issuer.clock_skew)
      return Refuse(absl::StrCat("the token is from the future (", name, ")"));
  }
  return absl::OkStatus();
}

bool IsOneOf(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A text or a list of texts; nothing for anything else.
std::optional<std::vector<std::string>> TextsOf(const Json& value) {
  if (value.is_string()) return std::vector{value.get<std::string>()};
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json& item : value) {
    if (!item.is_string()) return std::nullopt;
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

// For whom it was made, and for which client. Of a token for several audiences each could use it at the others: then
// the client it was made for must be one that is known here.
absl::Status CheckAudience(const Issuer& issuer, const Json& claims) {
  const auto audiences = claims.contains("aud") ? TextsOf(claims["aud"]) : std::nullopt;
  const auto ours = [&](const std::string& audience) { return IsOneOf(issuer.audiences, audience); };
  if (!audiences || std::none_of(audiences->begin(), audiences->end(), ours)) {
    return Refuse("the token is for another audience (aud)");
  }
  if (audiences->size() == 1 && issuer.authorized_parties.empty()) return absl::OkStatus();
  const std::string* party = jose::TextIn(claims, "azp");
  const bool known = party != nullptr && (IsOneOf(issuer.authorized_parties, *party) ||
                                          (issuer.authorized_parties.empty() && ours(*party)));
  return known ? absl::OkStatus() : Refuse("the token was made for a client that is not let in (azp)");
}

// As YAML would write it, so that `email_verified: true` means what it says.
std::string ScalarText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_boolean() || value.is_number_integer() ? value.dump() : std::string();
}

bool HasOneOf(const Json& claim, const std::vector<std::string>& values) {
  if (!claim.is_array()) return IsOneOf(values, ScalarText(claim));
  return std::any_of(claim.begin(), claim.end(), [&](const Json& item) { return IsOneOf(values, ScalarText(item)); });
}

absl::Status CheckRequired(const Issuer& issuer, const Json& claims) {
  for (const auto& [name, values] : issuer.required_claims) {
    const auto found = claims.find(name);
    if (found == claims.end() || !HasOneOf(*found, values)) return Refuse("the token lacks a required claim: " + name);
  }
  return absl::OkStatus();
}

const Json* Follow(const Json& claims, const ClaimPath& path) {
  const Json* at = &claims;
  for (const std::string& name : path) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(name);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

absl::StatusOr<std::string> NameFrom(const Issuer& issuer, const Json& claims) {
  const Json* claim = Follow(claims, issuer.name_claim);
  if (claim == nullptr || !claim->is_string()) return Refuse("the token has no name (name_claim)");
  std::string name = claim->get<std::string>();
  if (!name.starts_with(issuer.name_prefix)) return Refuse("the token's name has not the prefix (name_prefix)");
  name.erase(0, issuer.name_prefix.size());
  const bool good = issuer.kind == v1::PRINCIPAL_KIND_AGENT ? IsAgentName(name) : IsPersonName(name);
  if (!good) return Refuse("the token's name is none that can be used here (name_claim)");
  return name;
}

absl::StatusOr<std::vector<std::string>> GroupsFrom(const Issuer& issuer, const Json& claims) {
  std::vector<std::string> groups;
  if (issuer.groups_claim.empty()) return groups;
  const Json* claim = Follow(claims, issuer.groups_claim);
  // Providers leave the claim out for whoever is in no group.
  if (claim == nullptr || claim->is_null()) return groups;
  auto texts = TextsOf(*claim);
  if (!texts || texts->size() > kMaxGroups)
    return Refuse("the token's groups are no list of at most 256 texts (groups_claim)");
  for (std::string& group : *texts) {
    if (group.empty() || group.size() > kMaxGroupBytes) return Refuse("a group of the token is empty or too long");
    if (!IsOneOf(groups, group)) groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<v1::Role> RolesOf(const Issuer& issuer, const std::vector<std::string>& groups) {
  std::vector<v1::Role> roles;
  for (const std::string& group : groups) {
    const auto found = issuer.roles.find(group);
    if (found == issuer.roles.end()) continue;
    for (const v1::Role role : found->second) {
      if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
    }
  }
  return roles;
}

absl::Status Check(const Issuer& issuer, const Json& claims, absl::Time now) {
  if (absl::Status status = CheckAudience(issuer, claims); !status.ok()) return status;
  if (absl::Status status = CheckTimes(issuer, claims, now); !status.ok()) return status;
  // Only its holder could prove that it holds the key, which nobody asks for here.
  if (claims.contains("cnf")) return Refuse("the token is bound to a key of its holder's (cnf)");
  return CheckRequired(issuer, claims);
}

}  // namespace

absl::StatusOr<Principal> PrincipalFrom(const Issuer& issuer, const Json& claims, absl::Time now) {
  if (absl::Status status = Check(issuer, claims, now); !status.ok()) return status;
  const std::string* subject = jose::TextIn(claims, "sub");
  if (subject == nullptr || subject->empty() || subject->size() > kMaxSubjectBytes) {
    return Refuse("the token has no subject of 1 to 255 bytes (sub)");
  }
  auto name = NameFrom(issuer, claims);
  if (!name.ok()) return name.status();
  auto groups = GroupsFrom(issuer, claims);
  if (!groups.ok()) return groups.status();

  Principal who;
  who.name = *std::move(name);
  who.kind = issuer.kind;
  who.groups = *std::move(groups);
  if (issuer.kind == v1::PRINCIPAL_KIND_PERSON) who.roles = RolesOf(issuer, who.groups);
  who.identity_kind = kOidc;
  who.identity_id = absl::StrCat(issuer.url, " ", *subject);
  who.issuer = issuer.url;
  // What was let in by the leeway of a clock stays in for as long.
  who.expires_at = issuer.session_outlives_token ? absl::InfiniteFuture() : *TimeIn(claims, "exp") + issuer.clock_skew;
  return who;
}

}  // namespace postern::identity
