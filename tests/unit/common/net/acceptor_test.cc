#include "common/net/acceptor.h"

#include <sys/resource.h>
#include <unistd.h>

#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <future>
#include <string>
#include <utility>

#include "common/net/io_threads.h"

namespace postern::net {
namespace {

using asio::ip::tcp;

// An acceptor on a thread of its own, and what it accepted.
struct Port {
  Port() : acceptor(threads.Next()) { REQUIRE(acceptor.Listen("127.0.0.1", 0).ok()); }
  ~Port() { threads.Stop(); }

  void Start() {
    acceptor.Start([this]() -> asio::io_context& { return threads.Next(); },
                   [this](tcp::socket connection) { accepted.set_value(std::move(connection)); });
  }
  tcp::endpoint endpoint() const { return {asio::ip::address_v4::loopback(), acceptor.port()}; }

  IoThreads threads{1};
  Acceptor acceptor;
  std::promise<tcp::socket> accepted;
};

// No descriptor can be opened while this lives: the limit is put at the lowest that is free.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = dup(0);
    close(lowest_free);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(lowest_free);
    if (setrlimit(RLIMIT_NOFILE, &none) != 0) std::abort();
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_CASE("What connects is accepted, also what connected before Start") {
  Port port;
  asio::io_context client;
  tcp::socket socket(client);
  socket.connect(port.endpoint());
  port.Start();
  CHECK(port.accepted.get_future().get().remote_endpoint() == socket.local_endpoint());
}

TEST_CASE("Accepting goes on when there are descriptors again") {
  Port port;
  asio::io_context client;
  tcp::socket socket(client, tcp::v4());
  auto accepted = port.accepted.get_future();
  auto meanwhile = std::future_status::ready;
  {
    // Nothing is checked in here: sanitizers need descriptors for their own checks.
    const NoDescriptors none;
    port.Start();
    socket.connect(port.endpoint());
    meanwhile = accepted.wait_for(std::chrono::milliseconds(300));
  }
  CHECK(meanwhile == std::future_status::timeout);
  CHECK(accepted.get().is_open());
}

TEST_CASE("An address that cannot be had is named") {
  Port port;
  asio::io_context context;
  Acceptor other(context);
  const absl::Status taken = other.Listen("127.0.0.1", port.acceptor.port());
  CHECK(absl::IsUnavailable(taken));
  CHECK(std::string(taken.message()).find("127.0.0.1:") != std::string::npos);
  CHECK(absl::IsInvalidArgument(Acceptor(context).Listen("db.example", 0)));
}

TEST_CASE("After Stop nobody is accepted") {
  Port port;
  port.Start();
  port.acceptor.Stop();
  std::promise<void> closed;
  asio::post(port.threads.Next(), [&closed] { closed.set_value(); });
  closed.get_future().wait();
  asio::io_context client;
  asio::error_code error;
  tcp::socket(client).connect(port.endpoint(), error);
  CHECK(error);
}

}  // namespace
}  // namespace postern::net
