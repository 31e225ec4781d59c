#include "gateway/api/connections.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "gateway/api/first_look.h"

namespace postern::api {
namespace {

using asio::ip::tcp;

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

tcp::endpoint At(const std::string& address, uint16_t port) { return {asio::ip::make_address(address), port}; }

// A connection, as gRPC holds one end of it.
class Wire {
 public:
  Wire() { REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) == 0); }
  ~Wire() {
    Close();
    close(ends_[1]);
  }
  int ours() const { return ends_[0]; }
  // What gRPC does at the end of a connection.
  void Close() {
    if (ends_[0] < 0) return;
    shutdown(ends_[0], SHUT_RDWR);
    close(ends_[0]);
    ends_[0] = -1;
  }
  void Send() { REQUIRE(write(ends_[1], "x", 1) == 1); }
  bool CutOff() const {
    pollfd end{.fd = ends_[1], .events = POLLIN, .revents = 0};
    return poll(&end, 1, 0) == 1 && (end.revents & POLLHUP) != 0;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

bool Ended(const Connections& connections) {
  pollfd ended{.fd = connections.ended_descriptor(), .events = POLLIN, .revents = 0};
  return poll(&ended, 1, 0) == 1;
}

TEST_CASE("a peer's address and port are read as gRPC writes them") {
  CHECK(PeerEndpoint("ipv4:10.0.0.1:5000") == At("10.0.0.1", 5000));
  CHECK(PeerEndpoint("ipv6:%5B::1%5D:65535") == At("::1", 65535));
  CHECK(PeerEndpoint("ipv6:%5Bfe80::1%251%5D:7") == At("fe80::1%1", 7));
  for (const char* text : {"", "inproc", "unix:", "ipv4:10.0.0.1", "ipv4:10.0.0.1:", "ipv4:10.0.0.1:70000", "ipv4:x:1", "ipv4::1"}) {
    INFO(text);
    CHECK_FALSE(PeerEndpoint(text).has_value());
  }
}

TEST_CASE("connections are counted in all and by address, until they end") {
  Connections connections({.connections = 3, .per_source = 2});
  std::array<Wire, 5> wires;
  CHECK(connections.Add(wires[0].ours(), At("10.0.0.1", 1), kStart).ok());
  CHECK(connections.Add(wires[1].ours(), At("::ffff:10.0.0.1", 2), kStart).ok());
  CHECK(connections.Add(wires[2].ours(), At("10.0.0.1", 3), kStart).message() == "limits.api_connections_per_source reached");
  CHECK(connections.Add(wires[3].ours(), At("10.0.0.2", 1), kStart).ok());
  CHECK(connections.Add(wires[4].ours(), At("10.0.0.3", 1), kStart).message() == "limits.api_connections reached");
  CHECK_FALSE(Ended(connections));
  wires[0].Close();
  CHECK(Ended(connections));
  connections.ForgetEnded();
  CHECK_FALSE(Ended(connections));
  CHECK(connections.size() == 2);
  CHECK(connections.Add(wires[2].ours(), At("10.0.0.1", 3), kStart).ok());
}

TEST_CASE("bytes that arrive are no end") {
  Connections connections{ConnectionLimits()};
  Wire wire;
  REQUIRE(connections.Add(wire.ours(), At("10.0.0.1", 1), kStart).ok());
  wire.Send();
  CHECK_FALSE(Ended(connections));
}

TEST_CASE("who proves nothing in time is cut off, who does stays") {
  Connections connections({.to_prove = absl::Seconds(10)});
  Wire stranger;
  Wire known;
  REQUIRE(connections.Add(stranger.ours(), At("10.0.0.1", 1), kStart).ok());
  REQUIRE(connections.Add(known.ours(), At("::ffff:10.0.0.1", 2), kStart).ok());
  connections.Prove("ipv4:10.0.0.1:2");
  connections.Prove("ipv4:10.0.0.1:3");
  CHECK(connections.EndUnproven(kStart + absl::Seconds(9)) == 0);
  CHECK(connections.EndUnproven(kStart + absl::Seconds(10)) == 1);
  CHECK(stranger.CutOff());
  CHECK_FALSE(known.CutOff());
  connections.ForgetEnded();
  CHECK(connections.size() == 1);
}

TEST_CASE("an address and port used again are those of the newer connection") {
  Connections connections({.to_prove = absl::Seconds(10)});
  Wire older;
  Wire newer;
  REQUIRE(connections.Add(older.ours(), At("10.0.0.1", 1), kStart).ok());
  REQUIRE(connections.Add(newer.ours(), At("10.0.0.1", 1), kStart).ok());
  older.Close();
  connections.ForgetEnded();
  connections.Prove("ipv4:10.0.0.1:1");
  CHECK(connections.EndUnproven(kStart + absl::Seconds(10)) == 0);
}

TEST_CASE("an allowance is for a span of time") {
  Allowance allowance(2, absl::Seconds(10));
  CHECK(allowance.Take(kStart));
  CHECK(allowance.Take(kStart + absl::Seconds(9)));
  CHECK_FALSE(allowance.Take(kStart + absl::Milliseconds(9999)));
  CHECK(allowance.Take(kStart + absl::Seconds(10)));
}

}  // namespace
}  // namespace postern::api
