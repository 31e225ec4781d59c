#include "common/net/acceptor.h"

#include <absl/strings/str_cat.h>

#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <utility>

#include "common/observability/log.h"

namespace postern::net {
namespace {

// After accept() failed for want of descriptors or memory: trying at once would only spin.
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

Acceptor::Acceptor(asio::io_context& context) : context_(context), acceptor_(context), pause_(context) {}

absl::Status Acceptor::Listen(const std::string& host, uint16_t port) {
  asio::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("not an IP address: ", host));
  const asio::ip::tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot listen on ", host, ":", port, ": ", error.message()));
}

void Acceptor::Start(NextContext next, Accepted accepted) {
  next_ = std::move(next);
  accepted_ = std::move(accepted);
  asio::post(context_, [this] { Accept(); });
}

void Acceptor::Stop() {
  asio::post(context_, [this] {
    asio::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

void Acceptor::Accept() {
  if (!acceptor_.is_open()) return;
  acceptor_.async_accept(next_(), [this](asio::error_code error, asio::ip::tcp::socket connection) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      accepted_(std::move(connection));
      return Accept();
    }
    log::Warning("cannot accept a connection", {{"port", absl::StrCat(port_)}, {"error", error.message()}});
    pause_.expires_after(kPause);
    pause_.async_wait([this](asio::error_code) { Accept(); });
  });
}

}  // namespace postern::net
