#include "gateway/tunnel/peer_name.h"

#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace postern::tunnel {
namespace {

constexpr std::string_view kScheme = "spiffe://";
constexpr size_t kMaxNameBytes = 128;

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > ' ' && c < 0x7F && c != '/'; });
}

absl::StatusOr<std::string> NameFromSpiffe(std::string_view uri) {
  constexpr std::string_view kRoom = "/relay/";
  const std::string_view path = uri.substr(kScheme.size());
  const size_t room = path.rfind(kRoom);
  if (room == std::string_view::npos || room == 0 || !IsName(path.substr(room + kRoom.size()))) {
    return absl::UnauthenticatedError("the certificate's SPIFFE ID is not that of a relay");
  }
  return std::string(path.substr(room + kRoom.size()));
}

std::vector<std::string> Values(const grpc::AuthContext& peer, const char* property) {
  std::vector<std::string> values;
  for (const grpc::string_ref& value : peer.FindPropertyValues(property)) values.emplace_back(value.data(), value.size());
  return values;
}

}  // namespace

absl::StatusOr<std::string> RelayName(const CertificateNames& names) {
  std::vector<std::string_view> spiffe;
  for (const std::string& uri : names.uris) {
    if (std::string_view(uri).substr(0, kScheme.size()) == kScheme) spiffe.push_back(uri);
  }
  if (spiffe.size() > 1) return absl::UnauthenticatedError("the certificate has more than one SPIFFE ID");
  if (spiffe.size() == 1) return NameFromSpiffe(spiffe[0]);
  if (names.common_names.size() != 1 || !IsName(names.common_names[0])) {
    return absl::UnauthenticatedError("the certificate names no relay");
  }
  return names.common_names[0];
}

absl::StatusOr<CertificateNames> CertificateOf(const grpc::ServerContextBase& call) {
  const std::shared_ptr<const grpc::AuthContext> peer = call.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) {
    return absl::UnauthenticatedError("a relay needs a client certificate");
  }
  return CertificateNames{Values(*peer, "peer_uri"), Values(*peer, "x509_common_name")};
}

absl::StatusOr<std::string> RelayNameOf(const grpc::ServerContextBase& call) {
  const absl::StatusOr<CertificateNames> names = CertificateOf(call);
  return names.ok() ? RelayName(*names) : names.status();
}

}  // namespace postern::tunnel
