#include "gateway/api/acceptor.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>

#include "common/observability/log.h"

namespace postern::api {
namespace {

// After accept() failed for want of descriptors or memory: trying at once would only spin.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Between two looks at who has yet to prove anything, and between two log lines about those turned away.
constexpr std::chrono::seconds kTick{1};
// Unacknowledged bytes for so long end a connection. gRPC's own listener takes it from the keepalive time-out.
constexpr int kUserTimeoutMs = 10'000;

// What gRPC's own listener would set on a connection.
void SetOptions(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof kUserTimeoutMs);
}

bool IsShortage(int failure) {
  return failure == EMFILE || failure == ENFILE || failure == ENOBUFS || failure == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(Connections& connections) : connections_(connections) {}

Acceptor::~Acceptor() { Stop(); }

absl::Status Acceptor::Listen(const std::string& host, uint16_t port) {
  if (connections_.ended_descriptor() < 0) return absl::UnavailableError("api.listen: no descriptor is left");
  asio::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("api.listen: not an IP address: ", host));
  const asio::ip::tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.native_non_blocking(true, error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (!error) ended_.assign(connections_.ended_descriptor(), error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("api.listen: cannot listen on ", host, ":", port, ": ", error.message()));
}

void Acceptor::Start(HandOver hand_over) {
  hand_over_ = std::move(hand_over);
  AwaitConnection();
  AwaitEnds();
  AwaitTick();
  thread_ = std::thread([this] { context_.run(); });
}

void Acceptor::Stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  asio::error_code ignored;
  acceptor_.close(ignored);
  // It is the connections' own.
  if (ended_.is_open()) ended_.release();
}

void Acceptor::AwaitConnection() {
  acceptor_.async_wait(asio::socket_base::wait_read, [this](asio::error_code error) {
    if (!error) Accept();
  });
}

// One at a time, so that a flood does not keep this thread from what ends.
void Acceptor::Accept() {
  asio::ip::tcp::endpoint from;
  socklen_t size = static_cast<socklen_t>(from.capacity());
  const int socket = accept4(acceptor_.native_handle(), from.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0 && IsShortage(errno)) {
    log::Warning("cannot accept a connection to the API port", {{"error", std::strerror(errno)}});
    auto pause = std::make_shared<asio::steady_timer>(context_, kAcceptPause);
    return pause->async_wait([this, pause](asio::error_code) { AwaitConnection(); });
  }
  if (socket >= 0) {
    from.resize(size);
    SetOptions(socket);
    if (const absl::Status counted = connections_.Add(socket, from, absl::Now()); counted.ok()) {
      hand_over_(socket);
    } else {
      close(socket);
      ++turned_away_;
      why_ = std::string(counted.message());
    }
  }
  AwaitConnection();
}

void Acceptor::AwaitEnds() {
  ended_.async_wait(asio::posix::stream_descriptor::wait_read, [this](asio::error_code error) {
    if (error) return;
    connections_.ForgetEnded();
    AwaitEnds();
  });
}

void Acceptor::AwaitTick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](asio::error_code error) {
    if (error) return;
    Tick();
    AwaitTick();
  });
}

void Acceptor::Tick() {
  if (const size_t ended = connections_.EndUnproven(absl::Now()); ended > 0) {
    log::Info("connections to the API port were ended: nobody had said who calls within limits.login_timeout",
              {{"connections", absl::StrCat(ended)}});
  }
  if (turned_away_ > 0) {
    log::Warning("connections to the API port were turned away",
                 {{"connections", absl::StrCat(turned_away_)}, {"error", why_}});
    turned_away_ = 0;
  }
}

}  // namespace postern::api
