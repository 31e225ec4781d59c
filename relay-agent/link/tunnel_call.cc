#include "relay-agent/link/tunnel_call.h"

#include <utility>

namespace postern::relay {

std::shared_ptr<TunnelCall> TunnelCall::Start(const std::shared_ptr<grpc::Channel>& channel,
                                              asio::any_io_executor executor) {
  std::shared_ptr<TunnelCall> call(new TunnelCall(channel));
  call->Attach(std::move(executor));
  call->self_ = call;
  // The headers travel with the first message, which follows at once.
  call->context_.set_initial_metadata_corked(true);
  call->stub_.PrepareBidiStreamingCall(&call->context_, "/postern.v1.RelayLink/Tunnel", {}, call.get());
  // Reads and writes are started from outside gRPC's reactions, so the call must wait for us before it is done.
  call->AddHold();
  call->StartCall();
  return call;
}

void TunnelCall::StartWriting(const grpc::ByteBuffer* message, bool more_follows) {
  grpc::WriteOptions options;
  if (more_follows) options.set_buffer_hint();
  StartWrite(message, options);
}

void TunnelCall::End() {
  context_.TryCancel();
  RemoveHold();
}

void TunnelCall::EndGently() {
  EndOnce(absl::CancelledError("the door is closed"), [this] {
    StartWritesDone();
    RemoveHold();
  });
}

void TunnelCall::OnDone(const grpc::Status&) { const std::shared_ptr<TunnelCall> self = std::move(self_); }

}  // namespace postern::relay
