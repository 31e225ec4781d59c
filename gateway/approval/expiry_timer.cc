#include "gateway/approval/expiry_timer.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace postern::approval {

absl::Time SteadyNow() {
  using Steady = std::chrono::steady_clock;
  static const absl::Time wall_at_start = absl::Now();
  static const Steady::time_point start = Steady::now();
  return wall_at_start + absl::FromChrono(Steady::now() - start);
}

ExpiryTimer::ExpiryTimer(std::function<absl::Time()> expire) : expire_(std::move(expire)), thread_([this] { Run(); }) {}

ExpiryTimer::~ExpiryTimer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ExpiryTimer::WakeBy(absl::Time deadline) {
  {
    std::lock_guard lock(mutex_);
    if (deadline >= next_) return;
    next_ = deadline;
  }
  changed_.notify_one();
}

void ExpiryTimer::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const absl::Duration left = next_ - SteadyNow();
    if (left > absl::ZeroDuration()) {
      // A bounded wait, since chrono cannot hold an infinite one.
      const absl::Duration wait = std::min(left, absl::Hours(1));
      changed_.wait_for(lock, absl::ToChronoNanoseconds(wait));
      continue;
    }
    next_ = absl::InfiniteFuture();
    lock.unlock();
    const absl::Time wanted = expire_();
    lock.lock();
    next_ = std::min(next_, wanted);
  }
}

}  // namespace postern::approval
