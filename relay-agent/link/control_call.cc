#include "relay-agent/link/control_call.h"

#include <utility>

namespace postern::relay {
namespace {

constexpr size_t kMaxQueued = 20'000;

}  // namespace

std::shared_ptr<ControlCall> ControlCall::Start(const std::shared_ptr<grpc::Channel>& channel,
                                                std::shared_ptr<LineMailbox> news) {
  std::shared_ptr<ControlCall> call(new ControlCall(channel, std::move(news)));
  call->self_ = call;
  call->stub_->async()->Register(&call->context_, call.get());
  call->AddHold();
  call->StartRead(&call->incoming_);
  call->StartCall();
  return call;
}

void ControlCall::ReadNext() {
  std::lock_guard lock(mutex_);
  if (!ended_) StartRead(&incoming_);
}

bool ControlCall::Send(v1::RelayEvent event) {
  std::lock_guard lock(mutex_);
  if (ended_ || outgoing_.size() >= kMaxQueued) return false;
  outgoing_.push_back(std::move(event));
  if (!writing_) {
    writing_ = true;
    StartWrite(&outgoing_.front());
  }
  return true;
}

void ControlCall::End() {
  std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  context_.TryCancel();
  RemoveHold();
}

void ControlCall::OnReadDone(bool ok) {
  if (!ok) return End();
  news_->Put(std::exchange(incoming_, v1::GatewayCommand()));
}

void ControlCall::OnWriteDone(bool ok) {
  std::lock_guard lock(mutex_);
  outgoing_.pop_front();
  writing_ = ok && !ended_ && !outgoing_.empty();
  if (writing_) StartWrite(&outgoing_.front());
}

void ControlCall::OnDone(const grpc::Status& status) {
  const std::shared_ptr<ControlCall> self = std::move(self_);
  news_->Put(LineEnded{status});
}

}  // namespace postern::relay
