// A TCP connection to a database server, in plain or inside TLS. Every wait ends when Close is called.
//
// One thread: the executor's. One read and one write may be under way at a time.
#ifndef POSTERN_RELAY_AGENT_MYSQL_SERVER_SOCKET_H_
#define POSTERN_RELAY_AGENT_MYSQL_SERVER_SOCKET_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/link/piece.h"
#include "common/tls/client_context.h"

namespace postern::relay {

class ServerSocket {
 public:
  explicit ServerSocket(asio::any_io_executor executor);

  // UNAVAILABLE with the system's reason, without the address.
  asio::awaitable<absl::Status> Dial(std::string host, uint16_t port);
  // The context lives as long as the socket.
  asio::awaitable<absl::Status> StartTls(std::shared_ptr<asio::ssl::context> context, tls::ClientMode mode,
                                         std::string host);

  // At least one byte, or UNAVAILABLE.
  asio::awaitable<absl::StatusOr<size_t>> ReadSome(std::span<std::byte> into);
  asio::awaitable<absl::Status> Write(std::span<const std::byte> bytes);
  asio::awaitable<absl::Status> Write(const std::vector<link::Piece>& pieces);

  // Hands a last packet to the kernel if it takes it without waiting, then closes.
  void CloseAfter(std::span<const std::byte> last_words);
  void Close();

 private:
  template <class Buffers>
  asio::awaitable<absl::Status> WriteAll(Buffers buffers);

  asio::ip::tcp::resolver resolver_;
  asio::ip::tcp::socket socket_;
  std::shared_ptr<asio::ssl::context> context_;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
  bool closed_ = false;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_MYSQL_SERVER_SOCKET_H_
