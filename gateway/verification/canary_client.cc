#include "gateway/verification/canary_client.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <exception>
#include <variant>

namespace postern::verification {
namespace {

constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);
constexpr char kComQuery = 0x03;

absl::Status Broken(const asio::error_code& error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) return absl::UnavailableError("the gateway closed the connection");
  return absl::UnavailableError(error.message());
}

mysql::ClientLogin::Options LoginOptions(const Address& address, std::string user, mysql::Secret password) {
  mysql::ClientLogin::Options options;
  options.user = std::move(user);
  options.password = std::move(password);
  options.agent_capabilities = mysql::capability::kDeprecateEof;
  options.tls = address.tls == nullptr ? mysql::TlsWish::kDisabled : mysql::TlsWish::kRequired;
  options.tls_is_verified = address.tls != nullptr;
  // Without TLS this is our own process, over loopback.
  options.allow_rsa_key_retrieval = address.tls == nullptr;
  options.attributes = {{"program_name", "postern-verification"}, {"postern_hold", "ticket"}};
  return options;
}

}  // namespace

// Runs it to its end. What has not ended in time loses its socket, which ends every wait there is.
template <class Result>
Result CanaryClient::Within(asio::awaitable<Result> work) {
  if (cancelled_) return absl::CancelledError("cancelled");
  std::optional<Result> result;
  asio::co_spawn(io_, std::move(work), [&result](const std::exception_ptr& failure, Result made) {
    if (failure) {
      result.emplace(absl::InternalError("the client failed"));
    } else {
      result.emplace(std::move(made));
    }
  });
  // A Cancel that came before the work had a socket to lose.
  if (cancelled_) asio::post(io_, [this] { Close(); });
  io_.restart();
  io_.run_for(absl::ToChronoNanoseconds(patience_));
  const bool in_time = result.has_value();
  if (!in_time) {
    Close();
    io_.restart();
    io_.run();
  }
  if (cancelled_) return absl::CancelledError("cancelled");
  if (!in_time) return absl::DeadlineExceededError(absl::FormatDuration(patience_) + " were not enough");
  return *std::move(result);
}

absl::Status CanaryClient::Connect(Address address, std::string user, mysql::Secret password) {
  mysql::ClientLogin login(LoginOptions(address, std::move(user), std::move(password)));
  return Within(Enter(std::move(address), std::move(login)));
}

absl::StatusOr<mysql::TextReply> CanaryClient::Query(const std::string& sql) { return Within(Ask(sql)); }

absl::Status CanaryClient::AwaitEnd() { return Within(ReadToEnd()); }

void CanaryClient::Cancel() {
  cancelled_ = true;
  asio::post(io_, [this] { Close(); });
}

void CanaryClient::Close() {
  asio::error_code ignored;
  socket_.close(ignored);
}

asio::awaitable<absl::Status> CanaryClient::Enter(Address address, mysql::ClientLogin login) {
  asio::error_code no_address;
  const auto ip = asio::ip::make_address(address.ip, no_address);
  if (no_address) co_return absl::InvalidArgumentError("not an IP address");
  context_ = address.tls;
  const asio::ip::tcp::endpoint endpoint(ip, address.port);
  auto [refused] = co_await socket_.async_connect(endpoint, kAwait);
  if (refused) co_return Broken(refused);
  co_return co_await LogIn(std::move(login));
}

asio::awaitable<absl::Status> CanaryClient::LogIn(mysql::ClientLogin login) {
  mysql::ClientAction action = login.Start();
  for (;;) {
    if (!action.send.empty()) {
      const absl::Status sent = co_await Write(action.send);
      mysql::WipeString(action.send);
      if (!sent.ok()) co_return sent;
    }
    if (const auto* connected = std::get_if<mysql::Connected>(&action.next)) {
      negotiated_ = connected->capabilities;
      co_return absl::OkStatus();
    }
    if (const auto* failed = std::get_if<mysql::ConnectFailed>(&action.next)) co_return failed->status;
    if (std::holds_alternative<mysql::StartTls>(action.next)) {
      const absl::Status secured = co_await StartTls();
      if (!secured.ok()) co_return secured;
      action = login.OnTlsStarted();
      continue;
    }
    const absl::StatusOr<Packet> packet = co_await ReadPacket();
    if (!packet.ok()) co_return packet.status();
    action = login.OnPacket(packet->first, mysql::AsBytes(packet->second));
  }
}

asio::awaitable<absl::Status> CanaryClient::StartTls() {
  if (assembler_.buffered_bytes() > 0) co_return absl::InvalidArgumentError("plain bytes before TLS");
  tls_.emplace(socket_, *context_);
  auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwait);
  if (!error) co_return absl::OkStatus();
  const long verdict = SSL_get_verify_result(tls_->native_handle());
  if (verdict == X509_V_OK) co_return Broken(error);
  co_return absl::UnavailableError(std::string("the gateway's certificate: ") + X509_verify_cert_error_string(verdict));
}

asio::awaitable<absl::StatusOr<mysql::TextReply>> CanaryClient::Ask(std::string sql) {
  std::string wire;
  uint8_t sequence = 0;
  const std::string payload = kComQuery + sql;
  mysql::AppendPacket(wire, mysql::AsBytes(payload), sequence);
  const absl::Status sent = co_await Write(wire);
  if (!sent.ok()) co_return sent;
  mysql::TextReply reply(negotiated_);
  while (!reply.done()) {
    const absl::StatusOr<Packet> packet = co_await ReadPacket();
    if (!packet.ok()) co_return packet.status();
    if (packet->first != sequence++) co_return absl::InvalidArgumentError("the gateway's packets are out of order");
    const absl::Status taken = reply.OnPacket(mysql::AsBytes(packet->second));
    if (!taken.ok()) co_return taken;
  }
  co_return reply;
}

// Whatever it says before it hangs up.
asio::awaitable<absl::Status> CanaryClient::ReadToEnd() {
  std::array<char, 4096> ignored;
  for (;;) {
    const absl::StatusOr<size_t> read = co_await ReadSome(ignored.data(), ignored.size());
    if (!read.ok()) co_return absl::OkStatus();
  }
}

asio::awaitable<absl::Status> CanaryClient::Write(const std::string& bytes) {
  const auto buffer = asio::buffer(bytes);
  if (tls_) {
    auto [error, size] = co_await asio::async_write(*tls_, buffer, kAwait);
    co_return error ? Broken(error) : absl::OkStatus();
  }
  auto [error, size] = co_await asio::async_write(socket_, buffer, kAwait);
  co_return error ? Broken(error) : absl::OkStatus();
}

// Reads no further than the packet: what follows may be TLS.
asio::awaitable<absl::StatusOr<CanaryClient::Packet>> CanaryClient::ReadPacket() {
  std::array<char, 16384> chunk;
  for (;;) {
    auto packet = assembler_.Next();
    if (!packet.ok()) co_return packet.status();
    if (packet->has_value()) {
      const mysql::PacketAssembler::Packet& whole = **packet;
      co_return Packet(whole.first_sequence, std::string(mysql::AsText(whole.payload)));
    }
    const size_t most = std::min(chunk.size(), assembler_.bytes_wanted());
    const absl::StatusOr<size_t> read = co_await ReadSome(chunk.data(), most);
    if (!read.ok()) co_return read.status();
    assembler_.Append(mysql::AsBytes({chunk.data(), *read}));
  }
}

asio::awaitable<absl::StatusOr<size_t>> CanaryClient::ReadSome(char* into, size_t most) {
  const auto buffer = asio::buffer(into, most);
  if (tls_) {
    auto [error, size] = co_await tls_->async_read_some(buffer, kAwait);
    if (error) co_return Broken(error);
    co_return size;
  }
  auto [error, size] = co_await socket_.async_read_some(buffer, kAwait);
  if (error) co_return Broken(error);
  co_return size;
}

}  // namespace postern::verification
