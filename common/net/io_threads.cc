#include "common/net/io_threads.h"

namespace postern::net {

IoThreads::IoThreads(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    Worker* worker = workers_.back().get();
    worker->thread = std::thread([worker] { worker->context.run(); });
  }
}

IoThreads::~IoThreads() { Stop(); }

asio::io_context& IoThreads::Next() {
  return workers_[next_.fetch_add(1, std::memory_order_relaxed) % workers_.size()]->context;
}

void IoThreads::Stop() {
  for (auto& worker : workers_) worker->context.stop();
  for (auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

}  // namespace postern::net
