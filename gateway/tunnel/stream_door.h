// A door over one Tunnel stream. Owned by the session's coroutine; dropping it closes it.
#ifndef POSTERN_GATEWAY_TUNNEL_STREAM_DOOR_H_
#define POSTERN_GATEWAY_TUNNEL_STREAM_DOOR_H_

#include <deque>
#include <memory>
#include <string>

#include "gateway/tunnel/door.h"
#include "gateway/tunnel/tunnel_stream.h"

namespace postern::tunnel {

class StreamDoor : public Door {
 public:
  // REQUIRES: `stream` is attached to the session's executor.
  StreamDoor(std::shared_ptr<TunnelStream> stream, OpenedDoor opened);
  ~StreamDoor() override;

  const OpenedDoor& opened() const override { return opened_; }
  asio::awaitable<absl::Status> Send(std::string bytes) override;
  asio::awaitable<absl::StatusOr<Piece>> Receive() override;
  asio::awaitable<absl::StatusOr<uint16_t>> Reset(std::string schema) override;
  void Close() override;

 private:
  // The next control message; data in its place breaks the door.
  asio::awaitable<absl::StatusOr<v1::Chunk>> ReceiveControl();
  absl::Status Break(absl::Status why);

  const std::shared_ptr<TunnelStream> stream_;
  const OpenedDoor opened_;
  // Of the last message, not yet received.
  std::deque<Piece> pieces_;
};

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_STREAM_DOOR_H_
