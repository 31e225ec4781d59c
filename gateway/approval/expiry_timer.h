// One thread that runs a function when the next deadline comes. The function says when it wants to run again.
#ifndef POSTERN_GATEWAY_APPROVAL_EXPIRY_TIMER_H_
#define POSTERN_GATEWAY_APPROVAL_EXPIRY_TIMER_H_

#include <absl/time/time.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace postern::approval {

// Wall clock as it was at the start plus the time passed since: a change of the system's clock moves no deadline.
absl::Time SteadyNow();

class ExpiryTimer {
 public:
  // `expire` runs on the timer's thread, ends what is due and returns the next deadline.
  explicit ExpiryTimer(std::function<absl::Time()> expire);
  // Waits for `expire` to end.
  ~ExpiryTimer();

  // Makes sure `expire` runs at that time or before. Any thread.
  void WakeBy(absl::Time deadline);

 private:
  void Run();

  const std::function<absl::Time()> expire_;
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Time next_ = absl::InfiniteFuture();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_EXPIRY_TIMER_H_
