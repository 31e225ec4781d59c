#include "common/link/chunk_stream.h"

#include <utility>

namespace postern::link {

void ChunkStream::Attach(asio::any_io_executor executor) {
  reads_.emplace(executor);
  writes_.emplace(executor);
}

absl::Status ChunkStream::Ended() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

bool ChunkStream::closed() const { return !Ended().ok(); }

// Why an operation of gRPC's failed: because we ended the stream, or because the other side did.
absl::Status ChunkStream::Lost() const {
  absl::Status ended = Ended();
  return ended.ok() ? absl::UnavailableError("the stream has ended") : ended;
}

bool ChunkStream::StartNextRead() {
  std::lock_guard lock(mutex_);
  if (!ended_.ok()) return false;
  if (!reading_) {
    reading_ = true;
    StartReading(&incoming_);
  }
  return true;
}

asio::awaitable<absl::StatusOr<Received>> ChunkStream::Read() {
  if (!StartNextRead()) co_return Ended();
  const bool ok = co_await reads_->Take();
  grpc::ByteBuffer message;
  {
    std::lock_guard lock(mutex_);
    message.Swap(&incoming_);
    // A failed read is the last one: leaving it "in flight" keeps another from being started.
    reading_ = !ok;
  }
  if (!ok) {
    absl::Status lost = Lost();
    Close(lost);
    co_return lost;
  }
  if (absl::Status ended = Ended(); !ended.ok()) co_return ended;
  StartNextRead();
  co_return Decode(message);
}

asio::awaitable<absl::Status> ChunkStream::Flush() {
  {
    std::lock_guard lock(mutex_);
    if (!writing_) co_return ended_;
  }
  const bool ok = co_await writes_->Take();
  {
    std::lock_guard lock(mutex_);
    writing_ = false;
  }
  co_return ok ? Ended() : Lost();
}

asio::awaitable<absl::Status> ChunkStream::Write(grpc::ByteBuffer message, bool more_follows) {
  absl::Status flushed = co_await Flush();
  if (!flushed.ok()) co_return flushed;
  std::lock_guard lock(mutex_);
  if (!ended_.ok()) co_return ended_;
  outgoing_.Swap(&message);
  writing_ = true;
  StartWriting(&outgoing_, more_follows);
  co_return absl::OkStatus();
}

void ChunkStream::Close(absl::Status why) {
  EndOnce(std::move(why), [this] { End(); });
}

void ChunkStream::ReadDone(bool ok) { reads_->Put(ok); }
void ChunkStream::WriteDone(bool ok) { writes_->Put(ok); }

void ChunkStream::ReadFirst() { StartNextRead(); }

std::optional<absl::StatusOr<Received>> ChunkStream::TakeFirst() {
  grpc::ByteBuffer message;
  std::lock_guard lock(mutex_);
  if (!ended_.ok()) return std::nullopt;
  message.Swap(&incoming_);
  reading_ = false;
  return Decode(message);
}

}  // namespace postern::link
