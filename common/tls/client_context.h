// TLS towards a server that we dial, with the modes MySQL's own clients name.
#ifndef POSTERN_COMMON_TLS_CLIENT_CONTEXT_H_
#define POSTERN_COMMON_TLS_CLIENT_CONTEXT_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "common/tls/pem_files.h"

namespace postern::tls {

enum class ClientMode {
  kDisabled,    // plain TCP
  kRequired,    // encrypted, whoever it is
  kVerifyCa,    // by someone the authority vouches for
  kVerifyFull,  // by the host we meant
};

inline bool Verifies(ClientMode mode) { return mode == ClientMode::kVerifyCa || mode == ClientMode::kVerifyFull; }

// REQUIRES: mode is not kDisabled. Without `files.ca` the system's authorities count.
absl::StatusOr<std::shared_ptr<asio::ssl::context>> ClientContext(ClientMode mode, const PemFiles& files);

// Before the handshake: server name indication, and for kVerifyFull the name or address that the certificate must have.
absl::Status ExpectHost(SSL* connection, ClientMode mode, const std::string& host);

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_CLIENT_CONTEXT_H_
