#include "gateway/identity/certificate_rules.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/identity/token_rules.h"

namespace postern::identity {
namespace {

constexpr std::string_view kScheme = "spiffe://";
constexpr size_t kMaxSpiffeBytes = 2048;
constexpr size_t kMaxDomainBytes = 255;

absl::Status Refuse(const std::string& why) { return absl::UnauthenticatedError(why); }

bool IsDomainChar(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '-' ||
         c == '_';
}

bool IsPathChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_'; }

bool IsSegment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." && std::all_of(segment.begin(), segment.end(), IsPathChar);
}

// What stands in the place of the '*', or for a whole name that is the same, nothing.
std::optional<std::string_view> Fit(std::string_view pattern, std::string_view text) {
  if (pattern.empty() || pattern.back() != '*') return pattern == text && !pattern.empty() ? std::optional(std::string_view()) : std::nullopt;
  pattern.remove_suffix(1);
  if (text.size() <= pattern.size() || !text.starts_with(pattern)) return std::nullopt;
  return text.substr(pattern.size());
}

bool IsNameOf(v1::PrincipalKind kind, std::string_view name) {
  return kind == v1::PRINCIPAL_KIND_AGENT ? IsAgentName(name) : IsPersonName(name);
}

// The one name that rules are held against.
struct Shown {
  std::string_view text;
  bool is_spiffe = false;
};

absl::StatusOr<Shown> NameIn(const CertificateNames& names) {
  std::vector<std::string_view> ids;
  for (const std::string& uri : names.uris) {
    if (absl::AsciiStrToLower(uri.substr(0, kScheme.size())) == kScheme) ids.push_back(uri);
  }
  if (ids.size() > 1) return Refuse("the certificate has more than one SPIFFE ID");
  if (ids.size() == 1) return IsSpiffeId(ids.front()) ? absl::StatusOr<Shown>(Shown{ids.front(), true}) : Refuse("the certificate's SPIFFE ID is malformed");
  if (names.common_names.size() != 1) return Refuse("the certificate has neither a SPIFFE ID nor one common name");
  return Shown{names.common_names.front(), false};
}

}  // namespace

bool IsSpiffeId(std::string_view uri) {
  if (uri.size() > kMaxSpiffeBytes || !uri.starts_with(kScheme)) return false;
  uri.remove_prefix(kScheme.size());
  const std::string_view domain = uri.substr(0, uri.find('/'));
  if (domain.empty() || domain.size() > kMaxDomainBytes || !std::all_of(domain.begin(), domain.end(), IsDomainChar)) return false;
  uri.remove_prefix(domain.size());
  while (!uri.empty()) {
    uri.remove_prefix(1);
    const std::string_view segment = uri.substr(0, uri.find('/'));
    if (!IsSegment(segment)) return false;
    uri.remove_prefix(segment.size());
  }
  return true;
}

absl::StatusOr<Principal> PrincipalFrom(const std::vector<CertificateRule>& rules, v1::PrincipalKind kind, const CertificateNames& names) {
  const auto shown = NameIn(names);
  if (!shown.ok()) return shown.status();
  const CertificateRule* fitting = nullptr;
  std::string_view star;
  for (const CertificateRule& rule : rules) {
    if (rule.kind != kind) continue;
    const auto fit = Fit(shown->is_spiffe ? rule.spiffe : rule.common_name, shown->text);
    if (!fit) continue;
    if (fitting != nullptr) return Refuse("the certificate fits two entries of identity.certificates");
    fitting = &rule;
    star = *fit;
  }
  if (fitting == nullptr) return Refuse("no entry of identity.certificates fits the certificate");
  Principal who;
  who.name = fitting->name.empty() ? std::string(star) : fitting->name;
  if (!IsNameOf(kind, who.name)) return Refuse("the certificate's name is none that can be used here");
  who.kind = kind;
  who.groups = fitting->groups;
  who.roles = fitting->roles;
  return who;
}

}  // namespace postern::identity
