#include "gateway/api/connections.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>

namespace postern::api {
namespace {

// An IPv4 client of a socket that serves both families, as its own address: so gRPC names it too.
asio::ip::tcp::endpoint Plain(const asio::ip::tcp::endpoint& from) {
  const asio::ip::address address = from.address();
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return from;
  return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()), from.port()};
}

// Without what gRPC writes around an IPv6 address, which it encodes as a URI does: "%5Bfe80::1%25eth0%5D".
std::string Host(std::string_view text) {
  constexpr std::string_view kOpen = "%5B", kClose = "%5D", kScope = "%25";
  if (text.starts_with(kOpen) && text.ends_with(kClose) && text.size() >= kOpen.size() + kClose.size()) {
    text = text.substr(kOpen.size(), text.size() - kOpen.size() - kClose.size());
  }
  const size_t scope = text.find(kScope);
  if (scope == std::string_view::npos) return std::string(text);
  return absl::StrCat(std::string(text.substr(0, scope)), "%", std::string(text.substr(scope + kScope.size())));
}

}  // namespace

std::optional<asio::ip::tcp::endpoint> PeerEndpoint(std::string_view peer) {
  const size_t start = peer.find(':');
  const size_t end = peer.rfind(':');
  if (start == std::string_view::npos || end <= start) return std::nullopt;
  const std::string_view digits = peer.substr(end + 1);
  uint16_t port = 0;
  const auto [rest, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc() || rest != digits.data() + digits.size()) return std::nullopt;
  asio::error_code error;
  const asio::ip::address address = asio::ip::make_address(Host(peer.substr(start + 1, end - start - 1)), error);
  if (error) return std::nullopt;
  return asio::ip::tcp::endpoint(address, port);
}

Connections::Connections(const ConnectionLimits& limits) : limits_(limits), ended_(epoll_create1(EPOLL_CLOEXEC)) {}

Connections::~Connections() {
  for (const auto& [id, connection] : connections_) close(connection.descriptor);
  if (ended_ >= 0) close(ended_);
}

absl::Status Connections::Add(int socket, const Endpoint& from, absl::Time now) {
  const Endpoint peer = Plain(from);
  std::lock_guard lock(mutex_);
  if (connections_.size() >= limits_.connections) return absl::ResourceExhaustedError("limits.api_connections reached");
  const auto source = by_source_.find(peer.address());
  if (source != by_source_.end() && source->second >= limits_.per_source) {
    return absl::ResourceExhaustedError("limits.api_connections_per_source reached");
  }
  const int descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return absl::ResourceExhaustedError(std::strerror(errno));
  const uint64_t id = ++last_id_;
  // Only the end is of interest, and that is always told: asking for nothing else, bytes that arrive wake nobody here.
  epoll_event event{.events = EPOLLET, .data = {.u64 = id}};
  if (epoll_ctl(ended_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    close(descriptor);
    return absl::ResourceExhaustedError(std::strerror(errno));
  }
  connections_.emplace(id, Connection{.descriptor = descriptor, .from = peer, .proven = false});
  by_peer_.insert_or_assign(peer, id);
  ++by_source_[peer.address()];
  unproven_.emplace_back(now + limits_.to_prove, id);
  return absl::OkStatus();
}

void Connections::Prove(std::string_view peer) {
  const std::optional<Endpoint> from = PeerEndpoint(peer);
  if (!from.has_value()) return;
  std::lock_guard lock(mutex_);
  const auto found = by_peer_.find(*from);
  if (found != by_peer_.end()) connections_.at(found->second).proven = true;
}

size_t Connections::EndUnproven(absl::Time now) {
  std::lock_guard lock(mutex_);
  size_t ended = 0;
  for (; !unproven_.empty() && unproven_.front().first <= now; unproven_.pop_front()) {
    const auto found = connections_.find(unproven_.front().second);
    if (found == connections_.end() || found->second.proven) continue;
    // gRPC reads the end, gives up what the connection's calls hold, and closes.
    shutdown(found->second.descriptor, SHUT_RDWR);
    ++ended;
  }
  return ended;
}

void Connections::ForgetEnded() {
  std::array<epoll_event, 64> events;
  std::lock_guard lock(mutex_);
  int count = 0;
  do {
    count = epoll_wait(ended_, events.data(), events.size(), 0);
    for (int i = 0; i < count; ++i) {
      if ((events[i].events & EPOLLHUP) != 0) Forget(events[i].data.u64);
    }
  } while (count == static_cast<int>(events.size()));
}

void Connections::Forget(uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const Connection& connection = found->second;
  // Closing is not enough: while gRPC's descriptor is open, epoll would go on to tell of this one.
  epoll_ctl(ended_, EPOLL_CTL_DEL, connection.descriptor, nullptr);
  close(connection.descriptor);
  if (const auto peer = by_peer_.find(connection.from); peer != by_peer_.end() && peer->second == id) by_peer_.erase(peer);
  if (const auto source = by_source_.find(connection.from.address()); --source->second == 0) by_source_.erase(source);
  connections_.erase(found);
}

size_t Connections::size() const {
  std::lock_guard lock(mutex_);
  return connections_.size();
}

}  // namespace postern::api
