// The relay's end of one Tunnel stream, as gRPC's client reactor. Keeps itself alive until gRPC is done with it.
#ifndef POSTERN_RELAY_AGENT_LINK_TUNNEL_CALL_H_
#define POSTERN_RELAY_AGENT_LINK_TUNNEL_CALL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <memory>

#include "common/link/chunk_stream.h"

namespace postern::relay {

class TunnelCall : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, public link::ChunkStream {
 public:
  static std::shared_ptr<TunnelCall> Start(const std::shared_ptr<grpc::Channel>& channel,
                                           asio::any_io_executor executor);

  // Lets what was written reach the gateway, which then ends the stream. REQUIRES: flushed.
  void EndGently();

 private:
  explicit TunnelCall(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {}

  void OnReadDone(bool ok) override { ReadDone(ok); }
  void OnWriteDone(bool ok) override { WriteDone(ok); }
  void OnDone(const grpc::Status& status) override;

  void StartReading(grpc::ByteBuffer* message) override { StartRead(message); }
  void StartWriting(const grpc::ByteBuffer* message, bool more_follows) override;
  void End() override;

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  std::shared_ptr<TunnelCall> self_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_TUNNEL_CALL_H_
