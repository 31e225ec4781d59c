// Whom a verified certificate speaks for, as gateway.yaml says. Pure.
#ifndef POSTERN_GATEWAY_IDENTITY_CERTIFICATE_RULES_H_
#define POSTERN_GATEWAY_IDENTITY_CERTIFICATE_RULES_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "gateway/identity/principal.h"

namespace postern::identity {

// One of `spiffe` and `common_name` is given: the whole name, or its beginning and then one '*'.
struct CertificateRule {
  std::string spiffe;
  std::string common_name;
  v1::PrincipalKind kind = v1::PRINCIPAL_KIND_UNSPECIFIED;
  // Empty: what the '*' stands for.
  std::string name;
  std::vector<std::string> groups;
  // People only.
  std::vector<v1::Role> roles;

  friend bool operator==(const CertificateRule&, const CertificateRule&) = default;
};

// What a certificate says of its owner.
struct CertificateNames {
  std::vector<std::string> uris;
  std::vector<std::string> common_names;
};

// Who it is, of those rules that are of `kind`: name, kind, groups and roles are set. A certificate with a SPIFFE ID goes by that alone, and must
// have no other. UNAUTHENTICATED when no rule fits it, or two.
absl::StatusOr<Principal> PrincipalFrom(const std::vector<CertificateRule>& rules, v1::PrincipalKind kind,
                                        const CertificateNames& names);

// spiffe://DOMAIN/PATH as the standard has it: nothing in it can be read in two ways.
bool IsSpiffeId(std::string_view uri);

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_CERTIFICATE_RULES_H_
