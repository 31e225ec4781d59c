// The certificate that a call's client showed.
#ifndef POSTERN_GATEWAY_API_CALL_CERTIFICATE_H_
#define POSTERN_GATEWAY_API_CALL_CERTIFICATE_H_

#include <memory>

#include "common/tls/peer_certificate.h"

namespace grpc {
class ServerContextBase;
}

namespace postern::api {

// Null when it showed none. One of the port's authorities stands behind it: which one, and for whom, is for the caller to find out.
std::shared_ptr<const tls::PeerCertificate> CertificateOf(const grpc::ServerContextBase& call);

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_CALL_CERTIFICATE_H_
