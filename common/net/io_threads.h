// A fixed set of threads, each running its own io_context.
//
// A session lives on one of them for its whole life, so its state needs no lock and no strand; other threads reach it by
// posting to its executor. Stop() (or destruction) ends the threads; work not yet run is dropped.
#ifndef POSTERN_COMMON_NET_IO_THREADS_H_
#define POSTERN_COMMON_NET_IO_THREADS_H_

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace postern::net {

class IoThreads {
 public:
  // REQUIRES: count > 0.
  explicit IoThreads(size_t count);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  // The next thread's context, round robin. Thread-safe.
  asio::io_context& Next();

  // Ends every thread and waits for it. Idempotent; never call it from one of the threads.
  void Stop();

 private:
  struct Worker {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::thread thread;
  };

  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<size_t> next_{0};
};

}  // namespace postern::net

#endif  // POSTERN_COMMON_NET_IO_THREADS_H_
