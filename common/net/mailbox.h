// A queue between threads with one coroutine at its end.
//
// Any thread may Put; one coroutine at a time may await Take, on the executor given at construction. Values put before
// anyone waits are kept in order. The queue itself is unbounded: whoever puts decides how much may be under way.
#ifndef POSTERN_COMMON_NET_MAILBOX_H_
#define POSTERN_COMMON_NET_MAILBOX_H_

#include <absl/functional/any_invocable.h>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <cassert>
#include <deque>
#include <mutex>
#include <utility>

namespace postern::net {

template <class T>
class Mailbox {
 public:
  explicit Mailbox(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Thread-safe. The taker resumes on its executor, never inside Put, and may then destroy the mailbox.
  void Put(T value) {
    absl::AnyInvocable<void(T)> taker;
    // A copy: once posted, the taker may run and destroy this mailbox before post() returns.
    const asio::any_io_executor executor = executor_;
    {
      std::lock_guard lock(mutex_);
      if (!taker_) {
        values_.push_back(std::move(value));
        return;
      }
      taker = std::exchange(taker_, nullptr);
    }
    asio::post(executor, [taker = std::move(taker), value = std::move(value)]() mutable { taker(std::move(value)); });
  }

  // REQUIRES: called on the executor; no other Take under way.
  asio::awaitable<T> Take() {
    {
      std::unique_lock lock(mutex_);
      if (!values_.empty()) {
        T value = std::move(values_.front());
        values_.pop_front();
        lock.unlock();
        co_return value;
      }
    }
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(T)>(
        [this](auto handler) {
          std::unique_lock lock(mutex_);
          // A second taker would replace the first, which would then wait for ever.
          assert(!taker_);
          if (values_.empty()) {
            taker_ = std::move(handler);
            return;
          }
          T value = std::move(values_.front());
          values_.pop_front();
          lock.unlock();
          asio::post(executor_, [handler = std::move(handler), value = std::move(value)]() mutable {
            handler(std::move(value));
          });
        },
        asio::use_awaitable);
  }

  // Whether a Take would return at once. Thread-safe.
  bool HasMail() const {
    std::lock_guard lock(mutex_);
    return !values_.empty();
  }

 private:
  const asio::any_io_executor executor_;
  mutable std::mutex mutex_;
  std::deque<T> values_;
  absl::AnyInvocable<void(T)> taker_;
};

}  // namespace postern::net

#endif  // POSTERN_COMMON_NET_MAILBOX_H_
