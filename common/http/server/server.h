// An HTTP/1.1 port, plain or TLS, for browsers: accepts, bounds, reads requests, and gives each to one Handler.
//
// Its own threads, so that what is slow here slows nothing else down; a connection lives on one of them. Start, Stop
// and port() are called from one thread.
#ifndef POSTERN_COMMON_HTTP_SERVER_SERVER_H_
#define POSTERN_COMMON_HTTP_SERVER_SERVER_H_

#include <absl/status/status.h>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/http/message/request.h"
#include "common/http/server/connection.h"
#include "common/http/server/exchange.h"
#include "common/net/acceptor.h"
#include "common/net/io_threads.h"

namespace postern::http {

class Handler {
 public:
  virtual ~Handler() = default;
  // Answers. Called on the connection's thread, several at once on several threads; must not block.
  virtual asio::awaitable<void> Serve(Exchange& exchange) = 0;
};

struct ServerOptions {
  size_t threads = 2;
  // Open at once; one more is closed unread.
  size_t connections = 512;
  HeadLimits head;
  Patience patience;
  // Of a new connection; null: the port is plain.
  std::function<std::shared_ptr<asio::ssl::context>()> tls;
};

class Server {
 public:
  // REQUIRES: the handler outlives the server.
  Server(ServerOptions options, Handler& handler);
  // Stops if nobody has.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // UNAVAILABLE names the address that could not be had. Port 0 takes a free one: see port().
  absl::Status Listen(const std::string& host, uint16_t port);
  // Accepts. REQUIRES: it listens.
  void Start();
  // Ends every connection, and waits until the handler is done with each. Idempotent; never call it from the handler.
  void Stop();

  uint16_t port() const { return acceptor_.port(); }

 private:
  void Spawn(asio::ip::tcp::socket socket);
  asio::awaitable<void> Converse(std::shared_ptr<Connection> connection);
  asio::awaitable<bool> ServeNext(std::shared_ptr<Connection> connection);
  void Forget(const std::shared_ptr<Connection>& connection);

  const ServerOptions options_;
  Handler& handler_;
  net::IoThreads threads_;
  net::Acceptor acceptor_;

  std::mutex mutex_;
  std::condition_variable fewer_;
  bool stopping_ = false;
  std::set<std::shared_ptr<Connection>> connections_;
};

}  // namespace postern::http

#endif  // POSTERN_COMMON_HTTP_SERVER_SERVER_H_
