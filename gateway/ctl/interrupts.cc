#include "gateway/ctl/interrupts.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace postern::ctl {
namespace {

constexpr char kInterrupt = 'i';
constexpr char kEnd = 'e';

// A signal handler can reach nothing else.
std::atomic<int> write_end{-1};

void Tell(char what) {
  const int fd = write_end;
  while (fd >= 0 && write(fd, &what, 1) < 0 && errno == EINTR) {
  }
}

void OnSignal(int) {
  const int saved = errno;
  Tell(kInterrupt);
  errno = saved;
}

}  // namespace

Interrupts::Interrupts(std::function<void()> on_interrupt) {
  if (pipe2(pipe_, O_CLOEXEC) != 0) return;
  write_end = pipe_[1];
  thread_ = std::thread([this, on_interrupt = std::move(on_interrupt)] {
    char what = kEnd;
    while (read(pipe_[0], &what, 1) < 0 && errno == EINTR) {
    }
    if (what != kInterrupt) return;
    happened_ = true;
    on_interrupt();
  });
  struct sigaction action{};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, &before_);
}

Interrupts::~Interrupts() {
  if (!thread_.joinable()) return;
  sigaction(SIGINT, &before_, nullptr);
  Tell(kEnd);
  thread_.join();
  write_end = -1;
  close(pipe_[0]);
  close(pipe_[1]);
}

}  // namespace postern::ctl
