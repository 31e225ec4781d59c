#include "gateway/recording/witness.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "common/files/append_file.h"
#include "common/http/client.h"
#include "common/observability/log.h"

namespace postern::recording {
namespace {

constexpr size_t kMostWaiting = 1000;

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
    // Half a line would look like tampering: all of it or nothing.
    return files::AppendWhole(file, line + "\n");
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
