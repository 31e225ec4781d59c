// Ctrl-C during a watch: runs a function once, on a thread of its own, in place of ending the process.
//
// One at a time in a process; the previous handler comes back at destruction.
#ifndef POSTERN_GATEWAY_CTL_INTERRUPTS_H_
#define POSTERN_GATEWAY_CTL_INTERRUPTS_H_

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace postern::ctl {

class Interrupts {
 public:
  explicit Interrupts(std::function<void()> on_interrupt);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  bool happened() const { return happened_; }

 private:
  // The handler writes to one end, the thread reads the other.
  int pipe_[2] = {-1, -1};
  struct sigaction before_{};
  std::atomic<bool> happened_{false};
  std::thread thread_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_INTERRUPTS_H_
