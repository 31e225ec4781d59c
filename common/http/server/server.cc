#include "common/http/server/server.h"


#include <asio/co_spawn.hpp>
#include <asio/post.hpp>
#include <exception>
#include <utility>

#include "common/observability/log.h"

namespace postern::http {
namespace {

Answer Refusal(const absl::Status& why) {
  const int status = absl::IsResourceExhausted(why) ? 431 : 400;
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(why.message()) + "\n"};
}

}  // namespace

Server::Server(ServerOptions options, Handler& handler)
    : options_(std::move(options)),
      handler_(handler),
      threads_(options_.threads),
      acceptor_(threads_.Next()) {}

Server::~Server() { Stop(); }

absl::Status Server::Listen(const std::string& host, uint16_t port) {
  return acceptor_.Listen(host == "localhost" ? "127.0.0.1" : host, port);
}

void Server::Start() {
  acceptor_.Start([this]() -> asio::io_context& { return threads_.Next(); },
                  [this](asio::ip::tcp::socket socket) { Spawn(std::move(socket)); });
}

void Server::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  acceptor_.Stop();
  for (const auto& connection : connections_) {
    asio::post(connection->executor(), [connection] { connection->Close(); });
  }
  fewer_.wait(lock, [this] { return connections_.empty(); });
  lock.unlock();
  threads_.Stop();
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
