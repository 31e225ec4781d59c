#include "gateway/console/rpcs.h"

#include <absl/time/clock.h>
#include <grpcpp/support/slice.h>

#include <asio/this_coro.hpp>
#include <utility>
#include <vector>

#include "gateway/api/guard.h"

namespace postern::console {
namespace {

// The API's own limits are shorter; this one is for what they forget.
constexpr absl::Duration kLongestCall = absl::Minutes(4);

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

}  // namespace

Rpcs::Rpcs(std::shared_ptr<grpc::Channel> channel) : stub_(std::move(channel)) {}

void Rpcs::Prepare(grpc::ClientContext& context, const Caller& caller) {
  context.AddMetadata("authorization", "Bearer " + std::string(caller.credential));
  context.AddMetadata(api::kCallerAddress, std::string(caller.address));
}

void Rpcs::Add(grpc::ClientContext* context) {
  std::lock_guard lock(mutex_);
  under_way_.insert(context);
  if (ending_) context->TryCancel();
}

void Rpcs::Remove(grpc::ClientContext* context) {
  std::lock_guard lock(mutex_);
  under_way_.erase(context);
}

void Rpcs::CancelAll() {
  std::lock_guard lock(mutex_);
  ending_ = true;
  for (grpc::ClientContext* context : under_way_) context->TryCancel();
}

asio::awaitable<RpcAnswer> Rpcs::Call(std::string path, std::string request, Caller caller) {
  grpc::ClientContext context;
  Prepare(context, caller);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kLongestCall));
  const grpc::ByteBuffer sent = BufferOf(request);
  grpc::ByteBuffer received;
  net::Mailbox<grpc::Status> done(co_await asio::this_coro::executor);
  Add(&context);
  stub_.UnaryCall(&context, path, {}, &sent, &received, [&done](grpc::Status status) { done.Put(std::move(status)); });
  RpcAnswer answer;
  answer.status = co_await done.Take();
  Remove(&context);
  if (answer.status.ok()) answer.bytes = BytesOf(received);
  co_return answer;
}

RpcStream::RpcStream(Rpcs& rpcs, asio::any_io_executor executor, Caller caller)
    : rpcs_(rpcs), events_(std::make_shared<net::Mailbox<Event>>(executor)), timer_(executor) {
  rpcs_.Prepare(context_, caller);
}

void RpcStream::Start(std::string path, std::string request) {
  request_ = BufferOf(request);
  rpcs_.stub_.PrepareBidiStreamingCall(&context_, path, {}, this);
  StartWriteLast(&request_, {});
  held_ = true;
  AddHold();
  StartCall();
  rpcs_.Add(&context_);
}

asio::awaitable<RpcStream::Event> RpcStream::Next(absl::Duration pause) {
  if (over_) co_return Event::kOver;
  if (!reading_) {
    reading_ = true;
    StartRead(&arrived_);
  }
  timer_.expires_after(absl::ToChronoNanoseconds(pause));
  timer_.async_wait([events = events_](asio::error_code error) {
    if (!error) events->Put(Event::kPause);
  });
  const Event event = co_await events_->Take();
  timer_.cancel();
  if (event == Event::kMessage) {
    reading_ = false;
    message_ = BytesOf(arrived_);
  }
  if (event != Event::kNoMore) co_return event;
  co_await AwaitEnd();
  co_return Event::kOver;
}

void RpcStream::LetGo() {
  if (std::exchange(held_, false)) RemoveHold();
}

asio::awaitable<void> RpcStream::AwaitEnd() {
  LetGo();
  while (!over_) {
    const Event event = co_await events_->Take();
    over_ = event == Event::kOver;
  }
}

asio::awaitable<void> RpcStream::Finish() {
  if (!over_) context_.TryCancel();
  co_await AwaitEnd();
  rpcs_.Remove(&context_);
}

void RpcStream::OnReadDone(bool ok) {
  events_->Put(ok ? Event::kMessage : Event::kNoMore);
}

// The last of gRPC's calls: whoever takes this event may destroy the stream.
void RpcStream::OnDone(const grpc::Status& status) {
  status_ = status;
  events_->Put(Event::kOver);
}

}  // namespace postern::console
