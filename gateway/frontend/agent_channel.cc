#include "gateway/frontend/agent_channel.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <utility>

#include "common/mysql/flow/secret.h"

namespace postern::frontend {
namespace {

constexpr std::chrono::milliseconds kLinger{500};

absl::Status Gone() { return absl::UnavailableError("the agent's connection is gone"); }

}  // namespace

AgentChannel::AgentChannel(asio::ip::tcp::socket socket, size_t max_packet_bytes, absl::Duration write_timeout)
    : socket_(std::move(socket)),
      write_timeout_(write_timeout),
      patience_(socket_.get_executor()),
      assembler_(max_packet_bytes),
      news_(socket_.get_executor()) {
  asio::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  peer_address_ = peer.address().to_string();
  peer_is_loopback_ = peer.address().is_loopback();
}

asio::awaitable<absl::Status> AgentChannel::StartTls(std::shared_ptr<asio::ssl::context> context) {
  tls_context_ = std::move(context);
  tls_.emplace(socket_, *tls_context_);
  // An idle session should not keep the record buffers.
  SSL_set_mode(tls_->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  asio::error_code error;
  co_await tls_->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return absl::FailedPreconditionError("TLS handshake failed: " + error.message());
  certificate_ = tls::PeerCertificate::Of(tls_->native_handle());
  co_return absl::OkStatus();
}

asio::awaitable<absl::StatusOr<AgentChannel::Packet>> AgentChannel::Read(std::optional<uint8_t> sequence) {
  if (sequence) assembler_.ExpectSequence(*sequence);
  for (;;) {
    if (interrupted_) co_return absl::CancelledError("interrupted");
    if (!ahead_.empty()) {
      assembler_.Append(mysql::AsBytes(ahead_));
      OPENSSL_cleanse(ahead_.data(), reads_ahead_ ? 0 : ahead_.size());
      ahead_.clear();
    }
    auto packet = assembler_.Next();
    if (!packet.ok()) co_return packet.status();
    if (packet->has_value()) {
      if (reads_ahead_) StartRead(kChunkBytes);
      co_return **packet;
    }
    if (lost_) co_return Gone();
    StartRead(reads_ahead_ ? kChunkBytes : std::min(assembler_.bytes_wanted(), kChunkBytes));
    awaited_ = true;
    co_await news_.Wait();
    awaited_ = false;
  }
}

void AgentChannel::StartRead(size_t at_most) {
  if (reading_ || lost_) return;
  if (ahead_.size() >= kMaxAheadBytes) return must_notice_ ? Lose() : void();
  reading_ = true;
  OnStream([&](auto& stream) {
    stream.async_read_some(
        asio::buffer(chunk_.data(), at_most),
        [self = shared_from_this()](asio::error_code error, size_t bytes) { self->OnRead(error, bytes); });
  });
}

void AgentChannel::Lose() {
  lost_ = true;
  if (!awaited_ && on_lost_) std::exchange(on_lost_, nullptr)();
}

void AgentChannel::MustNotice(bool on) {
  must_notice_ = on;
  if (on) StartRead(kChunkBytes);
}

void AgentChannel::OnRead(const asio::error_code& error, size_t bytes) {
  reading_ = false;
  ahead_.append(chunk_.data(), bytes);
  if (!reads_ahead_) OPENSSL_cleanse(chunk_.data(), bytes);
  if (error) {
    Lose();
  } else if (reads_ahead_) {
    StartRead(kChunkBytes);
  }
  news_.Notify();
}

asio::awaitable<absl::Status> AgentChannel::Write(mysql::Bytes bytes) {
  asio::error_code error;
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  patience_.Arm(write_timeout_, [this] { Close(); });
  if (tls_) {
    co_await asio::async_write(*tls_, buffer, asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_write(socket_, buffer, asio::redirect_error(asio::use_awaitable, error));
  }
  patience_.Calm();
  if (!error) co_return absl::OkStatus();
  lost_ = true;
  co_return Gone();
}

void AgentChannel::ReadAhead(size_t max_packet_bytes, absl::AnyInvocable<void()> on_lost) {
  assembler_.Wipe();
  assembler_.set_max_payload_bytes(max_packet_bytes);
  reads_ahead_ = true;
  on_lost_ = std::move(on_lost);
}

void AgentChannel::Interrupt() {
  interrupted_ = true;
  news_.Notify();
}

void AgentChannel::Release() {
  on_lost_ = nullptr;
  interrupted_ = false;
}

asio::awaitable<void> AgentChannel::LingerAndClose() {
  asio::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  asio::steady_timer timer(socket_.get_executor(), kLinger);
  on_lost_ = [&timer] { timer.cancel(); };
  if (!lost_) {
    StartRead(kChunkBytes);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  on_lost_ = nullptr;
  Close();
}

void AgentChannel::Close() {
  asio::error_code ignored;
  socket_.close(ignored);
}

}  // namespace postern::frontend
