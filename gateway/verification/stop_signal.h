// Tells a run on another thread that the gateway stops. Thread-safe.
#ifndef POSTERN_GATEWAY_VERIFICATION_STOP_SIGNAL_H_
#define POSTERN_GATEWAY_VERIFICATION_STOP_SIGNAL_H_

#include <absl/time/time.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

namespace postern::verification {

class StopSignal {
 public:
  void Stop() {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
    if (interrupt_) interrupt_();
  }

  bool stopped() const {
    std::lock_guard lock(mutex_);
    return stopped_;
  }

  // False when it is time to stop, at once then.
  bool Rest(absl::Duration time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, absl::ToChronoNanoseconds(time), [this] { return stopped_; });
  }

  // What the run waits in: called by Stop, or here if that was before; it must not block. Null once that is over.
  void Interrupt(std::function<void()> interrupt) {
    std::lock_guard lock(mutex_);
    interrupt_ = std::move(interrupt);
    if (stopped_ && interrupt_) interrupt_();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::function<void()> interrupt_;
};

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_STOP_SIGNAL_H_
