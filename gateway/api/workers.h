// Threads for calls that block on disk or think long, so that gRPC's own threads never do.
//
// A bounded queue: what does not fit is refused, not stored. Thread-safe. Destruction runs what is queued, then ends.
#ifndef POSTERN_GATEWAY_API_WORKERS_H_
#define POSTERN_GATEWAY_API_WORKERS_H_

#include <absl/functional/any_invocable.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace postern::api {

class Workers {
 public:
  using Task = absl::AnyInvocable<void()>;

  // REQUIRES: threads > 0.
  Workers(size_t threads, size_t queue);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Moves from `task` and returns true, or leaves it alone and returns false when the queue is full.
  [[nodiscard]] bool Post(Task& task);

 private:
  void Run();

  const size_t limit_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_WORKERS_H_
