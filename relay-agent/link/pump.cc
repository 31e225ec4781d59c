// The middle of a door's life: bytes both ways, one buffer in flight and one in hand each way, whatever passes through.
#include <algorithm>
#include <asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "relay-agent/link/door_session.h"

namespace postern::relay {
namespace {

// An idle session keeps the small buffer; a result makes it grow to a whole chunk.
constexpr size_t kSmallRead = 4 * 1024;
constexpr size_t kLargeRead = link::kMaxDataBytes;
constexpr absl::Duration kResetPatience = absl::Seconds(15);

size_t NextReadBytes(size_t now, size_t got) {
  if (got == now) return std::min(now * 4, kLargeRead);
  return got < now / 4 ? std::max(now / 4, kSmallRead) : now;
}

std::span<std::byte> Writable(const grpc::Slice& fresh) {
  return std::as_writable_bytes(std::span(const_cast<uint8_t*>(fresh.begin()), fresh.size()));
}

}  // namespace

asio::awaitable<void> DoorSession::Pump() {
  using asio::experimental::awaitable_operators::operator&&;
  co_await (ServerToGateway() && GatewayToServer());
  stream_->Close(absl::CancelledError("the door is closed"));
}

asio::awaitable<void> DoorSession::ServerToGateway() {
  size_t read_bytes = kSmallRead;
  for (;;) {
    const grpc::Slice buffer(read_bytes);
    absl::StatusOr<size_t> got = co_await socket_.ReadSome(Writable(buffer));
    if (!got.ok()) {
      if (!reset_inbox_) co_return co_await SayClosed(std::string(got.status().message()));
      // One coroutine writes to the stream at a time: the reset says what became of it.
      co_return reset_inbox_->Put(got.status());
    }
    read_bytes = NextReadBytes(read_bytes, *got);
    const grpc::Slice bytes = link::PartOf(buffer, 0, *got);
    if (reset_inbox_) {
      reset_inbox_->Put(std::string(reinterpret_cast<const char*>(bytes.begin()), bytes.size()));
      continue;
    }
    absl::Status written = co_await stream_->Write(link::EncodeData(bytes));
    if (!written.ok()) co_return HangUp();
  }
}

asio::awaitable<void> DoorSession::SayClosed(std::string reason) {
  v1::Chunk chunk;
  chunk.mutable_closed()->set_reason(std::move(reason));
  co_await SayLast(std::move(chunk));
}

asio::awaitable<void> DoorSession::SayLast(v1::Chunk chunk) {
  // The proof need not wait until the gateway has read this.
  HangUp();
  absl::Status written = co_await stream_->Write(link::EncodeControl(chunk));
  if (written.ok()) written = co_await stream_->Flush();
  if (written.ok()) stream_->EndGently();
}

asio::awaitable<void> DoorSession::GatewayToServer() {
  for (;;) {
    absl::StatusOr<link::Received> received = co_await stream_->Read();
    if (!received.ok()) break;
    absl::Status forwarded = co_await Forward(*std::move(received));
    if (!forwarded.ok()) break;
  }
  HangUp();
}

asio::awaitable<absl::Status> DoorSession::Forward(link::Received received) {
  if (auto* pieces = std::get_if<std::vector<link::Piece>>(&received)) {
    for (const link::Piece& piece : *pieces) boundary_.Pass(piece.bytes);
    mid_write_ = true;
    absl::Status written = co_await socket_.Write(*pieces);
    mid_write_ = !written.ok();
    co_return written;
  }
  v1::Chunk& chunk = std::get<v1::Chunk>(received);
  if (!chunk.has_reset()) co_return absl::InvalidArgumentError("the gateway broke the tunnel's protocol");
  co_return co_await Reset(std::move(*chunk.mutable_reset()));
}

asio::awaitable<absl::Status> DoorSession::Reset(v1::Reset reset) {
  if (!boundary_.AtBoundary()) co_return absl::InvalidArgumentError("a reset in the middle of a packet");
  reset_inbox_.emplace(executor_);
  StartWatchdog(kResetPatience);
  mid_write_ = true;
  Conversation conversation(socket_, [this](size_t) { return reset_inbox_->Take(); });
  conversation.set_capabilities(capabilities_);
  absl::StatusOr<uint16_t> status_flags = co_await ResetSession(conversation, pinned_, std::move(*reset.mutable_schema()));
  watchdog_.cancel();
  mid_write_ = !status_flags.ok();
  v1::Chunk chunk;
  chunk.mutable_reset_done()->set_ok(status_flags.ok());
  if (!status_flags.ok()) {
    chunk.mutable_reset_done()->set_error("the session could not be reset: " + std::string(status_flags.status().message()));
    // The inbox stays: what the server's side still reads, an error above all, must not be written beside this.
    co_await SayLast(std::move(chunk));
    co_return status_flags.status();
  }
  chunk.mutable_reset_done()->set_status_flags(*status_flags);
  absl::Status written = co_await stream_->Write(link::EncodeControl(chunk));
  // Until here nobody else wrote to the stream: what the server said, its end too, went to the inbox.
  const bool more = reset_inbox_->HasMail();
  reset_inbox_.reset();
  if (more) co_return absl::InvalidArgumentError("the server spoke out of turn");
  co_return written;
}

}  // namespace postern::relay
