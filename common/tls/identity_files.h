// Puts a certificate chain and its key into an OpenSSL context. Internal to common/tls.
#ifndef POSTERN_COMMON_TLS_IDENTITY_FILES_H_
#define POSTERN_COMMON_TLS_IDENTITY_FILES_H_

#include <absl/status/status.h>
#include <openssl/ssl.h>

#include "common/tls/pem_files.h"

namespace postern::tls {

absl::Status UseIdentity(SSL_CTX* context, const PemFiles& files);
absl::Status TrustAuthorities(SSL_CTX* context, const std::string& ca_file);

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_IDENTITY_FILES_H_
