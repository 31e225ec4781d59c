#include "gateway/identity/token_rules.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "gateway/identity/reserved_names.h"

namespace postern::identity {
namespace {

constexpr size_t kMaxNameChars = 64;
constexpr int kMaxListed = 64;

bool IsName(std::string_view name, std::string_view also) {
  return !name.empty() && name.size() <= kMaxNameChars && std::all_of(name.begin(), name.end(), [also](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-' ||
           also.find(c) != std::string_view::npos;
  });
}

absl::Status BadName(std::string_view field, std::string_view also) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(field), " must be 1 to ", kMaxNameChars,
                                                 " characters of A-Z a-z 0-9 . _ -", also.empty() ? "" : " ",
                                                 std::string(also)));
}

template <class Names>
absl::Status CheckNames(std::string_view field, const Names& names) {
  if (names.size() > kMaxListed)
    return absl::InvalidArgumentError(absl::StrCat(std::string(field), ": at most ", kMaxListed));
  for (const std::string& name : names) {
    if (!IsName(name, "")) return BadName(absl::StrCat("each of ", std::string(field)), "");
  }
  return absl::OkStatus();
}

absl::Status CheckRoles(const v1::CreateTokenRequest& request) {
  if (request.roles().empty()) return absl::InvalidArgumentError("a person's token needs a role");
  if (request.roles_size() > kMaxListed) return absl::InvalidArgumentError("too many roles");
  for (const int role : request.roles()) {
    if (role == v1::ROLE_UNSPECIFIED || !v1::Role_IsValid(role)) return absl::InvalidArgumentError("unknown role");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsAgentName(std::string_view name) { return IsName(name, "") && !IsReservedName(name); }
bool IsPersonName(std::string_view name) { return IsName(name, "@") && !IsReservedName(name); }

absl::Status CheckTokenRequest(const v1::CreateTokenRequest& request) {
  if (auto status = CheckNames("groups", request.groups()); !status.ok()) return status;
  if (auto status = CheckNames("targets", request.targets()); !status.ok()) return status;
  if (IsReservedName(request.name())) return absl::InvalidArgumentError("the gateway keeps that name for itself");
  if (request.kind() == v1::PRINCIPAL_KIND_AGENT) {
    if (!IsAgentName(request.name())) return BadName("an agent's name", "");
    if (!request.roles().empty()) return absl::InvalidArgumentError("an agent's token has no roles");
    return absl::OkStatus();
  }
  if (request.kind() == v1::PRINCIPAL_KIND_PERSON) {
    if (!IsPersonName(request.name())) return BadName("a person's name", "@");
    if (!request.targets().empty()) return absl::InvalidArgumentError("a person's token has no targets");
    return CheckRoles(request);
  }
  return absl::InvalidArgumentError("the token's kind must be agent or person");
}

absl::StatusOr<absl::Duration> TokenTtl(int64_t ttl_seconds, absl::Duration usual, absl::Duration longest) {
  if (ttl_seconds == 0) return std::min(usual, longest);
  if (ttl_seconds < 0) return absl::InvalidArgumentError("a token's ttl cannot be negative");
  const absl::Duration ttl = absl::Seconds(ttl_seconds);
  if (ttl > longest) {
    return absl::InvalidArgumentError(absl::StrCat("a token may live at most ", absl::FormatDuration(longest)));
  }
  return ttl;
}

}  // namespace postern::identity
