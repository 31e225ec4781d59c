#include "common/tls/client_context.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <asio/ip/address.hpp>

#include "common/tls/identity_files.h"

namespace postern::tls {

absl::StatusOr<std::shared_ptr<asio::ssl::context>> ClientContext(ClientMode mode, const PemFiles& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(raw, Verifies(mode) ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!files.certificate.empty()) {
    if (absl::Status used = UseIdentity(raw, files); !used.ok()) return used;
  }
  if (!files.ca.empty()) {
    if (absl::Status trusted = TrustAuthorities(raw, files.ca); !trusted.ok()) return trusted;
  } else if (Verifies(mode) && SSL_CTX_set_default_verify_paths(raw) != 1) {
    return absl::FailedPreconditionError("the system has no certificate authorities");
  }
  return context;
}

absl::Status ExpectHost(SSL* connection, ClientMode mode, const std::string& host) {
  asio::error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  const bool is_address = !not_an_address;
  if (!is_address && SSL_set_tlsext_host_name(connection, host.c_str()) != 1) {
    return absl::InvalidArgumentError("not a host name");
  }
  if (mode != ClientMode::kVerifyFull) return absl::OkStatus();
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str())
                             : X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size());
  return set == 1 ? absl::OkStatus() : absl::InvalidArgumentError("not a host name");
}

}  // namespace postern::tls
