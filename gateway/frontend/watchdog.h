// One timer per session with a deadline that moves: arming it for the next step costs no system call.
//
// Single-threaded. The callback runs on the executor when the deadline passes unmoved, once per arming.
#ifndef POSTERN_GATEWAY_FRONTEND_WATCHDOG_H_
#define POSTERN_GATEWAY_FRONTEND_WATCHDOG_H_

#include <absl/functional/any_invocable.h>
#include <absl/time/time.h>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>
#include <memory>

namespace postern::frontend {

class Watchdog {
 public:
  explicit Watchdog(asio::any_io_executor executor);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Calls `bark` after `wait` unless armed again or calmed before. An infinite wait calms.
  void Arm(absl::Duration wait, absl::AnyInvocable<void()> bark);
  void Calm();

 private:
  // Outlives the watchdog while the timer's handler is under way.
  struct State;
  static void Sleep(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_WATCHDOG_H_
