// Who a relay is, from its client certificate alone.
#ifndef POSTERN_GATEWAY_TUNNEL_PEER_NAME_H_
#define POSTERN_GATEWAY_TUNNEL_PEER_NAME_H_

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace grpc {
class ServerContextBase;
}

namespace postern::tunnel {

// What a verified certificate says.
struct CertificateNames {
  std::vector<std::string> uris;
  std::vector<std::string> common_names;
};

// A certificate with a SPIFFE URI must have exactly one, spiffe://DOMAIN/…/relay/NAME, and is then called NAME; its common
// name does not count. Without one, the single common name is the name. Otherwise UNAUTHENTICATED.
absl::StatusOr<std::string> RelayName(const CertificateNames& names);

// What the certificate of a call's client says; UNAUTHENTICATED when it showed none that verified.
absl::StatusOr<CertificateNames> CertificateOf(const grpc::ServerContextBase& call);

// The same for a call; UNAUTHENTICATED when its client showed no certificate that verified.
absl::StatusOr<std::string> RelayNameOf(const grpc::ServerContextBase& call);

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_PEER_NAME_H_
