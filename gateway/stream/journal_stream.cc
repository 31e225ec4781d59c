#include "gateway/stream/journal_stream.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/observability/log.h"

namespace postern::stream {
namespace {

// What is delivered at once.
constexpr size_t kMostLines = 500;
constexpr size_t kMostBytes = 1 << 20;
// What may come again after a crash.
constexpr absl::Duration kSaveEvery = absl::Seconds(1);
constexpr absl::Duration kFarewell = absl::Seconds(5);
constexpr absl::Duration kFirstPause = absl::Milliseconds(500);

}  // namespace

absl::StatusOr<std::unique_ptr<JournalStream>> JournalStream::Start(StreamParts parts) {
  auto progress = LoadProgress(parts.progress);
  if (!progress.ok()) return progress.status();
  return std::unique_ptr<JournalStream>(new JournalStream(std::move(parts), *progress));
}

JournalStream::JournalStream(StreamParts parts, std::optional<Progress> progress)
    : parts_(std::move(parts)), progress_(progress), caught_up_at_(absl::Now()), thread_([this] { Run(); }) {}

JournalStream::~JournalStream() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    stop_by_ = absl::Now() + kFarewell;
  }
  stopped_.notify_one();
  thread_.join();
}

StreamState JournalStream::state() const {
  std::lock_guard lock(mutex_);
  StreamState state = state_;
  state.lag = std::max(absl::ZeroDuration(), absl::Now() - caught_up_at_);
  return state;
}

// After it was told to stop it goes round once more.
void JournalStream::Run() {
  absl::Duration pause = kFirstPause;
  bool last = false;
  while (true) {
    const absl::StatusOr<bool> more = Step();
    Report(more.status());
    if (more.ok()) pause = kFirstPause;
    if (more.ok() && *more && !IsOverdue()) continue;
    if (last) break;
    last = !Pause(more.ok() ? parts_.look : pause);
    if (!more.ok()) pause = std::min(parts_.longest_pause, pause * 2);
  }
  if (absl::Status saved = Save(absl::InfiniteFuture()); !saved.ok()) Report(saved);
}

bool JournalStream::IsOverdue() const {
  std::lock_guard lock(mutex_);
  return stopping_ && absl::Now() > stop_by_;
}

// False: it is to stop.
bool JournalStream::Pause(absl::Duration pause) {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, absl::ToChronoNanoseconds(pause), [this] { return stopping_; });
}

void JournalStream::Report(const absl::Status& status) {
  bool failed_before = false;
  {
    std::lock_guard lock(mutex_);
    failed_before = std::exchange(failing_, !status.ok());
    if (!status.ok()) ++state_.failures;
  }
  if (!status.ok() && !failed_before) log::Error("the journal's stream does not get through; records wait on the disk", {{"error", status}});
  if (status.ok() && failed_before) log::Info("the journal's stream gets through again");
}

// Delivers some records. False: there are no more for now.
absl::StatusOr<bool> JournalStream::Step() {
  if (batch_.empty()) {
    if (absl::Status filled = Fill(); !filled.ok()) return filled;
  }
  if (batch_.empty()) {
    if (absl::Status saved = Save(absl::Now()); !saved.ok()) return saved;
    return false;
  }
  if (absl::Status written = parts_.sink->Write(batch_); !written.ok()) return written;
  {
    std::lock_guard lock(mutex_);
    state_.records += batch_.size();
  }
  batch_.clear();
  progress_ = behind_batch_;
  unsaved_ = true;
  if (absl::Status saved = Save(absl::Now()); !saved.ok()) return saved;
  return true;
}

absl::Status JournalStream::Save(absl::Time now) {
  if (!unsaved_ || now - saved_at_ < kSaveEvery) return absl::OkStatus();
  if (absl::Status saved = SaveProgress(parts_.progress, *progress_); !saved.ok()) return saved;
  unsaved_ = false;
  saved_at_ = now;
  return absl::OkStatus();
}

absl::Status JournalStream::Fill() {
  if (!reader_) {
    if (absl::Status opened = Open(); !opened.ok()) return opened;
  }
  absl::Status read = Read();
  // Damage where this journal was never read: the progress is that of another one.
  if (absl::IsDataLoss(read) && batch_.empty() && progress_ && !fits_) {
    reader_.reset();
    return OpenBehindGap("the journal is not the one that was streamed before");
  }
  if (!read.ok()) reader_.reset();
  // What stands before damage is delivered all the same.
  return batch_.empty() ? read : absl::OkStatus();
}

absl::Status JournalStream::Open() {
  opened_at_ = absl::Now();
  const recording::Cursor end = parts_.durable_end();
  if (!progress_) {
    auto reader = recording::Reader::Open(parts_.journal, {.start = {}, .end = end.at});
    if (!reader.ok()) return reader.status();
    reader_ = *std::move(reader);
    behind_batch_ = {.cursor = reader_->cursor(), .number = 1};
    return absl::OkStatus();
  }
  behind_batch_ = *progress_;
  const recording::Cursor& here = progress_->cursor;
  if (here.at > end.at || (here.at == end.at && here.chain != end.chain)) {
    return OpenBehindGap("the journal is not the one that was streamed before");
  }
  auto reader = recording::Reader::Open(parts_.journal, {.start = here, .end = end.at});
  if (absl::IsNotFound(reader.status())) return OpenBehindGap("the records between were deleted before they were streamed");
  if (!reader.ok()) return reader.status();
  reader_ = *std::move(reader);
  return absl::OkStatus();
}

// At the oldest record that is left. Where that follows on what was delivered, nothing is missing.
absl::Status JournalStream::OpenBehindGap(const std::string& why) {
  auto reader = recording::Reader::Open(parts_.journal, {.start = {}, .end = parts_.durable_end().at});
  if (!reader.ok()) return reader.status();
  reader_ = *std::move(reader);
  const recording::Cursor from = std::exchange(behind_batch_.cursor, reader_->cursor());
  fits_ = true;
  if (from.chain == behind_batch_.cursor.chain) return absl::OkStatus();
  batch_.push_back(GapLine(behind_batch_.number++, from.at, behind_batch_.cursor.at, why, absl::Now()));
  log::Error("records of the journal were not streamed", {{"why", why}, {"from_segment", from.at.segment}, {"to_segment", behind_batch_.cursor.at.segment}});
  std::lock_guard lock(mutex_);
  ++state_.gaps;
  return absl::OkStatus();
}

absl::Status JournalStream::Read() {
  size_t bytes = 0;
  while (batch_.size() < kMostLines && bytes < kMostBytes) {
    auto record = reader_->Next();
    if (!record.ok()) return record.status();
    if (!*record) {
      reader_.reset();
      if (!batch_.empty()) break;
      std::lock_guard lock(mutex_);
      caught_up_at_ = opened_at_;
      break;
    }
    fits_ = true;
    batch_.push_back(RecordLine(behind_batch_.number, reader_->record_at(), **record));
    behind_batch_ = {.cursor = reader_->cursor(), .number = behind_batch_.number + 1};
    bytes += batch_.back().text.size();
  }
  return absl::OkStatus();
}

}  // namespace postern::stream
