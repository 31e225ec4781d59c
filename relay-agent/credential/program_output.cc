#include "relay-agent/credential/program_output.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace postern::relay {
namespace {

constexpr size_t kMaxPasswordBytes = 16 * 1024;
constexpr int kFirstForeignFd = 3;

// What posix_spawn wants: pointers into texts that outlive the call.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentOf(const std::vector<std::string>& names) {
  std::vector<std::string> environment;
  const auto add = [&](const std::string& name) {
    if (const char* value = std::getenv(name.c_str())) environment.push_back(absl::StrCat(name, "=", value));
  };
  add("PATH");
  for (const std::string& name : names) add(name);
  return environment;
}

// A program that was started; killed with all its children if it is still there when this is dropped.
class Child {
 public:
  Child(pid_t pid, int out) : pid_(pid), out_(out) {}
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), out_(std::exchange(other.out_, -1)) {}
  ~Child() {
    if (pid_ >= 0) End();
  }

  int out() const { return out_; }
  // REQUIRES: it closed its output, so that it ends soon. Whatever it started itself is killed.
  absl::StatusOr<int> ExitStatusBy(absl::Time deadline) {
    for (;;) {
      siginfo_t ended{};
      if (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
        return absl::InternalError(std::strerror(errno));
      }
      if (ended.si_pid == pid_) return End();
      if (absl::Now() >= deadline) return absl::DeadlineExceededError("it takes too long");
      absl::SleepFor(absl::Milliseconds(2));
    }
  }

 private:
  // The group first: until the child is waited for, its number is nobody else's.
  int End() {
    kill(-pid_, SIGKILL);
    close(out_);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  pid_t pid_;
  int out_;
};

absl::StatusOr<Child> Start(const std::string& program, std::vector<std::string> arguments, std::vector<std::string> environment) {
  std::array<int, 2> pipe_ends;
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return absl::FailedPreconditionError(std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, kFirstForeignFd);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  arguments.insert(arguments.begin(), program);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, program.c_str(), &actions, &attributes, Pointers(arguments).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  if (failed == 0) return Child(pid, pipe_ends[0]);
  close(pipe_ends[0]);
  return absl::FailedPreconditionError(std::strerror(failed));
}

// Reads until the end of what is printed; `size` says how much there is.
absl::Status ReadAll(int fd, std::array<char, kMaxPasswordBytes + 1>& buffer, size_t& size, absl::Time deadline) {
  for (;;) {
    const int64_t left_ms = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left_ms <= 0) return absl::DeadlineExceededError("it takes too long");
    pollfd readable{fd, POLLIN, 0};
    const int ready = poll(&readable, 1, static_cast<int>(std::min<int64_t>(left_ms, 60'000)));
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = ready < 0 ? -1 : read(fd, buffer.data() + size, buffer.size() - size);
    if (got < 0) return absl::FailedPreconditionError(std::strerror(errno));
    if (got == 0) return absl::OkStatus();
    size += static_cast<size_t>(got);
    if (size > kMaxPasswordBytes) return absl::FailedPreconditionError("it prints too much for a password");
  }
}

absl::StatusOr<mysql::Secret> OutputOf(Child child, absl::Time deadline) {
  std::array<char, kMaxPasswordBytes + 1> buffer;
  size_t size = 0;
  absl::Status read = ReadAll(child.out(), buffer, size, deadline);
  absl::StatusOr<int> status(read);
  if (read.ok()) status = child.ExitStatusBy(deadline);
  std::string_view text(buffer.data(), size);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  absl::StatusOr<mysql::Secret> password(absl::FailedPreconditionError("it prints nothing"));
  if (!status.ok()) {
    password = status.status();
  } else if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) {
    password = absl::FailedPreconditionError(WIFEXITED(*status) ? absl::StrCat("it exits with ", WEXITSTATUS(*status))
                                                                : absl::StrCat("it ends by signal ", WTERMSIG(*status)));
  } else if (!text.empty()) {
    password = mysql::Secret(text);
  }
  OPENSSL_cleanse(buffer.data(), size);
  return password;
}

}  // namespace

absl::StatusOr<Credential> ProgramOutput::Fetch(absl::Time deadline) {
  deadline = std::min(deadline, absl::Now() + options_.timeout);
  const auto failed = [this](const absl::Status& why) {
    return absl::Status(why.code(), absl::StrCat("program ", options_.program, ": ", why.message()));
  };
  absl::StatusOr<Child> child = Start(options_.program, options_.arguments, EnvironmentOf(options_.environment));
  if (!child.ok()) return failed(child.status());
  absl::StatusOr<mysql::Secret> password = OutputOf(*std::move(child), deadline);
  if (!password.ok()) return failed(password.status());
  return Credential{options_.user, *std::move(password), std::nullopt};
}

}  // namespace postern::relay
