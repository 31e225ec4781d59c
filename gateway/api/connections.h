// The connections to the API port: how many there are, from where, and which of them have shown who calls.
//
// gRPC owns a connection's descriptor and tells nobody when it closes it. So a second descriptor of the same socket is kept
// here: gRPC shuts a socket down before it closes it, and that is seen on every descriptor. No byte of the connection passes
// through here. Thread-safe; nothing blocks.
#ifndef POSTERN_GATEWAY_API_CONNECTIONS_H_
#define POSTERN_GATEWAY_API_CONNECTIONS_H_

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace postern::api {

struct ConnectionLimits {
  size_t connections = 1024;
  size_t per_source = 256;  // of them from one address
  // From connecting to the first call that proves who calls. Whoever takes longer is cut off.
  absl::Duration to_prove = absl::Seconds(10);
};

class Connections {
 public:
  explicit Connections(const ConnectionLimits& limits);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  const ConnectionLimits& limits() const { return limits_; }

  // Counts a connection that was accepted at `now`, before gRPC gets it. RESOURCE_EXHAUSTED when it is one too many or no
  // descriptor is left for it: the caller closes it.
  absl::Status Add(int socket, const asio::ip::tcp::endpoint& from, absl::Time now);
  // A call over the connection of `peer`, as gRPC names it, has proven who calls: it may stay.
  void Prove(std::string_view peer);
  // Cuts off those that had their time and proved nothing; says how many.
  size_t EndUnproven(absl::Time now);

  // Readable when a connection has ended; then call ForgetEnded. -1 when the system gave none.
  int ended_descriptor() const { return ended_; }
  void ForgetEnded();

  size_t size() const;

 private:
  using Endpoint = asio::ip::tcp::endpoint;
  struct Connection {
    int descriptor;
    Endpoint from;
    bool proven;
  };

  // REQUIRES: mutex_ is held.
  void Forget(uint64_t id);

  const ConnectionLimits limits_;
  const int ended_;

  mutable std::mutex mutex_;
  uint64_t last_id_ = 0;
  std::map<uint64_t, Connection> connections_;
  // The newest connection of each address and port: the system may use both again before we know that the older one ended.
  std::map<Endpoint, uint64_t> by_peer_;
  std::map<asio::ip::address, size_t> by_source_;
  // Oldest first; some have ended or proven themselves since.
  std::deque<std::pair<absl::Time, uint64_t>> unproven_;
};

// The address and port in gRPC's "ipv4:10.0.0.1:5000" or "ipv6:%5B::1%5D:5000"; none in anything else.
std::optional<asio::ip::tcp::endpoint> PeerEndpoint(std::string_view peer);

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_CONNECTIONS_H_
