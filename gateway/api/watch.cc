#include "gateway/api/watch.h"

#include <absl/time/clock.h>

#include <deque>
#include <string>
#include <utility>

#include "gateway/api/abridge.h"
#include "gateway/api/status.h"

namespace postern::api {
namespace {

absl::Status TooMany() {
  return absl::ResourceExhaustedError("there are as many watches as limits.approval_watchers lets");
}
absl::Status Revoked() { return absl::UnauthenticatedError("the access token of this watch was revoked"); }
absl::Status ShuttingDown() { return absl::UnavailableError("the gateway is shutting down"); }

class RefusedStream final : public Watches::Reactor {
 public:
  explicit RefusedStream(const absl::Status& why) { Finish(ToGrpc(why)); }
  void OnDone() override { delete this; }
};

}  // namespace

// One watcher. Owns itself: gRPC's OnDone, which comes after the stream was finished, deletes it.
class WatchStream final : public Watches::Reactor {
 public:
  WatchStream(Watches& owner, approval::Approvals& approvals, const identity::Principal& who)
      : owner_(owner), approvals_(approvals), who_(who) {
    ticket_ = approvals_.Watch([this](const v1::Approval& approval) { Deliver(approval); });
    std::lock_guard lock(mutex_);
    caught_up_ = true;
  }

  const identity::Principal& who() const { return who_; }

  void End(const absl::Status& why) {
    std::lock_guard lock(mutex_);
    EndLocked(why);
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    writing_ = false;
    ok ? WriteNextLocked() : EndLocked(absl::CancelledError("the watcher went away"));
  }

  void OnCancel() override { End(absl::CancelledError("the watcher went away")); }

  void OnDone() override {
    approvals_.Unwatch(ticket_);
    owner_.Remove(this);
    delete this;
  }

 private:
  void Deliver(const v1::Approval& approval) {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    if (absl::Now() >= who_.expires_at) {
      EndLocked(absl::UnauthenticatedError("the access token of this watch has expired"));
    } else if (caught_up_ && queue_.size() >= kWatchQueue) {
      EndLocked(absl::ResourceExhaustedError("this watcher reads too slowly; watch again to catch up"));
    } else {
      queue_.push_back(Abridged(approval));
      WriteNextLocked();
    }
  }

  void WriteNextLocked() {
    if (ended_ || writing_ || queue_.empty()) return;
    sent_ = std::move(queue_.front());
    queue_.pop_front();
    writing_ = true;
    StartWrite(&sent_);
  }

  void EndLocked(const absl::Status& why) {
    if (ended_) return;
    ended_ = true;
    queue_.clear();
    Finish(ToGrpc(why));
  }

  Watches& owner_;
  approval::Approvals& approvals_;
  const identity::Principal who_;
  uint64_t ticket_ = 0;

  std::mutex mutex_;
  // What was pending at the start does not count against the bound: there are as many at most as there are sessions.
  bool caught_up_ = false;
  bool ended_ = false;
  bool writing_ = false;
  std::deque<v1::Approval> queue_;
  // Held still while gRPC writes it.
  v1::Approval sent_;
};

Watches::Reactor* Watches::Start(const identity::Principal& who, const identity::Authenticator& authenticator) {
  {
    std::lock_guard lock(mutex_);
    if (ending_) return Refuse(ShuttingDown());
    if (open_ >= most_) return Refuse(TooMany());
    ++open_;
  }
  // Not under the lock: the approvals call back from in here.
  auto* stream = new WatchStream(*this, approvals_, who);
  {
    std::lock_guard lock(mutex_);
    streams_.insert(stream);
    if (ending_) stream->End(ShuttingDown());
  }
  // Whoever was revoked between the check of the call and this is not among those that were ended.
  if (!authenticator.StillValid(who, absl::Now())) stream->End(Revoked());
  return stream;
}

Watches::Reactor* Watches::Refuse(const absl::Status& why) { return new RefusedStream(why); }

void Watches::EndByIdentity(std::string_view identity_id) {
  std::lock_guard lock(mutex_);
  for (WatchStream* stream : streams_) {
    if (stream->who().identity_id == identity_id) stream->End(Revoked());
  }
}

void Watches::EndUnproven(const identity::Authenticator& authenticator) {
  const absl::Time now = absl::Now();
  std::lock_guard lock(mutex_);
  for (WatchStream* stream : streams_) {
    if (!authenticator.StillValid(stream->who(), now)) stream->End(Revoked());
  }
}

void Watches::EndAll() {
  std::lock_guard lock(mutex_);
  ending_ = true;
  for (WatchStream* stream : streams_) stream->End(ShuttingDown());
}

void Watches::Remove(WatchStream* stream) {
  std::lock_guard lock(mutex_);
  streams_.erase(stream);
  --open_;
}

}  // namespace postern::api
