#include "gateway/recording/file_journal.h"

#include <absl/functional/function_ref.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <algorithm>
#include <future>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/files/folder_lock.h"
#include "common/observability/log.h"
#include "gateway/recording/file_system.h"
#include "gateway/recording/segment/format.h"
#include "gateway/recording/readable.h"
#include "gateway/recording/recover.h"
#include "gateway/recording/segment_log.h"

namespace postern::recording {
namespace {

absl::Status MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("make ", folder.string(), ": ", error.message()));
}

// With a time, and such that it can be read again whatever bytes an agent put into a name.
std::string Serialize(const v1::Record& record) {
  if (record.at_unix_us() != 0 && IsReadable(record)) return record.SerializeAsString();
  v1::Record complete = record;
  if (complete.at_unix_us() == 0) complete.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  MakeReadable(complete);
  return complete.SerializeAsString();
}

// What `begin` was told, once it was.
absl::Status WaitFor(absl::FunctionRef<void(Journal::Done)> begin) {
  // Shared: the journal's thread may still be inside set_value when the future here is ready.
  auto told = std::make_shared<std::promise<absl::Status>>();
  auto answer = told->get_future();
  begin([told](absl::Status status) { told->set_value(std::move(status)); });
  return answer.get();
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileJournal>> FileJournal::Open(JournalOptions options) {
  return Open(std::move(options), PosixFileSystem());
}

absl::StatusOr<std::unique_ptr<FileJournal>> FileJournal::Open(JournalOptions options,
                                                               std::unique_ptr<FileSystem> files) {
  if (auto status = MakeFolder(options.folder); !status.ok()) return status;
  auto lock = files::FolderLock::Take(options.folder);
  if (!lock.ok()) return lock.status();
  auto recovered = Recover(options.folder, *files);
  if (!recovered.ok()) return recovered.status();
  if (recovered->cut_bytes > 0) {
    log::Warning("an unfinished write was cut from the end of the journal", {{"segment", recovered->end.at.segment},
                                                                             {"offset", recovered->end.at.offset},
                                                                             {"cut_bytes", recovered->cut_bytes}});
  }
  auto segments = SegmentLog::Open(
      {.folder = options.folder,
       .segment_bytes = options.segment_bytes,
       .free_floor_bytes = options.free_floor_bytes},
      *recovered, options.checkpoints, std::move(files));
  if (!segments.ok()) return segments.status();
  const OpenReport report{
      .segments = std::max(recovered->segments, 1U), .end = (*segments)->end(), .cut_bytes = recovered->cut_bytes};
  return std::unique_ptr<FileJournal>(
      new FileJournal(std::move(options), report, *std::move(lock), *std::move(segments)));
}

FileJournal::FileJournal(JournalOptions options, OpenReport report, std::unique_ptr<files::FolderLock> lock,
                         std::unique_ptr<SegmentLog> log)
    : options_(std::move(options)),
      report_(report),
      lock_(std::move(lock)),
      log_(std::move(log)),
      durable_end_(report.end),
      thread_([this] { Run(); }) {}

FileJournal::~FileJournal() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void FileJournal::Append(const v1::Record& record, Done done) {
  Waiting waiting{.payload = Serialize(record), .makes_room = record.has_segment_retired(), .done = std::move(done)};
  if (const auto status = CheckRoom(waiting); !status.ok()) {
    SetHealth(status);
    waiting.done(status);
    return;
  }
  if (const auto status = Enqueue(waiting); !status.ok()) {
    waiting.done(status);
    return;
  }
  work_.notify_one();
}

absl::Status FileJournal::CheckRoom(const Waiting& waiting) const {
  if (options_.max_bytes == 0 || waiting.makes_room) return absl::OkStatus();
  uint64_t bytes = log_->bytes() + kFrameHeaderBytes + waiting.payload.size();
  {
    std::lock_guard lock(mutex_);
    bytes += queued_bytes_;
  }
  if (bytes <= options_.max_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the journal has reached its limit of ", options_.max_bytes >> 20,
                                                   " MiB, and its oldest segment is not old enough to be deleted"));
}

absl::Status FileJournal::Enqueue(Waiting& waiting) {
  const uint64_t bytes = waiting.payload.size();
  if (bytes > std::min(options_.max_record_bytes, kMaxPayloadBytes)) {
    return absl::InvalidArgumentError(absl::StrCat("a record of ", bytes, " bytes is too large for the journal"));
  }
  std::lock_guard lock(mutex_);
  if (stopping_) return absl::UnavailableError("the journal is closing");
  if (queued_bytes_ + bytes > options_.queue_bytes) {
    return absl::ResourceExhaustedError("too much is waiting to be written to the journal");
  }
  queued_bytes_ += bytes;
  queue_.push_back(std::move(waiting));
  return absl::OkStatus();
}

void FileJournal::Sign(Done done) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      signing_.push_back(std::move(done));
      done = nullptr;
    }
  }
  if (done) return done(absl::UnavailableError("the journal is closing"));
  work_.notify_one();
}

void FileJournal::Run() {
  std::vector<Waiting> batch;
  while (Wait(batch)) {
    if (!batch.empty()) WriteBatch(std::exchange(batch, {}));
    SignForThoseWhoAsked();
    if (log_->checkpoints().pending() && Checkpoints::Clock::now() >= log_->checkpoints().due()) (void)WriteCheckpoint();
  }
  SignForThoseWhoAsked();
  (void)WriteCheckpoint();
}

void FileJournal::SignForThoseWhoAsked() {
  std::vector<Done> asked;
  {
    std::lock_guard lock(mutex_);
    asked.swap(signing_);
  }
  if (asked.empty()) return;
  const absl::Status status = WriteCheckpoint();
  for (Done& done : asked) done(status);
}

// False: all is written and the journal closes. An empty batch: a checkpoint is due.
bool FileJournal::Wait(std::vector<Waiting>& batch) {
  std::unique_lock lock(mutex_);
  const auto has_work = [this] { return stopping_ || !queue_.empty() || !signing_.empty(); };
  if (log_->checkpoints().pending()) {
    work_.wait_until(lock, log_->checkpoints().due(), has_work);
  } else {
    work_.wait(lock, has_work);
  }
  batch.swap(queue_);
  return !batch.empty() || !stopping_;
}

void FileJournal::WriteBatch(std::vector<Waiting> batch) {
  std::vector<std::string_view> payloads;
  uint64_t bytes = 0;
  payloads.reserve(batch.size());
  for (const auto& waiting : batch) {
    payloads.push_back(waiting.payload);
    bytes += waiting.payload.size();
  }
  const auto written = log_->Write(payloads);
  Settle(written, bytes);
  for (auto& waiting : batch) waiting.done(written);
}

// OK when there is nothing that is not signed. A failure is told by Settle.
absl::Status FileJournal::WriteCheckpoint() {
  if (!log_->checkpoints().pending()) return absl::OkStatus();
  const absl::Status status = log_->WriteCheckpoint();
  Settle(status, 0);
  return status;
}

// Tells whoever asks how things stand now.
void FileJournal::Settle(const absl::Status& status, uint64_t written_bytes) {
  SetHealth(status);
  {
    std::lock_guard lock(mutex_);
    queued_bytes_ -= written_bytes;
    durable_end_ = log_->end();
  }
  if (!status.ok()) return;
  std::lock_guard lock(listener_mutex_);
  if (listener_) listener_();
}

void FileJournal::AddBytes(int64_t change) { log_->AddBytes(change); }

void FileJournal::SetHealth(const absl::Status& health) {
  absl::Status before;
  {
    std::lock_guard lock(mutex_);
    before = std::exchange(health_, health);
  }
  // Said when it changes, not once per refused statement.
  if (before.ok() && !health.ok()) {
    log::Error("the journal cannot be written: statements are refused", {{"error", health}});
  }
  if (!before.ok() && health.ok()) log::Info("the journal can be written again");
}

absl::Status FileJournal::Health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

Cursor FileJournal::durable_end() const {
  std::lock_guard lock(mutex_);
  return durable_end_;
}

void FileJournal::SetDurableListener(absl::AnyInvocable<void()> listener) {
  std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

absl::Status AppendAndWait(Journal& journal, const v1::Record& record) {
  return WaitFor([&](Journal::Done done) { journal.Append(record, std::move(done)); });
}

absl::Status SignAndWait(FileJournal& journal) {
  return WaitFor([&](Journal::Done done) { journal.Sign(std::move(done)); });
}

}  // namespace postern::recording
