// Follows the journal on the disk and hands its records, as lines of JSON, to whoever collects them.
//
// On a thread of its own, with its own place in the journal, which is kept in a file: the journal never waits for it, and after a
// restart it goes on where it was. What is delivered may come again, with the same number; nothing is left out but what
// retention deleted meanwhile, and then a line says so. Thread-safe.
#ifndef POSTERN_GATEWAY_STREAM_JOURNAL_STREAM_H_
#define POSTERN_GATEWAY_STREAM_JOURNAL_STREAM_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gateway/recording/reader.h"
#include "gateway/stream/progress.h"
#include "gateway/stream/sink.h"

namespace postern::stream {

struct StreamParts {
  std::filesystem::path journal;
  // How far the journal is durable; asked on the stream's thread.
  std::function<recording::Cursor()> durable_end;
  // Where it keeps how far it has come.
  std::filesystem::path progress;
  std::unique_ptr<Sink> sink;
  // Between two looks at the journal, and the longest pause after a failure.
  absl::Duration look = absl::Milliseconds(250);
  absl::Duration longest_pause = absl::Seconds(30);
};

struct StreamState {
  uint64_t records = 0;   // delivered, in this life
  uint64_t failures = 0;  // of the receiver, or in reading
  uint64_t gaps = 0;
  absl::Duration lag;     // since all that was durable was delivered
};

class JournalStream {
 public:
  // FAILED_PRECONDITION when the progress file cannot be understood.
  static absl::StatusOr<std::unique_ptr<JournalStream>> Start(StreamParts parts);
  // Delivers what is there, for a few seconds and as long as that goes well.
  ~JournalStream();
  JournalStream(const JournalStream&) = delete;
  JournalStream& operator=(const JournalStream&) = delete;

  StreamState state() const;

 private:
  JournalStream(StreamParts parts, std::optional<Progress> progress);
  void Run();
  absl::StatusOr<bool> Step();
  absl::Status Fill();
  absl::Status Open();
  absl::Status OpenBehindGap(const std::string& why);
  absl::Status Read();
  absl::Status Save(absl::Time now);
  void Report(const absl::Status& status);
  bool IsOverdue() const;
  bool Pause(absl::Duration pause);

  const StreamParts parts_;
  // These are the thread's alone.
  std::optional<Progress> progress_;  // of what was delivered; none: nothing ever was
  absl::Time saved_at_ = absl::InfinitePast();
  bool unsaved_ = false;
  std::optional<recording::Reader> reader_;
  absl::Time opened_at_;
  bool fits_ = false;  // the journal was seen to go on where the progress file says
  std::vector<Line> batch_;
  Progress behind_batch_;

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  absl::Time stop_by_;
  bool failing_ = false;
  StreamState state_;
  absl::Time caught_up_at_;
  std::thread thread_;
};

}  // namespace postern::stream

#endif  // POSTERN_GATEWAY_STREAM_JOURNAL_STREAM_H_
