// The relay's own commands on a server connection: one command, one answer, nothing else under way.
//
// Serves login, pinning and reset. Where bytes come from is given, because during a session the pump owns the reading.
// One coroutine at a time.
#ifndef POSTERN_RELAY_AGENT_MYSQL_CONVERSATION_H_
#define POSTERN_RELAY_AGENT_MYSQL_CONVERSATION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/mysql/capabilities.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/packet.h"
#include "relay-agent/mysql/server_socket.h"

namespace postern::relay {

// One row of text values, and the status flags that came with it.
struct OneRow {
  std::vector<std::optional<std::string>> values;
  uint16_t status_flags = 0;
};

class Conversation {
 public:
  // At most `wanted` bytes, at least one.
  using Source = std::function<asio::awaitable<absl::StatusOr<std::string>>(size_t wanted)>;

  // REQUIRES: the socket outlives this object.
  Conversation(ServerSocket& socket, Source source);
  // Reads from the socket itself.
  explicit Conversation(ServerSocket& socket);

  void set_capabilities(mysql::Capabilities capabilities) { capabilities_ = capabilities; }

  struct Packet {
    uint8_t sequence = 0;
    std::string payload;
  };
  asio::awaitable<absl::StatusOr<Packet>> ReadPacket();

  // A command that is answered with OK. An ERR is ABORTED "error N": the server's text may name user and host.
  asio::awaitable<absl::StatusOr<mysql::OkPacket>> Command(std::string payload);
  asio::awaitable<absl::StatusOr<mysql::OkPacket>> Execute(std::string_view sql);
  // A query that is answered with exactly one row.
  asio::awaitable<absl::StatusOr<OneRow>> QueryRow(std::string_view sql);

  // Of the last ERR; 0 if there was none.
  uint16_t error_code() const { return error_code_; }

 private:
  asio::awaitable<absl::Status> SendCommand(std::string payload);
  absl::Status ErrorFrom(const std::string& payload);
  std::string QueryPayload(std::string_view sql) const;

  ServerSocket& socket_;
  Source source_;
  mysql::PacketAssembler packets_;
  mysql::Capabilities capabilities_ = 0;
  uint16_t error_code_ = 0;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_MYSQL_CONVERSATION_H_
