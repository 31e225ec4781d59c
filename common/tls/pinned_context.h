// TLS towards a server of our own: whoever answers must have just the certificate that we serve with.
#ifndef POSTERN_COMMON_TLS_PINNED_CONTEXT_H_
#define POSTERN_COMMON_TLS_PINNED_CONTEXT_H_

#include <absl/status/statusor.h>

#include <asio/ssl/context.hpp>
#include <memory>

namespace postern::tls {

// A client's context that takes the certificate of `server` and no other, as long as it is in its time and good for a server: what
// a stock client would find wrong with it, but for its authority and its names, fails here too. The context may outlive `server`.
absl::StatusOr<std::shared_ptr<asio::ssl::context>> PinnedContext(asio::ssl::context& server);

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_PINNED_CONTEXT_H_
