#include "common/tls/pinned_context.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace postern::tls {

absl::StatusOr<std::shared_ptr<asio::ssl::context>> PinnedContext(asio::ssl::context& server) {
  X509* certificate = SSL_CTX_get0_certificate(server.native_handle());
  if (certificate == nullptr) return absl::FailedPreconditionError("the server has no certificate");
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  X509_STORE* trusted = SSL_CTX_get_cert_store(raw);
  // A leaf is an anchor only where chains may end early.
  X509_STORE_set_flags(trusted, X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_STORE_add_cert(trusted, certificate) != 1) return absl::InternalError("the certificate cannot be trusted");
  return context;
}

}  // namespace postern::tls
