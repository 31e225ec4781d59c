// One issuer of tokens as gateway.yaml describes it: whose word counts, for whom, and what its claims mean here.
#ifndef POSTERN_GATEWAY_IDENTITY_ISSUER_H_
#define POSTERN_GATEWAY_IDENTITY_ISSUER_H_

#include <absl/time/time.h>

#include <map>
#include <string>
#include <vector>

#include "gateway/identity/jose/algorithm.h"
#include "proto/postern/v1/access.pb.h"

namespace postern::identity {

// The way to a claim from the outside in: {"sub"}, or {"realm_access", "roles"}.
using ClaimPath = std::vector<std::string>;

struct Issuer {
  // The `iss` of its tokens, byte for byte.
  std::string url;
  // Its key set; empty: where its discovery document says.
  std::string jwks_uri;
  // PEM file of the authorities its servers are checked against; empty: the system's.
  std::string ca;
  absl::Duration refresh_interval = absl::Minutes(10);
  // How long keys serve after they were last fetched.
  absl::Duration max_key_age = absl::Hours(24);

  // One of them must be in `aud`.
  std::vector<std::string> audiences;
  // If not empty, `azp` must be one of them.
  std::vector<std::string> authorized_parties;
  std::vector<jose::Algorithm> algorithms{jose::kAlgorithms.begin(), jose::kAlgorithms.end()};
  absl::Duration clock_skew = absl::Minutes(1);
  // Claim -> the values of which it must have one.
  std::map<std::string, std::vector<std::string>> required_claims;

  v1::PrincipalKind kind = v1::PRINCIPAL_KIND_UNSPECIFIED;
  ClaimPath name_claim{"sub"};
  // The claim must begin with it; what follows is the name.
  std::string name_prefix;
  // Empty: no groups.
  ClaimPath groups_claim;
  // People only: group -> what whoever is in it may do.
  std::map<std::string, std::vector<v1::Role>> roles;
  // A session may go on after its token has expired, as long as the policy lets it.
  bool session_outlives_token = false;

  friend bool operator==(const Issuer&, const Issuer&) = default;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_ISSUER_H_
