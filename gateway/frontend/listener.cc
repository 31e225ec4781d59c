#include "gateway/frontend/listener.h"

#include <absl/strings/str_cat.h>

#include <asio/co_spawn.hpp>
#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <random>
#include <utility>

#include "common/observability/log.h"
#include "gateway/frontend/session.h"

namespace postern::frontend {
namespace {

// After accept() failed for want of descriptors or memory: trying at once would only spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

// Ids start anywhere, so that a KILL meant for a server's thread seldom names a session of ours by chance.
uint32_t FirstConnectionId() { return std::random_device{}() % 1'000'000 + 1'000'000; }

}  // namespace

Listener::Listener(net::IoThreads& threads, const Services& services, size_t max_pending_logins)
    : threads_(threads),
      services_(services),
      max_pending_logins_(max_pending_logins),
      context_(threads.Next()),
      acceptor_(context_),
      next_connection_id_(FirstConnectionId()) {}

absl::Status Listener::Start(const std::string& host, uint16_t port) {
  asio::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("mysql.listen: not an IP address: ", host));
  const asio::ip::tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot listen on ", host, ":", port, ": ", error.message()));
  port_ = acceptor_.local_endpoint(error).port();
  asio::post(context_, [this] { Accept(); });
  return absl::OkStatus();
}

void Listener::Stop() {
  asio::post(context_, [this] {
    asio::error_code ignored;
    acceptor_.close(ignored);
  });
}

void Listener::Accept() {
  auto& session_context = threads_.Next();
  acceptor_.async_accept(session_context, [this](asio::error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (error) {
      log::Warning("cannot accept a connection", {{"error", error.message()}});
      auto pause = std::make_shared<asio::steady_timer>(context_, kAcceptPause);
      pause->async_wait([this, pause](asio::error_code) { Accept(); });
      return;
    }
    Spawn(std::move(socket));
    Accept();
  });
}

void Listener::Spawn(asio::ip::tcp::socket socket) {
  // Those not logged in cost memory too, and nobody vouches for them.
  if (connections() >= services_.live.size() + max_pending_logins_) {
    log::Warning("connection turned away: limits.pending_logins reached");
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
