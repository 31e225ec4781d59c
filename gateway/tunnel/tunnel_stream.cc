#include "gateway/tunnel/tunnel_stream.h"

#include <absl/time/clock.h>
#include <grpcpp/server_context.h>

#include <utility>

namespace postern::tunnel {

TunnelStream::TunnelStream(grpc::CallbackServerContext* call, std::string relay, First on_first, Done on_done)
    : call_(call),
      relay_(std::move(relay)),
      started_at_(absl::Now()),
      on_first_(std::move(on_first)),
      on_done_(std::move(on_done)) {}

std::shared_ptr<TunnelStream> TunnelStream::Start(grpc::CallbackServerContext* call, std::string relay, First on_first,
                                                  Done on_done) {
  std::shared_ptr<TunnelStream> stream(
      new TunnelStream(call, std::move(relay), std::move(on_first), std::move(on_done)));
  stream->self_ = stream;
  stream->ReadFirst();
  return stream;
}

void TunnelStream::OnReadDone(bool ok) {
  if (on_first_) return OnFirst(ok);
  ReadDone(ok);
}

void TunnelStream::OnFirst(bool ok) {
  // The next read is started by whoever takes the stream, so nothing else runs here meanwhile.
  const First on_first = std::exchange(on_first_, nullptr);
  std::optional<absl::StatusOr<link::Received>> first = TakeFirst();
  if (!ok || !first) return Finish(absl::UnavailableError("the stream has ended"), grpc::Status::OK);
  v1::Chunk* chunk = first->ok() ? std::get_if<v1::Chunk>(&first->value()) : nullptr;
  if (chunk == nullptr) {
    return Finish(absl::InvalidArgumentError("no session named"),
                  grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the first message must name a session"));
  }
  on_first(self_, std::move(*chunk));
}

void TunnelStream::Finish(absl::Status why, grpc::Status status) {
  if (why.ok()) why = absl::CancelledError("the stream has ended");
  EndOnce(std::move(why), [&] { Reactor::Finish(std::move(status)); });
}

void TunnelStream::StartWriting(const grpc::ByteBuffer* message, bool more_follows) {
  grpc::WriteOptions options;
  if (more_follows) options.set_buffer_hint();
  StartWrite(message, options);
}

void TunnelStream::End() {
  // Without this a write that the relay does not read would keep the stream open.
  call_->TryCancel();
  Reactor::Finish(grpc::Status(grpc::StatusCode::CANCELLED, "closed"));
}

void TunnelStream::OnCancel() { Close(absl::UnavailableError("the relay has ended the stream")); }

void TunnelStream::OnDone() {
  const std::shared_ptr<TunnelStream> self = std::move(self_);
  on_done_(this);
}

}  // namespace postern::tunnel
