#include "common/tls/server_context.h"

#include <openssl/ssl.h>

#include "common/tls/errors.h"
#include "common/tls/identity_files.h"

namespace postern::tls {

absl::StatusOr<std::shared_ptr<asio::ssl::context>> ServerContext(const PemFiles& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  // No resumption: a session must not outlive the certificate check that let it in.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(raw, 0);
  // Idle sessions are many; their record buffers need not wait for them.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  if (absl::Status used = UseIdentity(raw, files); !used.ok()) return used;
  if (files.ca.empty()) return context;
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(files.ca.c_str());
  if (names == nullptr) return FileError("certificate authorities", files.ca);
  SSL_CTX_set_client_CA_list(raw, names);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  // Whoever listens judges, and refuses in the words of its protocol; an alert would tell what was wrong.
  SSL_CTX_set_cert_verify_callback(raw, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  return context;
}

}  // namespace postern::tls
