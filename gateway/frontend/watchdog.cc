#include "gateway/frontend/watchdog.h"

#include <chrono>
#include <utility>

namespace postern::frontend {

using Clock = std::chrono::steady_clock;

struct Watchdog::State {
  explicit State(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  Clock::time_point deadline = Clock::time_point::max();
  // When the pending wait of the timer will end; max while none is pending.
  Clock::time_point wakes = Clock::time_point::max();
  absl::AnyInvocable<void()> bark;
};

Watchdog::Watchdog(asio::any_io_executor executor) : state_(std::make_shared<State>(executor)) {}

Watchdog::~Watchdog() {
  Calm();
  state_->timer.cancel();
}

void Watchdog::Arm(absl::Duration wait, absl::AnyInvocable<void()> bark) {
  if (wait == absl::InfiniteDuration()) return Calm();
  state_->bark = std::move(bark);
  state_->deadline = Clock::now() + absl::ToChronoMilliseconds(wait);
  // A timer that wakes too early finds the deadline moved and sleeps on; only a nearer deadline must touch it.
  if (state_->wakes > state_->deadline) Sleep(state_);
}

void Watchdog::Calm() {
  state_->deadline = Clock::time_point::max();
  state_->bark = nullptr;
}

void Watchdog::Sleep(const std::shared_ptr<State>& state) {
  state->wakes = state->deadline;
  state->timer.expires_at(state->deadline);
  state->timer.async_wait([state](asio::error_code error) {
    if (error) return;
    state->wakes = Clock::time_point::max();
    if (state->deadline == Clock::time_point::max()) return;
    if (Clock::now() < state->deadline) return Sleep(state);
    state->deadline = Clock::time_point::max();
    auto bark = std::exchange(state->bark, nullptr);
    if (bark) bark();
  });
}

}  // namespace postern::frontend
