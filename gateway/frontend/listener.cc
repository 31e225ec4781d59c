#include "gateway/frontend/listener.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <asio/co_spawn.hpp>
#include <exception>
#include <random>
#include <utility>

#include "common/observability/log.h"
#include "gateway/frontend/session.h"

namespace postern::frontend {
namespace {

// Ids start anywhere, so that a KILL meant for a server's thread seldom names a session of ours by chance.
uint32_t FirstConnectionId() { return std::random_device{}() % 1'000'000 + 1'000'000; }

}  // namespace

Listener::Listener(net::IoThreads& threads, const Services& services, size_t max_pending_logins)
    : threads_(threads),
      services_(services),
      max_pending_logins_(max_pending_logins),
      acceptor_(threads.Next()),
      next_connection_id_(FirstConnectionId()) {}

absl::Status Listener::Start(const std::string& host, uint16_t port) {
  if (absl::Status bound = acceptor_.Listen(host, port); !bound.ok()) {
    return absl::Status(bound.code(), absl::StrCat("mysql.listen: ", bound.message()));
  }
  acceptor_.Start([this]() -> asio::io_context& { return threads_.Next(); },
                  [this](asio::ip::tcp::socket socket) { Spawn(std::move(socket)); });
  return absl::OkStatus();
}

void Listener::Stop() { acceptor_.Stop(); }

void Listener::Spawn(asio::ip::tcp::socket socket) {
  // Those not logged in cost memory too, and nobody vouches for them.
  if (connections() >= services_.live.size() + max_pending_logins_) {
    if (const size_t times = turned_away_.Count(absl::Now()); times > 0) {
      log::Warning("connections turned away: limits.pending_logins reached", {{"connections", absl::StrCat(times)}});
    }
    return;
  }
  connections_.fetch_add(1, std::memory_order_relaxed);
  const auto executor = socket.get_executor();
  const uint32_t id = next_connection_id_++;
  asio::co_spawn(executor, ServeConnection(services_, std::move(socket), id), [this](std::exception_ptr failure) {
    connections_.fetch_sub(1, std::memory_order_relaxed);
    if (failure) log::Error("a session ended by an exception");
  });
}

}  // namespace postern::frontend
