#include "common/http/server/connection.h"

#include <absl/time/clock.h>
#include <openssl/crypto.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <utility>

namespace postern::http {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr absl::Duration kLinger = absl::Milliseconds(500);

absl::Status Gone() { return absl::UnavailableError("the browser is gone"); }

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Patience patience)
    : socket_(std::move(socket)), patience_(patience), timer_(socket_.get_executor()) {
  asio::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  peer_ = socket_.remote_endpoint(ignored).address().to_string();
}

void Connection::Arm(absl::Duration wait) {
  timer_.expires_after(absl::ToChronoNanoseconds(wait));
  timer_.async_wait([self = weak_from_this()](asio::error_code error) {
    const auto connection = self.lock();
    // A deadline that moved while this waited its turn has not passed.
    if (error || !connection || connection->timer_.expiry() > std::chrono::steady_clock::now()) return;
    connection->Close();
  });
}

asio::awaitable<absl::Status> Connection::StartTls(std::shared_ptr<asio::ssl::context> context) {
  tls_context_ = std::move(context);
  tls_.emplace(socket_, *tls_context_);
  asio::error_code error;
  Arm(patience_.request);
  co_await tls_->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
  Calm();
  co_return error ? absl::FailedPreconditionError("TLS handshake failed: " + error.message()) : absl::OkStatus();
}

asio::awaitable<absl::StatusOr<std::string>> Connection::ReadHead(size_t most_bytes) {
  asio::error_code error;
  size_t bytes = 0;
  Arm(patience_.idle);
  auto buffer = asio::dynamic_buffer(ahead_, most_bytes);
  if (tls_) {
    bytes = co_await asio::async_read_until(*tls_, buffer, kHeadEnd, asio::redirect_error(asio::use_awaitable, error));
  } else {
    bytes =
        co_await asio::async_read_until(socket_, buffer, kHeadEnd, asio::redirect_error(asio::use_awaitable, error));
  }
  Calm();
  if (error == asio::error::not_found) co_return absl::ResourceExhaustedError("the request's head is too long");
  if (error) co_return Gone();
  std::string head = ahead_.substr(0, bytes);
  ahead_.erase(0, bytes);
  co_return head;
}

asio::awaitable<absl::StatusOr<std::string>> Connection::Read(size_t bytes) {
  std::string data = ahead_.substr(0, bytes);
  OPENSSL_cleanse(ahead_.data(), data.size());
  ahead_.erase(0, data.size());
  const size_t had = data.size();
  data.resize(bytes);
  const asio::mutable_buffer rest(data.data() + had, bytes - had);
  asio::error_code error;
  Arm(patience_.request);
  if (rest.size() == 0) {
    // All of it came with the head.
  } else if (tls_) {
    co_await asio::async_read(*tls_, rest, asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_read(socket_, rest, asio::redirect_error(asio::use_awaitable, error));
  }
  Calm();
  if (error) co_return Gone();
  co_return data;
}

asio::awaitable<absl::Status> Connection::Write(std::string bytes) {
  asio::error_code error;
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  Arm(patience_.write);
  if (tls_) {
    co_await asio::async_write(*tls_, buffer, asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_write(socket_, buffer, asio::redirect_error(asio::use_awaitable, error));
  }
  Calm();
  co_return error ? Gone() : absl::OkStatus();
}

asio::awaitable<void> Connection::LingerAndClose() {
  asio::error_code error;
  Arm(kLinger);
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  std::array<char, 4096> ignored;
  while (!error) {
    co_await socket_.async_read_some(asio::buffer(ignored), asio::redirect_error(asio::use_awaitable, error));
  }
  Calm();
  Close();
}

void Connection::Close() {
  asio::error_code ignored;
  socket_.close(ignored);
}

}  // namespace postern::http
