// The API port: accepts connections, hands over to gRPC those that Connections lets in, and looks after those there are.
//
// gRPC could listen itself, but version 1.51 stops for good when accept() fails for want of descriptors, and knows no limit
// on connections: docs/decisions/grpc-1.51.md. Runs one thread of its own.
#ifndef POSTERN_GATEWAY_API_PORT_H_
#define POSTERN_GATEWAY_API_PORT_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <string>
#include <thread>

#include "common/net/acceptor.h"
#include "common/observability/sparingly.h"
#include "gateway/api/connections.h"

namespace postern::api {

class Port {
 public:
  // Takes the descriptor of a connection, non-blocking; called on the port's thread.
  using HandOver = absl::AnyInvocable<void(int descriptor)>;

  // REQUIRES: `connections` outlives this.
  explicit Port(Connections& connections);
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  // Binds; whoever connects waits until Start. INVALID_ARGUMENT: no IP address. UNAVAILABLE: it cannot be had. Port 0 takes a
  // free one.
  absl::Status Listen(const std::string& host, uint16_t port);
  // REQUIRES: Listen was OK. Once.
  void Start(HandOver hand_over);
  // Accepts no more, and ends the thread. Blocks for at most one HandOver. Idempotent.
  void Stop();

  uint16_t number() const { return acceptor_.port(); }

 private:
  void LetIn(asio::ip::tcp::socket connection);
  void AwaitEnds();
  void AwaitTick();

  Connections& connections_;
  asio::io_context context_{1};
  net::Acceptor acceptor_{context_};
  asio::posix::stream_descriptor ended_{context_};
  asio::steady_timer timer_{context_};
  HandOver hand_over_;
  log::Sparingly turned_away_;
  std::thread thread_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_PORT_H_
