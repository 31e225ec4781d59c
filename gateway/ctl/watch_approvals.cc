#include "gateway/ctl/watch_approvals.h"

#include <absl/time/clock.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>
#include <utility>

#include "gateway/ctl/approval_board.h"
#include "gateway/ctl/interrupts.h"
#include "gateway/ctl/json.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/show_approval.h"
#include "proto/postern/v1/approval.grpc.pb.h"

namespace postern::ctl {
namespace {

constexpr char kClearLine[] = "\r\x1b[K";
constexpr size_t kUsualColumns = 80;

// Keys come one by one and are not shown; Ctrl-C still interrupts. As it was when this goes.
class RawKeys {
 public:
  RawKeys() {
    tcgetattr(STDIN_FILENO, &before_);
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~RawKeys() { tcsetattr(STDIN_FILENO, TCSANOW, &before_); }
  RawKeys(const RawKeys&) = delete;
  RawKeys& operator=(const RawKeys&) = delete;

 private:
  termios before_{};
};

// The stream's thread puts, the terminal's takes; a pipe wakes poll. Its write end closes with the stream.
class Heard {
 public:
  Heard() {
    if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) pipe_[0] = pipe_[1] = -1;
  }
  ~Heard() {
    Close();
    if (pipe_[0] >= 0) close(pipe_[0]);
  }
  void Put(v1::Approval approval) {
    {
      std::lock_guard lock(mutex_);
      changes_.push_back(std::move(approval));
    }
    const char wake = 'w';
    [[maybe_unused]] const ssize_t written = write(pipe_[1], &wake, 1);  // full: it wakes anyway
  }
  void Close() {
    if (const int end = std::exchange(pipe_[1], -1); end >= 0) close(end);
  }
  std::deque<v1::Approval> Take() {
    std::lock_guard lock(mutex_);
    return std::exchange(changes_, {});
  }
  int fd() const { return pipe_[0]; }
  // False: the stream has ended.
  bool Drain() const {
    char bytes[64];
    ssize_t got = 0;
    while ((got = read(pipe_[0], bytes, sizeof bytes)) > 0) {
    }
    return got != 0;
  }

 private:
  int pipe_[2] = {-1, -1};
  std::mutex mutex_;
  std::deque<v1::Approval> changes_;
};

size_t Columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualColumns;
}

class Terminal {
 public:
  Terminal(Invocation& invocation, const Client& client) : out_(invocation.out()), client_(client) {}

  // Until the stream ends or somebody leaves.
  void Run(Heard& heard) {
    const RawKeys keys;
    for (bool goes_on = true; goes_on;) {
      out_ << kClearLine << board_.Prompt(Columns() - 1) << std::flush;
      pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {heard.fd(), POLLIN, 0}};
      if (poll(waiting, 2, -1) < 0) continue;
      if (waiting[1].revents != 0) {
        goes_on = heard.Drain();
        for (const v1::Approval& change : heard.Take()) OnChange(change);
      }
      char key = 0;
      if (goes_on && waiting[0].revents != 0) goes_on = read(STDIN_FILENO, &key, 1) == 1 && OnKey(key);
    }
    out_ << kClearLine << std::flush;
  }

 private:
  void OnChange(const v1::Approval& change) {
    board_.Take(change);
    out_ << kClearLine;
    AnnounceApproval(change, absl::Now(), out_);
  }

  bool OnKey(char key) {
    switch (board_.OnKey(key)) {
      case ApprovalBoard::Wish::kNothing:
        return true;
      case ApprovalBoard::Wish::kShow:
        Show(board_.chosen()->id());
        return true;
      case ApprovalBoard::Wish::kDecide:
        Decide(board_.TakeDecision());
        return true;
      case ApprovalBoard::Wish::kQuit:
        return false;
    }
    return false;
  }

  void Show(const std::string& id) {
    v1::GetApprovalRequest request;
    request.set_id(id);
    v1::Approval approval;
    const grpc::Status called = v1::Approvals::NewStub(client_.channel())->Get(client_.Call().get(), request, &approval);
    out_ << kClearLine;
    if (called.ok()) ShowApproval(approval, absl::Now(), out_);
    Tell(called);
  }

  void Decide(const ApprovalBoard::Decision& decision) {
    v1::DecideApprovalRequest request;
    request.set_id(decision.id);
    request.set_reason(decision.reason);
    v1::Approval approval;
    const auto stub = v1::Approvals::NewStub(client_.channel());
    const auto context = client_.Call();
    Tell(decision.approve ? stub->Approve(context.get(), request, &approval) : stub->Deny(context.get(), request, &approval));
  }

  // What worked shows by the change that follows.
  void Tell(const grpc::Status& called) {
    if (!called.ok()) out_ << kClearLine << "posternctl: " << OneLine(called.error_message()) << '\n';
  }

  std::ostream& out_;
  const Client& client_;
  ApprovalBoard board_;
};

}  // namespace

ExitCode WatchApprovals(Invocation& invocation, const Client& client) {
  const std::unique_ptr<grpc::ClientContext> context = client.Stream();
  Interrupts interrupts([&context] { context->TryCancel(); });
  const auto stub = v1::Approvals::NewStub(client.channel());
  const auto stream = stub->Watch(context.get(), v1::WatchApprovalsRequest());
  v1::Approval approval;
  while (invocation.out().good() && stream->Read(&approval)) {
    if (invocation.json()) {
      invocation.out() << Line(ToJson(approval)) << std::endl;
    } else {
      AnnounceApproval(approval, absl::Now(), invocation.out());
    }
  }
  if (!invocation.out().good()) context->TryCancel();
  const grpc::Status ended = stream->Finish();
  if (interrupts.happened()) return kInterrupted;
  return ended.ok() ? kOk : invocation.Fail(ended, client);
}

bool AtTerminal() { return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1; }

ExitCode WatchAtTerminal(Invocation& invocation, const Client& client) {
  const std::unique_ptr<grpc::ClientContext> context = client.Stream();
  Interrupts interrupts([&context] { context->TryCancel(); });
  const auto stub = v1::Approvals::NewStub(client.channel());
  const auto stream = stub->Watch(context.get(), v1::WatchApprovalsRequest());
  Heard heard;
  std::thread listening([&] {
    for (v1::Approval approval; stream->Read(&approval);) heard.Put(approval);
    heard.Close();
  });
  Terminal(invocation, client).Run(heard);
  context->TryCancel();
  listening.join();
  const grpc::Status ended = stream->Finish();
  if (interrupts.happened()) return kInterrupted;
  const bool left = ended.ok() || ended.error_code() == grpc::StatusCode::CANCELLED;
  return left ? kOk : invocation.Fail(ended, client);
}

}  // namespace postern::ctl
