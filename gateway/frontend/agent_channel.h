// The agent's connection: packets in, bytes out, over plain TCP and later TLS.
//
// Lives on one thread. Shared, because a read may be under way in the socket when the session lets go of it. Until
// ReadAhead() is called it never reads past the packet it was asked for (the bytes after an SSLRequest belong to TLS);
// from then on a read is under way until as much waits as may, so that an agent who leaves is noticed even while nobody asks
// for a packet.
#ifndef POSTERN_GATEWAY_FRONTEND_AGENT_CHANNEL_H_
#define POSTERN_GATEWAY_FRONTEND_AGENT_CHANNEL_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/mysql/wire/packet.h"
#include "common/tls/peer_certificate.h"
#include "gateway/frontend/wake.h"
#include "gateway/frontend/watchdog.h"

namespace postern::frontend {

class AgentChannel : public std::enable_shared_from_this<AgentChannel> {
 public:
  using Packet = mysql::PacketAssembler::Packet;

  // `write_timeout`: how long the agent may take none of what is written before it counts as gone.
  AgentChannel(asio::ip::tcp::socket socket, size_t max_packet_bytes, absl::Duration write_timeout);

  // Server side of a TLS handshake. FAILED_PRECONDITION if it fails, e.g. because plain text follows an SSLRequest.
  asio::awaitable<absl::Status> StartTls(std::shared_ptr<asio::ssl::context> context);

  // The next packet; its payload is valid until the next call. `sequence`: which number it must start with, if any.
  // Errors: UNAVAILABLE the agent is gone, CANCELLED by Interrupt, or mysql/wire/errors.h for what it sent.
  asio::awaitable<absl::StatusOr<Packet>> Read(std::optional<uint8_t> sequence);

  // Completes when the socket took all bytes. UNAVAILABLE when the agent is gone, or took too long.
  asio::awaitable<absl::Status> Write(mysql::Bytes bytes);
  asio::awaitable<absl::Status> Write(const std::string& bytes) { return Write(mysql::AsBytes(bytes)); }

  // Login is over: larger packets are welcome. When the agent goes while nobody reads, `on_lost` is told, once, on the
  // channel's thread; a Read under way gets what the agent sent before it went. What login left in the buffers is wiped.
  void ReadAhead(size_t max_packet_bytes, absl::AnyInvocable<void()> on_lost);

  // While on, an agent that sends more than may wait counts as gone: behind what is not read its end would not be seen.
  void MustNotice(bool on);

  // A session is over: nobody is left to tell, and the connection is there for the next login.
  void Release();

  // A pending or the next Read fails with CANCELLED.
  void Interrupt();

  // Lets the agent read what was written, for a moment, before Close: a socket closed with unread input resets.
  asio::awaitable<void> LingerAndClose();

  // Ends every operation. Idempotent.
  void Close();

  asio::any_io_executor executor() { return socket_.get_executor(); }
  bool tls() const { return tls_.has_value(); }
  // That the agent showed inside TLS, not verified; null without one.
  const std::shared_ptr<const tls::PeerCertificate>& certificate() const { return certificate_; }
  bool lost() const { return lost_; }
  const std::string& peer_address() const { return peer_address_; }
  bool peer_is_loopback() const { return peer_is_loopback_; }

 private:
  using TlsStream = asio::ssl::stream<asio::ip::tcp::socket&>;
  // What one read takes at most, and how much may wait for a session that is busy.
  static constexpr size_t kChunkBytes = 16 * 1024;
  static constexpr size_t kMaxAheadBytes = 64 * 1024;

  void StartRead(size_t at_most);
  void Lose();
  void OnRead(const asio::error_code& error, size_t bytes);
  template <class Use>
  auto OnStream(Use use) {
    return tls_ ? use(*tls_) : use(socket_);
  }

  asio::ip::tcp::socket socket_;
  const absl::Duration write_timeout_;
  Watchdog patience_;
  std::shared_ptr<asio::ssl::context> tls_context_;
  std::optional<TlsStream> tls_;
  std::shared_ptr<const tls::PeerCertificate> certificate_;
  mysql::PacketAssembler assembler_;
  std::array<char, kChunkBytes> chunk_;
  // Read from the socket, not yet given to the assembler (whose last packet may still be in use).
  std::string ahead_;
  Wake news_;
  bool reading_ = false;
  // A Read waits for news.
  bool awaited_ = false;
  bool reads_ahead_ = false;
  bool lost_ = false;
  bool must_notice_ = false;
  bool interrupted_ = false;
  absl::AnyInvocable<void()> on_lost_;
  std::string peer_address_;
  bool peer_is_loopback_ = false;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_AGENT_CHANNEL_H_
