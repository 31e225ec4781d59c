// A MySQL client for the gateway's own port: TCP, TLS, login, queries, as any agent's. It knows no way in but that one.
//
// Calls block, each for `patience` at most; one thread, but for Cancel. After an error of the connection it is of no more use.
#ifndef POSTERN_GATEWAY_VERIFICATION_CANARY_CLIENT_H_
#define POSTERN_GATEWAY_VERIFICATION_CANARY_CLIENT_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/mysql/flow/client_login.h"
#include "common/mysql/flow/secret.h"
#include "common/mysql/flow/text_reply.h"
#include "common/mysql/wire/packet.h"

namespace postern::verification {

// Where the MySQL port is, and what its certificate must be.
struct Address {
  std::string ip;
  uint16_t port = 0;
  // Null: the port takes logins without TLS, on loopback.
  std::shared_ptr<asio::ssl::context> tls;
};

class CanaryClient {
 public:
  explicit CanaryClient(absl::Duration patience) : patience_(patience), socket_(io_) {}

  // Held statements are to be tickets. UNAUTHENTICATED: the gateway said no, in its words; UNAVAILABLE; DEADLINE_EXCEEDED.
  absl::Status Connect(Address address, std::string user, mysql::Secret password);
  // An ERR is a reply. UNAVAILABLE: the connection broke; DEADLINE_EXCEEDED; else the reply is none that can be read here.
  absl::StatusOr<mysql::TextReply> Query(const std::string& sql);
  // Waits until the gateway hangs up. DEADLINE_EXCEEDED: it did not.
  absl::Status AwaitEnd();

  // From any thread: what is under way, and all after it, ends in CANCELLED.
  void Cancel();

 private:
  using Packet = std::pair<uint8_t, std::string>;  // its sequence number, and its payload

  template <class Result>
  Result Within(asio::awaitable<Result> work);
  asio::awaitable<absl::Status> Enter(Address address, mysql::ClientLogin login);
  asio::awaitable<absl::Status> LogIn(mysql::ClientLogin login);
  asio::awaitable<absl::StatusOr<mysql::TextReply>> Ask(std::string sql);
  asio::awaitable<absl::Status> ReadToEnd();
  asio::awaitable<absl::Status> StartTls();
  asio::awaitable<absl::Status> Write(const std::string& bytes);
  asio::awaitable<absl::StatusOr<Packet>> ReadPacket();
  asio::awaitable<absl::StatusOr<size_t>> ReadSome(char* into, size_t most);
  void Close();

  const absl::Duration patience_;
  std::atomic<bool> cancelled_ = false;
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  std::shared_ptr<asio::ssl::context> context_;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
  mysql::PacketAssembler assembler_{size_t{2} << 20};
  mysql::Capabilities negotiated_ = 0;
};

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_CANARY_CLIENT_H_
