// The MySQL port: accepts connections and gives each to one of the session threads.
#ifndef POSTERN_GATEWAY_FRONTEND_LISTENER_H_
#define POSTERN_GATEWAY_FRONTEND_LISTENER_H_

#include <absl/status/status.h>

#include <asio/ip/tcp.hpp>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "common/net/acceptor.h"
#include "common/net/io_threads.h"
#include "common/observability/sparingly.h"
#include "gateway/frontend/services.h"

namespace postern::frontend {

class Listener {
 public:
  // REQUIRES: both outlive the listener, and the threads are stopped before it is destroyed.
  Listener(net::IoThreads& threads, const Services& services, size_t max_pending_logins);

  // Binds and starts to accept. UNAVAILABLE names the address that could not be had. Port 0 takes a free one: see port().
  absl::Status Start(const std::string& host, uint16_t port);
  // Accepts no more. Thread-safe.
  void Stop();

  uint16_t port() const { return acceptor_.port(); }
  // Connections that exist, logged in or not. Thread-safe.
  size_t connections() const { return connections_.load(std::memory_order_relaxed); }

 private:
  void Spawn(asio::ip::tcp::socket socket);

  net::IoThreads& threads_;
  const Services& services_;
  const size_t max_pending_logins_;
  net::Acceptor acceptor_;
  log::Sparingly turned_away_;
  uint32_t next_connection_id_;
  std::atomic<size_t> connections_{0};
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_LISTENER_H_
