// A door: one open connection to a target's database, for one agent session, through a relay.
//
// A session's coroutine owns its door and awaits it on the session's thread. Everything fails with a status once the door
// is closed, from whichever side; nothing here throws. Bytes are MySQL protocol as the server sends and reads it: the
// door neither frames nor changes them.
#ifndef POSTERN_GATEWAY_TUNNEL_DOOR_H_
#define POSTERN_GATEWAY_TUNNEL_DOOR_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "common/link/piece.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::tunnel {

// A run of bytes from the server, holding a share of the buffer they arrived in.
using link::Piece;

// What is on the other side.
struct OpenedDoor {
  std::string relay;
  uint64_t thread_id = 0;
  uint64_t capabilities = 0;
  v1::ServerFacts server;
  uint16_t status_flags = 0;
  absl::Duration took;
};

class Door {
 public:
  virtual ~Door() = default;

  virtual const OpenedDoor& opened() const = 0;

  // Sends bytes to the server; completes when the stream can take more. One Send at a time.
  virtual asio::awaitable<absl::Status> Send(std::string bytes) = 0;

  // The next bytes from the server. Reads the stream only when asked, so a session that stops receiving makes the
  // server stop sending. UNAVAILABLE when the relay or the server ended it. One Receive at a time; it may overlap a Send.
  virtual asio::awaitable<absl::StatusOr<Piece>> Receive() = 0;

  // COM_RESET_CONNECTION, then the relay pins the session again. REQUIRES: no reply is under way. Returns the server's
  // status flags.
  virtual asio::awaitable<absl::StatusOr<uint16_t>> Reset(std::string schema) = 0;

  // Ends the connection. Pending and later awaits fail with CANCELLED. Thread-safe, idempotent, does not wait: the proof
  // that the thread is gone arrives at DoorEvents.
  virtual void Close() = 0;
};

struct DoorRequest {
  std::string session_id;
  std::string target;
  std::string agent;
  std::string task_id;
  uint64_t capabilities = 0;
  uint32_t collation = 0;
  std::string schema;
  absl::Duration open_timeout;
  std::map<std::string, std::string> attributes;
};

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_DOOR_H_
