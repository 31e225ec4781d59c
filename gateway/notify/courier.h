// Delivers to one webhook, in order, on a thread of its own: nobody waits for it, and no other webhook does.
//
// What fails is tried again, with pauses that double, until it is too old; then it is a dead letter. What waits is bounded in
// number. Thread-safe.
#ifndef POSTERN_GATEWAY_NOTIFY_COURIER_H_
#define POSTERN_GATEWAY_NOTIFY_COURIER_H_

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "gateway/notify/dead_letters.h"
#include "gateway/notify/deliver.h"
#include "gateway/notify/notice.h"
#include "gateway/notify/options.h"

namespace postern::notify {

enum class Tried : uint8_t {
  kDelivered,
  kFailed,  // and will be tried again
  kDead,
};

struct CourierParts {
  Webhook webhook;
  // The console's address; may be empty.
  std::string console;
  // Outlives the courier.
  DeadLetters& dead_letters;
  // Told of each try, on the courier's thread.
  std::function<void(Tried)> tried;
  // How it is done; replaced in tests.
  std::function<absl::Status(const Endpoint&, const Delivery&, absl::Time)> deliver = Deliver;
  // The first pause, and the longest.
  absl::Duration pause = absl::Seconds(1);
  absl::Duration longest_pause = absl::Minutes(1);
};

class Courier {
 public:
  // The oldest beyond so many become dead letters.
  static constexpr size_t kMostWaiting = 1000;

  explicit Courier(CourierParts parts);
  // Tries once, for a few seconds, to deliver what waits; what is left is dead letters.
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  const Webhook& webhook() const { return parts_.webhook; }
  // Never blocks.
  void Offer(NoticePtr notice);
  // From now on pauses end, as in the destructor.
  void Stop();
  size_t waiting() const;

 private:
  void Run();
  NoticePtr Next();
  void Handle(const Notice& notice);
  bool Pause(absl::Time until);
  absl::Duration Backoff(int tries);
  bool MayTry();
  void Report(const absl::Status& status);
  void Bury(const Notice& notice, const std::string& body, int tries, const std::string& why);

  const CourierParts parts_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<NoticePtr> waiting_;
  bool busy_ = false;  // with one that is no longer among them
  bool stopping_ = false;
  absl::Time stop_by_;
  // Of the thread alone.
  bool failing_ = false;
  std::minstd_rand random_{std::random_device{}()};
  std::thread thread_;
};

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_COURIER_H_
