// The gateway's end of one Tunnel stream, as gRPC's server reactor.
//
// It starts as a stranger: its first message must say which session it is for, and `on_first` decides. Then it belongs to
// that session's door. Keeps itself alive until gRPC is done with it.
#ifndef POSTERN_GATEWAY_TUNNEL_TUNNEL_STREAM_H_
#define POSTERN_GATEWAY_TUNNEL_TUNNEL_STREAM_H_

#include <absl/time/time.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "common/link/chunk_stream.h"

namespace postern::tunnel {

class TunnelStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, public link::ChunkStream {
 public:
  using First = std::function<void(std::shared_ptr<TunnelStream> stream, v1::Chunk first)>;
  using Done = std::function<void(const TunnelStream* stream)>;

  // REQUIRES: both functions can be called until gRPC's server has shut down.
  static std::shared_ptr<TunnelStream> Start(grpc::CallbackServerContext* call, std::string relay, First on_first,
                                             Done on_done);

  const std::string& relay() const { return relay_; }
  absl::Time started_at() const { return started_at_; }
  // Whether a session has taken it.
  bool matched() const { return matched_; }
  void SetMatched() { matched_ = true; }

  // Ends the stream with a status for the relay, once what was written has gone out.
  void Finish(absl::Status why, grpc::Status status);

 private:
  TunnelStream(grpc::CallbackServerContext* call, std::string relay, First on_first, Done on_done);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override { WriteDone(ok); }
  void OnCancel() override;
  void OnDone() override;
  void OnFirst(bool ok);

  void StartReading(grpc::ByteBuffer* message) override { StartRead(message); }
  void StartWriting(const grpc::ByteBuffer* message, bool more_follows) override;
  void End() override;

  using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  grpc::CallbackServerContext* const call_;
  const std::string relay_;
  const absl::Time started_at_;
  First on_first_;
  const Done on_done_;
  std::atomic<bool> matched_{false};
  std::shared_ptr<TunnelStream> self_;
};

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_TUNNEL_STREAM_H_
