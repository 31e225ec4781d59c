#include "gateway/tunnel/stream_door.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace postern::tunnel {

StreamDoor::StreamDoor(std::shared_ptr<TunnelStream> stream, OpenedDoor opened)
    : stream_(std::move(stream)), opened_(std::move(opened)) {}

StreamDoor::~StreamDoor() { Close(); }

void StreamDoor::Close() { stream_->Close(absl::CancelledError("the door is closed")); }

absl::Status StreamDoor::Break(absl::Status why) {
  stream_->Close(why);
  return why;
}

asio::awaitable<absl::Status> StreamDoor::Send(std::string bytes) {
  const grpc::Slice all = link::SliceOf(std::move(bytes));
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(at + link::kMaxDataBytes, all.size());
    absl::Status sent =
        co_await stream_->Write(link::EncodeData(link::PartOf(all, at, end)), /*more_follows=*/end < all.size());
    if (!sent.ok()) co_return sent;
    at = end;
  }
  co_return absl::OkStatus();
}

asio::awaitable<absl::StatusOr<Piece>> StreamDoor::Receive() {
  while (pieces_.empty()) {
    absl::StatusOr<link::Received> received = co_await stream_->Read();
    if (!received.ok()) co_return received.status();
    auto* data = std::get_if<std::vector<Piece>>(&*received);
    if (data != nullptr) {
      std::move(data->begin(), data->end(), std::back_inserter(pieces_));
      continue;
    }
    const v1::Chunk& chunk = std::get<v1::Chunk>(*received);
    if (chunk.has_closed()) co_return Break(absl::UnavailableError(chunk.closed().reason()));
    co_return Break(absl::UnavailableError("the relay broke the tunnel's protocol"));
  }
  Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  co_return piece;
}

asio::awaitable<absl::StatusOr<v1::Chunk>> StreamDoor::ReceiveControl() {
  absl::StatusOr<link::Received> received = co_await stream_->Read();
  if (!received.ok()) co_return received.status();
  auto* chunk = std::get_if<v1::Chunk>(&*received);
  if (chunk == nullptr) co_return Break(absl::UnavailableError("the server spoke out of turn"));
  if (chunk->has_closed()) co_return Break(absl::UnavailableError(chunk->closed().reason()));
  co_return std::move(*chunk);
}

asio::awaitable<absl::StatusOr<uint16_t>> StreamDoor::Reset(std::string schema) {
  if (!pieces_.empty()) co_return Break(absl::UnavailableError("the server spoke out of turn"));
  v1::Chunk reset;
  reset.mutable_reset()->set_schema(std::move(schema));
  absl::Status sent = co_await stream_->Write(link::EncodeControl(reset));
  if (!sent.ok()) co_return sent;
  absl::StatusOr<v1::Chunk> answer = co_await ReceiveControl();
  if (!answer.ok()) co_return answer.status();
  if (!answer->has_reset_done()) co_return Break(absl::UnavailableError("the relay broke the tunnel's protocol"));
  // A session whose pins are not known to hold cannot be read any more.
  if (!answer->reset_done().ok()) co_return Break(absl::UnavailableError(answer->reset_done().error()));
  co_return static_cast<uint16_t>(answer->reset_done().status_flags());
}

}  // namespace postern::tunnel
