#include "gateway/api/port.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <utility>

#include "common/observability/log.h"

namespace postern::api {
namespace {

// Between two looks at who has yet to prove anything.
constexpr std::chrono::seconds kTick{1};
// Unacknowledged bytes for so long end a connection. gRPC's own listener takes it from the keepalive time-out.
constexpr int kUserTimeoutMs = 10'000;

// What gRPC's own listener would set on a connection.
void SetOptions(int socket) {
  const int on = 1;
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof kUserTimeoutMs);
}

}  // namespace

Port::Port(Connections& connections) : connections_(connections) {}

Port::~Port() { Stop(); }

absl::Status Port::Listen(const std::string& host, uint16_t port) {
  asio::error_code error;
  if (connections_.ended_descriptor() < 0) return absl::UnavailableError("no descriptor is left");
  ended_.assign(connections_.ended_descriptor(), error);
  if (error) return absl::UnavailableError(error.message());
  return acceptor_.Listen(host, port);
}

void Port::Start(HandOver hand_over) {
  hand_over_ = std::move(hand_over);
  acceptor_.Start([this]() -> asio::io_context& { return context_; },
                  [this](asio::ip::tcp::socket connection) { LetIn(std::move(connection)); });
  AwaitEnds();
  AwaitTick();
  thread_ = std::thread([this] { context_.run(); });
}

void Port::Stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  // It is the connections' own.
  if (ended_.is_open()) ended_.release();
}

void Port::LetIn(asio::ip::tcp::socket connection) {
  asio::error_code error;
  const asio::ip::tcp::endpoint from = connection.remote_endpoint(error);
  if (!error) connection.native_non_blocking(true, error);
  if (error) return;  // it is gone already
  SetOptions(connection.native_handle());
  if (const absl::Status counted = connections_.Add(connection.native_handle(), from, absl::Now()); !counted.ok()) {
    if (const size_t times = turned_away_.Count(absl::Now()); times > 0) {
      log::Warning("connections to the API port were turned away",
                   {{"connections", absl::StrCat(times)}, {"error", std::string(counted.message())}});
    }
    return;
  }
  hand_over_(connection.release());
}

void Port::AwaitEnds() {
  ended_.async_wait(asio::posix::stream_descriptor::wait_read, [this](asio::error_code error) {
    if (error) return;
    connections_.ForgetEnded();
    AwaitEnds();
  });
}

void Port::AwaitTick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](asio::error_code error) {
    if (error) return;
    if (const size_t ended = connections_.EndUnproven(absl::Now()); ended > 0) {
      log::Info("connections to the API port were ended: nobody had said who calls within limits.login_timeout",
                {{"connections", absl::StrCat(ended)}});
    }
    AwaitTick();
  });
}

}  // namespace postern::api
