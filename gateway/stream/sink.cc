#include "gateway/stream/sink.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "common/files/append_file.h"
#include "gateway/notify/deliver.h"

namespace postern::stream {
namespace {

constexpr int kPatienceMs = 1000;

std::string Joined(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) absl::StrAppend(&text, line.text, "\n");
  return text;
}

class FileSink final : public Sink {
 public:
  explicit FileSink(std::string path) : path_(std::move(path)) {}
  absl::Status Write(const std::vector<Line>& lines) override { return files::AppendWhole(path_, Joined(lines)); }

 private:
  const std::string path_;
};

class DescriptorSink final : public Sink {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}

  absl::Status Write(const std::vector<Line>& lines) override {
    if (rest_.empty()) rest_ = Joined(lines);
    while (!rest_.empty()) {
      if (absl::Status written = WritePiece(); !written.ok()) return written;
    }
    return absl::OkStatus();
  }

 private:
  // A pipe that can be written to takes this much without blocking.
  absl::Status WritePiece() {
    pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, kPatienceMs) == 0) return absl::UnavailableError("nobody reads standard output");
    const ssize_t count = ::write(fd_, rest_.data(), std::min<size_t>(rest_.size(), PIPE_BUF));
    if (count < 0 && errno != EINTR && errno != EAGAIN) return absl::ErrnoToStatus(errno, "standard output");
    if (count > 0) rest_.erase(0, static_cast<size_t>(count));
    return absl::OkStatus();
  }

  const int fd_;
  // Of the lines that were begun.
  std::string rest_;
};

class WebhookSink final : public Sink {
 public:
  explicit WebhookSink(notify::Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  absl::Status Write(const std::vector<Line>& lines) override {
    const notify::Delivery delivery{.id = absl::StrCat("stream.", lines.front().number, "-", lines.back().number),
                                    .body = Joined(lines),
                                    .content_type = "application/x-ndjson"};
    return notify::Deliver(endpoint_, delivery, absl::Now());
  }

 private:
  const notify::Endpoint endpoint_;
};

struct Maker {
  std::unique_ptr<Sink> operator()(const ToFile& to) const { return std::make_unique<FileSink>(to.path); }
  std::unique_ptr<Sink> operator()(const ToStandardOutput&) const { return MakeDescriptorSink(STDOUT_FILENO); }
  std::unique_ptr<Sink> operator()(const ToSyslog& to) const { return MakeSyslogSink(to); }
  std::unique_ptr<Sink> operator()(const ToWebhook& to) const { return std::make_unique<WebhookSink>(to.endpoint); }
};

}  // namespace

std::unique_ptr<Sink> MakeSink(const Options& options) { return std::visit(Maker(), options); }

std::unique_ptr<Sink> MakeDescriptorSink(int fd) { return std::make_unique<DescriptorSink>(fd); }

}  // namespace postern::stream
