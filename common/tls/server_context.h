// TLS for a port that we listen on: TLS 1.2 or newer, our certificate, and the client's if it has one.
//
// A context is immutable once built. To reload, build a new one and swap the shared_ptr: connections keep the one they
// began with.
#ifndef POSTERN_COMMON_TLS_SERVER_CONTEXT_H_
#define POSTERN_COMMON_TLS_SERVER_CONTEXT_H_

#include <absl/status/statusor.h>

#include <asio/ssl/context.hpp>
#include <memory>

#include "common/tls/pem_files.h"

namespace postern::tls {

// With `files.ca`, clients are asked for a certificate, and told those authorities' names. None is accepted, and so is any whose
// key the client has: look at PeerCertificate with a ClientVerifier.
absl::StatusOr<std::shared_ptr<asio::ssl::context>> ServerContext(const PemFiles& files);

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_SERVER_CONTEXT_H_
