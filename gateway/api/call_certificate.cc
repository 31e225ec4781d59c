#include "gateway/api/call_certificate.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <string_view>

namespace postern::api {
namespace {

std::string_view Property(const grpc::AuthContext& peer, const char* name) {
  const auto values = peer.FindPropertyValues(name);
  return values.size() == 1 ? std::string_view(values.front().data(), values.front().size()) : std::string_view();
}

}  // namespace

std::shared_ptr<const tls::PeerCertificate> CertificateOf(const grpc::ServerContextBase& call) {
  const std::shared_ptr<const grpc::AuthContext> peer = call.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return nullptr;
  auto shown = tls::PeerCertificate::FromPem(Property(*peer, GRPC_X509_PEM_CERT_PROPERTY_NAME), Property(*peer, GRPC_X509_PEM_CERT_CHAIN_PROPERTY_NAME));
  return shown.ok() ? *std::move(shown) : nullptr;
}

}  // namespace postern::api
