#include "gateway/recording/witness.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/http/client.h"
#include "common/observability/log.h"

namespace postern::recording {
namespace {

constexpr size_t kMostWaiting = 1000;

absl::Status Failed(const std::filesystem::path& file) {
  return absl::ErrnoToStatus(errno, absl::StrCat("append to ", file.string()));
}

// All of it or nothing: half a line would look like tampering.
absl::Status AppendWhole(int fd, const std::string& text, const std::filesystem::path& file) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return Failed(file);
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(fd, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const absl::Status failed = Failed(file);
      (void)!::ftruncate(fd, facts.st_size);
      return failed;
    }
    written += static_cast<size_t>(count);
  }
  return ::fdatasync(fd) == 0 ? absl::OkStatus() : Failed(file);
}

}  // namespace

Witness::Witness(std::string name, Deliver deliver, std::chrono::milliseconds retry)
    : name_(std::move(name)), deliver_(std::move(deliver)), retry_(retry), thread_([this] { Run(); }) {}

Witness::~Witness() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Witness::Offer(const Checkpoint& checkpoint) {
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() == kMostWaiting) waiting_.pop_front();
    waiting_.push_back(ToWitnessLine(checkpoint));
  }
  changed_.notify_one();
}

void Witness::Run() {
  std::string line;
  while (Wait(line)) {
    absl::Status delivered = deliver_(line);
    Report(delivered);
    std::unique_lock lock(mutex_);
    if (delivered.ok()) {
      if (!waiting_.empty() && waiting_.front() == line) waiting_.pop_front();
      continue;
    }
    if (stopping_) return;
    changed_.wait_for(lock, retry_, [this] { return stopping_; });
  }
}

// False: nothing waits any more and it ends.
bool Witness::Wait(std::string& line) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (waiting_.empty()) return false;
  line = waiting_.front();
  return true;
}

void Witness::Report(const absl::Status& status) {
  const bool failed_before = std::exchange(failing_, !status.ok());
  if (failing_ && !failed_before) {
    log::Error("the journal's witness cannot be told: checkpoints wait", {{"witness", name_}, {"error", status}});
  }
  if (!failing_ && failed_before) log::Info("the journal's witness is told again", {{"witness", name_}});
}

Witness::Deliver ToFile(std::filesystem::path file) {
  return [file = std::move(file)](const std::string& line) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return Failed(file);
    absl::Status written = AppendWhole(fd, line + "\n", file);
    ::close(fd);
    return written;
  };
}

Witness::Deliver ToUrl(std::string url, std::string ca_file) {
  return [url = std::move(url), ca_file = std::move(ca_file)](const std::string& line) {
    http::Request request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = line;
    request.ca_file = ca_file;
    const auto response = http::Send(request);
    if (!response.ok()) return response.status();
    if (response->status / 100 == 2) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("it answered with status ", response->status));
  };
}

}  // namespace postern::recording
