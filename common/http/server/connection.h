// A browser's connection, plain or TLS: bytes in and out, each step with a deadline. Inside this folder only.
//
// Lives on one thread. Shared, because a read may be under way in the socket when its server lets go of it.
#ifndef POSTERN_COMMON_HTTP_SERVER_CONNECTION_H_
#define POSTERN_COMMON_HTTP_SERVER_CONNECTION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace postern::http {

struct Patience {
  absl::Duration idle = absl::Minutes(1);      // for the next request
  absl::Duration request = absl::Seconds(20);  // for the handshake, and for a body from its beginning to its end
  absl::Duration write = absl::Seconds(30);
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::ip::tcp::socket socket, Patience patience);

  asio::awaitable<absl::Status> StartTls(std::shared_ptr<asio::ssl::context> context);

  // Up to and with the empty line. UNAVAILABLE: the peer is gone or too slow; RESOURCE_EXHAUSTED: there is none in so
  // many bytes.
  asio::awaitable<absl::StatusOr<std::string>> ReadHead(size_t most_bytes);
  // Exactly so many bytes.
  asio::awaitable<absl::StatusOr<std::string>> Read(size_t bytes);
  asio::awaitable<absl::Status> Write(std::string bytes);

  // Lets the peer read what was written, for a moment, before Close: a socket closed with unread input resets.
  asio::awaitable<void> LingerAndClose();
  // Ends every operation. Idempotent.
  void Close();

  asio::any_io_executor executor() { return socket_.get_executor(); }
  const std::string& peer() const { return peer_; }

 private:
  using TlsStream = asio::ssl::stream<asio::ip::tcp::socket&>;

  void Arm(absl::Duration wait);
  void Calm() { timer_.cancel(); }

  asio::ip::tcp::socket socket_;
  const Patience patience_;
  asio::steady_timer timer_;
  std::shared_ptr<asio::ssl::context> tls_context_;
  std::optional<TlsStream> tls_;
  // Read from the socket, not asked for yet.
  std::string ahead_;
  std::string peer_;
};

}  // namespace postern::http

#endif  // POSTERN_COMMON_HTTP_SERVER_CONNECTION_H_
