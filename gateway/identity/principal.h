// Who is asking: the same value on the MySQL port, the RPCs and the console.
#ifndef POSTERN_GATEWAY_IDENTITY_PRINCIPAL_H_
#define POSTERN_GATEWAY_IDENTITY_PRINCIPAL_H_

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "proto/postern/v1/access.pb.h"

namespace postern::tls {
class PeerCertificate;
}

namespace postern::identity {

inline constexpr char kOidc[] = "oidc";
inline constexpr char kCertificate[] = "certificate";

struct Principal {
  std::string name;
  v1::PrincipalKind kind = v1::PRINCIPAL_KIND_UNSPECIFIED;
  std::vector<std::string> groups;
  // People only.
  std::vector<v1::Role> roles;
  // Agents only; empty means every target that policy allows.
  std::vector<std::string> targets;
  // How it proved itself: "token" and the token's id, kOidc and the issuer with its subject, or kCertificate and its name with the serial.
  std::string identity_kind;
  std::string identity_id;
  // kOidc only: whose word it is, and the fingerprint of the key that signed it.
  std::string issuer;
  std::string signing_key;
  // Which entry of the configuration believed it; 0: not known.
  uint64_t issuer_entry = 0;
  // kCertificate only.
  std::shared_ptr<const tls::PeerCertificate> certificate;
  // The proof is worth nothing from then on, and neither is a session opened with it.
  absl::Time expires_at = absl::InfinitePast();
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_PRINCIPAL_H_
