#include "gateway/api/replay.h"

#include "gateway/api/status.h"

namespace postern::api {

absl::Status ReplayStream::Send(const v1::Record& record) {
  std::unique_lock lock(mutex_);
  if (gone_) return absl::CancelledError("the caller went away");
  sent_ = record;
  writing_ = true;
  StartWrite(&sent_);
  if (!changed_.wait_for(lock, absl::ToChronoSeconds(kReplayPatience), [this] { return gone_ || !writing_; })) {
    return absl::ResourceExhaustedError("the replay is read too slowly");
  }
  return gone_ ? absl::CancelledError("the caller went away") : absl::OkStatus();
}

void ReplayStream::End(const absl::Status& status) { Finish(ToGrpc(status)); }

void ReplayStream::OnWriteDone(bool ok) {
  std::lock_guard lock(mutex_);
  writing_ = false;
  if (!ok) gone_ = true;
  changed_.notify_all();
}

void ReplayStream::OnCancel() {
  std::lock_guard lock(mutex_);
  gone_ = true;
  changed_.notify_all();
}

}  // namespace postern::api
