// A listening TCP port: binds, and accepts one connection after another.
//
// When accepting fails for want of descriptors or memory it pauses and goes on, so that a flood of connections shuts a port
// for as long as it lasts and no longer.
#ifndef POSTERN_COMMON_NET_ACCEPTOR_H_
#define POSTERN_COMMON_NET_ACCEPTOR_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <string>

namespace postern::net {

class Acceptor {
 public:
  // The context that the next connection is to live on.
  using NextContext = absl::AnyInvocable<asio::io_context&()>;
  // Called on the acceptor's context.
  using Accepted = absl::AnyInvocable<void(asio::ip::tcp::socket connection)>;

  // REQUIRES: the context outlives this, and does not run any more when this is destroyed.
  explicit Acceptor(asio::io_context& context);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Binds; whoever connects waits until Start. INVALID_ARGUMENT: no IP address. UNAVAILABLE names the address that could not be
  // had. Port 0 takes a free one: see port().
  absl::Status Listen(const std::string& host, uint16_t port);
  // Accepts. Once. REQUIRES: it listens.
  void Start(NextContext next, Accepted accepted);
  // Accepts no more. Thread-safe, idempotent; one connection may still come while this returns.
  void Stop();

  uint16_t port() const { return port_; }

 private:
  void Accept();

  asio::io_context& context_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  NextContext next_;
  Accepted accepted_;
  uint16_t port_ = 0;
};

}  // namespace postern::net

#endif  // POSTERN_COMMON_NET_ACCEPTOR_H_
