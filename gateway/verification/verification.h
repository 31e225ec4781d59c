// When which target is verified, and what came of it: a queue of runs, one thread that does them one after the other, a schedule
// that fills the queue, and a history.
//
//   waiting ──▶ running ──▶ passed | failed | stopped        a target has one run at most that waits or is under way
//
// Thread-safe.
#ifndef POSTERN_GATEWAY_VERIFICATION_VERIFICATION_H_
#define POSTERN_GATEWAY_VERIFICATION_VERIFICATION_H_

#include <absl/status/statusor.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/verification/options.h"
#include "gateway/verification/stop_signal.h"
#include "proto/postern/v1/verification.pb.h"

namespace postern::verification {

class Verification {
 public:
  using Tell = std::function<void(const v1::VerificationRun&)>;
  // Both on this object's thread. `work` does a run of a target that has a plan, tells of it as it goes, gives every check its
  // result, and comes back soon after `stop`. `ended` hears of what passed or failed.
  struct Work {
    std::function<v1::VerificationRun(const TargetPlan&, v1::VerificationRun, StopSignal& stop, Tell)> run;
    std::function<void(v1::VerificationRun&)> ended;
  };

  // `targets`: all that the gateway has, verified or not.
  Verification(Options options, std::set<std::string> targets, Work work);
  ~Verification() { Stop(); }
  Verification(const Verification&) = delete;
  Verification& operator=(const Verification&) = delete;

  // Once: runs begin, and the first that are scheduled are due in half a minute, or earlier if they are to come more often.
  void Start();
  // No further runs; that under way is broken off. Blocks until it has ended.
  void Stop();

  // As the Verification RPCs.
  absl::StatusOr<std::vector<v1::VerificationRun>> Run(const std::string& target, const std::string& asked_by);
  v1::ListVerificationsResponse List(const std::string& target, size_t limit) const;

 private:
  using Clock = std::chrono::steady_clock;

  void Loop();
  // With the lock held.
  bool AwaitWork(std::unique_lock<std::mutex>& lock);
  v1::VerificationRun Enqueue(const std::string& target, const std::string& asked_by);
  void Finish(v1::VerificationRun run);
  void Forget();

  void Note(const v1::VerificationRun& run);

  const Options options_;
  const std::set<std::string> targets_;
  const Work work_;
  StopSignal stop_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  Clock::time_point next_;
  std::map<std::string, v1::VerificationRun> runs_;  // by id, so by time
  std::deque<std::string> waiting_;
  std::map<std::string, std::string> current_;  // target -> its run that waits or is under way
  std::map<std::string, int64_t> last_passed_unix_ms_;
  std::thread thread_;
};

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_VERIFICATION_H_
