#include "relay-agent/mysql/server_socket.h"

#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <utility>

namespace postern::relay {
namespace {

constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);

absl::Status Unavailable(const asio::error_code& error) {
  if (error == asio::error::eof) return absl::UnavailableError("the database closed the connection");
  return absl::UnavailableError(error.message());
}

}  // namespace

ServerSocket::ServerSocket(asio::any_io_executor executor) : resolver_(executor), socket_(std::move(executor)) {}

asio::awaitable<absl::Status> ServerSocket::Dial(std::string host, uint16_t port) {
  auto [unresolved, endpoints] = co_await resolver_.async_resolve(host, std::to_string(port), kAwait);
  if (unresolved) co_return Unavailable(unresolved);
  if (closed_) co_return absl::CancelledError("closed");
  auto [refused, endpoint] = co_await asio::async_connect(socket_, endpoints, kAwait);
  if (refused) co_return Unavailable(refused);
  if (closed_) {
    Close();
    co_return absl::CancelledError("closed");
  }
  asio::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  co_return absl::OkStatus();
}

asio::awaitable<absl::Status> ServerSocket::StartTls(std::shared_ptr<asio::ssl::context> context, tls::ClientMode mode,
                                                     std::string host) {
  context_ = std::move(context);
  tls_.emplace(socket_, *context_);
  absl::Status expected = tls::ExpectHost(tls_->native_handle(), mode, host);
  if (!expected.ok()) co_return expected;
  auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwait);
  if (!error) co_return absl::OkStatus();
  const long verdict = SSL_get_verify_result(tls_->native_handle());
  if (verdict == X509_V_OK) co_return Unavailable(error);
  co_return absl::UnavailableError(std::string("the database's certificate: ") + X509_verify_cert_error_string(verdict));
}

asio::awaitable<absl::StatusOr<size_t>> ServerSocket::ReadSome(std::span<std::byte> into) {
  const auto buffer = asio::buffer(into.data(), into.size());
  if (tls_) {
    auto [error, size] = co_await tls_->async_read_some(buffer, kAwait);
    if (error) co_return Unavailable(error);
    co_return size;
  }
  auto [error, size] = co_await socket_.async_read_some(buffer, kAwait);
  if (error) co_return Unavailable(error);
  co_return size;
}

template <class Buffers>
asio::awaitable<absl::Status> ServerSocket::WriteAll(Buffers buffers) {
  if (tls_) {
    auto [error, size] = co_await asio::async_write(*tls_, buffers, kAwait);
    co_return error ? Unavailable(error) : absl::OkStatus();
  }
  auto [error, size] = co_await asio::async_write(socket_, buffers, kAwait);
  co_return error ? Unavailable(error) : absl::OkStatus();
}

asio::awaitable<absl::Status> ServerSocket::Write(std::span<const std::byte> bytes) {
  co_return co_await WriteAll(asio::const_buffer(bytes.data(), bytes.size()));
}

asio::awaitable<absl::Status> ServerSocket::Write(const std::vector<link::Piece>& pieces) {
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(pieces.size());
  for (const link::Piece& piece : pieces) buffers.emplace_back(piece.bytes.data(), piece.bytes.size());
  co_return co_await WriteAll(std::move(buffers));
}

void ServerSocket::CloseAfter(std::span<const std::byte> last_words) {
  // Inside TLS the engine may be in the middle of a record, so nothing is said there.
  if (!closed_ && !tls_ && socket_.is_open()) {
    asio::error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.write_some(asio::const_buffer(last_words.data(), last_words.size()), ignored);
  }
  Close();
}

void ServerSocket::Close() {
  closed_ = true;
  resolver_.cancel();
  asio::error_code ignored;
  socket_.close(ignored);
}

}  // namespace postern::relay
