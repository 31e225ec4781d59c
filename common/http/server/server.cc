#include "common/http/server/server.h"

#include <absl/strings/str_cat.h>

#include <asio/co_spawn.hpp>
#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "common/observability/log.h"

namespace postern::http {
namespace {

// After accept() failed for want of descriptors or memory: trying at once would only spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

Answer Refusal(const absl::Status& why) {
  const int status = absl::IsResourceExhausted(why) ? 431 : 400;
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(why.message()) + "\n"};
}

}  // namespace

Server::Server(ServerOptions options, Handler& handler)
    : options_(std::move(options)),
      handler_(handler),
      threads_(options_.threads),
      context_(threads_.Next()),
      acceptor_(context_) {}

Server::~Server() { Stop(); }

absl::Status Server::Listen(const std::string& host, uint16_t port) {
  asio::error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("not an IP address: ", host));
  const asio::ip::tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot listen on ", host, ":", port, ": ", error.message()));
  port_ = acceptor_.local_endpoint(error).port();
  return absl::OkStatus();
}

void Server::Start() {
  asio::post(context_, [this] { Accept(); });
}

void Server::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  asio::post(context_, [this] {
    asio::error_code ignored;
    acceptor_.close(ignored);
  });
  for (const auto& connection : connections_) {
    asio::post(connection->executor(), [connection] { connection->Close(); });
  }
  fewer_.wait(lock, [this] { return connections_.empty(); });
  lock.unlock();
  threads_.Stop();
}

void Server::Accept() {
  acceptor_.async_accept(threads_.Next(), [this](asio::error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (error) {
      log::Warning("cannot accept a browser's connection", {{"error", error.message()}});
      auto pause = std::make_shared<asio::steady_timer>(context_, kAcceptPause);
      pause->async_wait([this, pause](asio::error_code) { Accept(); });
      return;
    }
    Spawn(std::move(socket));
    Accept();
  });
}

void Server::Spawn(asio::ip::tcp::socket socket) {
  auto connection = std::make_shared<Connection>(std::move(socket), options_.patience);
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || connections_.size() >= options_.connections) return;
    connections_.insert(connection);
  }
  asio::co_spawn(connection->executor(), Converse(connection), [this, connection](std::exception_ptr failure) {
    if (failure) log::Error("a browser's connection ended by an exception");
    Forget(connection);
  });
}

void Server::Forget(const std::shared_ptr<Connection>& connection) {
  std::lock_guard lock(mutex_);
  connections_.erase(connection);
  fewer_.notify_all();
}

asio::awaitable<void> Server::Converse(std::shared_ptr<Connection> connection) {
  if (options_.tls) {
    const absl::Status secure = co_await connection->StartTls(options_.tls());
    if (!secure.ok()) co_return connection->Close();
  }
  for (bool more = true; more;) more = co_await ServeNext(connection);
  co_await connection->LingerAndClose();
}

// Whether the connection serves another one.
asio::awaitable<bool> Server::ServeNext(std::shared_ptr<Connection> connection) {
  const auto text = co_await connection->ReadHead(options_.head.bytes);
  if (absl::IsUnavailable(text.status())) co_return false;
  auto head = text.ok() ? ParseRequestHead(*text, options_.head) : text.status();
  if (!head.ok()) {
    const Answer refusal = Refusal(head.status());
    (void)co_await connection->Write(EncodeHead(refusal, Framing::kLength, true) + refusal.body);
    co_return false;
  }
  Exchange exchange(*connection, *std::move(head));
  co_await handler_.Serve(exchange);
  co_return exchange.Reusable();
}

}  // namespace postern::http
