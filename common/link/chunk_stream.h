// One end of a Tunnel stream, for one coroutine: reads and writes that can be awaited, over gRPC's reactors.
//
// gRPC allows one read and one write in flight, and reports both on its own threads; this class keeps to that rule and
// carries the news to the coroutine's executor. A read is started only when the coroutine has taken the message before, so
// at most one message waits here, and the sender feels it when nobody reads.
//
// Owned by shared_ptr: gRPC's reactor keeps itself alive until its OnDone, whoever else has let go. The executor must
// live until Close has been called and nobody awaits any more.
#ifndef POSTERN_COMMON_LINK_CHUNK_STREAM_H_
#define POSTERN_COMMON_LINK_CHUNK_STREAM_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/support/byte_buffer.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <mutex>
#include <optional>

#include "common/link/chunk.h"
#include "common/net/mailbox.h"

namespace postern::link {

class ChunkStream {
 public:
  virtual ~ChunkStream() = default;
  ChunkStream(const ChunkStream&) = delete;
  ChunkStream& operator=(const ChunkStream&) = delete;

  // Says where the coroutine lives. REQUIRES: called once, before the first await.
  void Attach(asio::any_io_executor executor);

  // The next message. One Read at a time. UNAVAILABLE at the end of the stream.
  asio::awaitable<absl::StatusOr<Received>> Read();

  // Hands one message over; returns when the write before it is done, so that one is in flight and one is in hand. One
  // Write at a time. `more_follows` lets gRPC wait for the next one before it sends.
  asio::awaitable<absl::Status> Write(grpc::ByteBuffer message, bool more_follows = false);
  // Returns when the last write is done.
  asio::awaitable<absl::Status> Flush();

  // Ends the stream at once; pending and later awaits fail with `why`, which must not be OK. Thread-safe; the first call
  // counts.
  void Close(absl::Status why);

  bool closed() const;

 protected:
  ChunkStream() = default;

  // For the reactor: what gRPC reported.
  void ReadDone(bool ok);
  void WriteDone(bool ok);
  // Starts a read before anyone is attached; its outcome goes to the reactor alone. The message is then here.
  void ReadFirst();
  std::optional<absl::StatusOr<Received>> TakeFirst();
  // Runs `end` in place of End(), unless the stream has ended already.
  template <class EndFunction>
  void EndOnce(absl::Status why, EndFunction end) {
    std::lock_guard lock(mutex_);
    if (!ended_.ok()) return;
    ended_ = std::move(why);
    end();
  }

  // gRPC's operations; called under the lock, never after End.
  virtual void StartReading(grpc::ByteBuffer* message) = 0;
  virtual void StartWriting(const grpc::ByteBuffer* message, bool more_follows) = 0;
  virtual void End() = 0;

 private:
  absl::Status Ended() const;
  bool StartNextRead();
  absl::Status Lost() const;

  mutable std::mutex mutex_;
  absl::Status ended_;
  bool reading_ = false;
  bool writing_ = false;
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;
  std::optional<net::Mailbox<bool>> reads_;
  std::optional<net::Mailbox<bool>> writes_;
};

}  // namespace postern::link

#endif  // POSTERN_COMMON_LINK_CHUNK_STREAM_H_
