#include "gateway/recording/session_index.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "common/observability/log.h"
#include "gateway/recording/reader.h"
#include "gateway/recording/session_tables.h"

namespace postern::recording {
namespace {

// Under load one transaction for many batches, unless somebody waits to read.
constexpr std::chrono::milliseconds kGather{200};
constexpr std::chrono::seconds kRetry{1};

// What one transaction takes, so that readers see progress and the WAL stays small.
constexpr int kRecordsAtOnce = 2000;
constexpr uint64_t kBytesAtOnce = 8 << 20;

constexpr std::string_view kDoesNotFit = "the session index does not fit the journal and is built anew";

void RemoveDatabase(const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(file.string() + suffix, ignored);
  }
}

// Tells damage of the index, which is built anew, from damage of the journal, which is not.
absl::Status DamageOfIndex(const absl::Status& status) {
  return absl::IsDataLoss(status) ? absl::AbortedError(status.message()) : status;
}

bool IsUnusable(const absl::Status& status) { return absl::IsDataLoss(status) || absl::IsFailedPrecondition(status); }

// Opens the tables, anew when they cannot be read or end where this journal cannot.
absl::StatusOr<std::unique_ptr<SessionTables>> OpenFitting(const std::filesystem::path& file, const Cursor& end) {
  auto tables = SessionTables::Open(file);
  if (tables.ok()) {
    auto progress = (*tables)->progress();
    if (progress.ok()) {
      const bool fits =
          !*progress || (*progress)->at < end.at || ((*progress)->at == end.at && (*progress)->chain == end.chain);
      if (fits) return tables;
    }
  } else if (!IsUnusable(tables.status())) {
    return tables;
  }
  log::Warning(kDoesNotFit, {{"file", file.string()}});
  tables = absl::CancelledError();
  RemoveDatabase(file);
  return SessionTables::Open(file);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SessionIndex>> SessionIndex::Open(SessionIndexOptions options, FileJournal* journal) {
  auto tables = OpenFitting(options.database, journal->report().end);
  if (!tables.ok()) return tables.status();
  return std::unique_ptr<SessionIndex>(new SessionIndex(std::move(options), journal, *std::move(tables)));
}

SessionIndex::SessionIndex(SessionIndexOptions options, FileJournal* journal, std::unique_ptr<SessionTables> writer)
    : options_(std::move(options)), journal_(journal), writer_(std::move(writer)), thread_([this] { Run(); }) {
  journal_->SetDurableListener([this] {
    {
      std::lock_guard lock(mutex_);
      woken_ = true;
    }
    work_.notify_one();
  });
}

SessionIndex::~SessionIndex() {
  journal_->SetDurableListener(nullptr);
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  advanced_.notify_all();
  thread_.join();
}

bool SessionIndex::stopping() {
  std::lock_guard lock(mutex_);
  return stopping_;
}

bool SessionIndex::WaitForWork() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [this] { return stopping_ || woken_; });
  work_.wait_for(lock, kGather, [this] { return stopping_ || waiting_readers_ > 0; });
  woken_ = false;
  return !stopping_;
}

void SessionIndex::Run() {
  while (WaitForWork()) {
    const auto status = CatchUp(journal_->durable_end().at);
    Report(status);
    if (status.ok()) continue;
    std::unique_lock lock(mutex_);
    work_.wait_for(lock, kRetry, [this] { return stopping_; });
    woken_ = true;
  }
}

void SessionIndex::Report(const absl::Status& status) {
  absl::Status before;
  {
    std::lock_guard lock(mutex_);
    before = std::exchange(trouble_, status);
  }
  advanced_.notify_all();
  if (before.ok() && !status.ok()) log::Error("the session index cannot follow the journal", {{"error", status}});
  if (!before.ok() && status.ok()) log::Info("the session index follows the journal again");
}

absl::Status SessionIndex::CatchUp(Position end) {
  auto progress = writer_->progress();
  if (!progress.ok()) return absl::IsDataLoss(progress.status()) ? Rebuild() : progress.status();
  auto reader = Reader::Open(journal_->folder(), {.start = *progress, .end = end});
  absl::StatusOr<bool> more = reader.ok() ? absl::StatusOr<bool>(true) : reader.status();
  while (more.ok() && *more && !stopping()) more = IndexSome(*reader);
  if (more.ok()) return absl::OkStatus();
  // Damage before anything of this journal was read: most likely the index is that of another one.
  const bool lost = absl::IsDataLoss(more.status()) || absl::IsNotFound(more.status());
  if (lost && *progress && !fits_journal_) return Rebuild();
  if (absl::IsAborted(more.status())) return Rebuild();
  return more.status();
}

absl::StatusOr<bool> SessionIndex::IndexSome(Reader& reader) {
  auto transaction = writer_->Begin();
  if (!transaction.ok()) return transaction.status();
  absl::Status damage;
  bool more = true;
  uint64_t bytes = 0;
  for (int i = 0; i < kRecordsAtOnce && bytes < kBytesAtOnce; ++i) {
    auto record = reader.Next();
    // What stands before damage is indexed all the same.
    damage = record.status();
    more = record.ok() && record->has_value();
    if (!more) break;
    fits_journal_ = true;
    bytes += (*record)->ByteSizeLong();
    if (auto status = writer_->Apply(**record, reader.record_at()); !status.ok()) return DamageOfIndex(status);
  }
  if (!damage.ok() && bytes == 0) return damage;
  if (auto status = writer_->SetProgress(reader.cursor()); !status.ok()) return DamageOfIndex(status);
  if (auto status = transaction->Commit(); !status.ok()) return DamageOfIndex(status);
  {
    std::lock_guard lock(mutex_);
    indexed_ = reader.cursor().at;
  }
  advanced_.notify_all();
  if (!damage.ok()) return damage;
  return more;
}

absl::Status SessionIndex::Rebuild() {
  log::Warning(kDoesNotFit, {{"file", options_.database.string()}});
  {
    std::lock_guard lock(mutex_);
    indexed_ = {};
    woken_ = true;
  }
  writer_.reset();
  RemoveDatabase(options_.database);
  auto tables = SessionTables::Open(options_.database);
  if (!tables.ok()) return tables.status();
  writer_ = *std::move(tables);
  return absl::OkStatus();
}

absl::Status SessionIndex::WaitIndexed(absl::Duration timeout) {
  const Position wanted = journal_->durable_end().at;
  // Capped: condition variables overflow on infinite times.
  const auto wait = absl::ToChronoMilliseconds(std::min(timeout, absl::Hours(24)));
  std::unique_lock lock(mutex_);
  if (indexed_ >= wanted) return absl::OkStatus();
  ++waiting_readers_;
  woken_ = true;
  work_.notify_one();
  advanced_.wait_for(lock, wait, [&] { return indexed_ >= wanted || !trouble_.ok() || stopping_; });
  --waiting_readers_;
  if (indexed_ >= wanted) return absl::OkStatus();
  if (!trouble_.ok()) return absl::UnavailableError(absl::StrCat("the session index fails: ", trouble_.message()));
  return absl::UnavailableError("the session index is still catching up with the journal, try again");
}

absl::StatusOr<std::unique_ptr<SessionTables>> SessionIndex::Reading() {
  if (auto status = WaitIndexed(options_.wait); !status.ok()) return status;
  return SessionTables::OpenForReading(options_.database);
}

absl::StatusOr<size_t> SessionIndex::CloseLeftOpen() {
  if (auto status = WaitIndexed(absl::InfiniteDuration()); !status.ok()) return status;
  auto tables = SessionTables::OpenForReading(options_.database);
  if (!tables.ok()) return tables.status();
  auto open = (*tables)->LeftOpen();
  if (!open.ok()) return open.status();
  // Appended together, so that thousands share a few writes.
  std::vector<std::future<absl::Status>> answers;
  for (const auto& session : *open) {
    auto durable = std::make_shared<std::promise<absl::Status>>();
    answers.push_back(durable->get_future());
    v1::Record record;
    record.set_session_id(session.id());
    record.set_task_id(session.task().id());
    record.mutable_session_closed()->set_reason("gateway died");
    record.mutable_session_closed()->set_statements(session.statements());
    journal_->Append(record, [durable](absl::Status status) { durable->set_value(std::move(status)); });
  }
  absl::Status failed;
  for (auto& answer : answers) failed.Update(answer.get());
  if (!failed.ok()) return failed;
  return open->size();
}

absl::StatusOr<std::vector<v1::Session>> SessionIndex::List(const v1::ListSessionsRequest& filter) {
  auto tables = Reading();
  if (!tables.ok()) return tables.status();
  const size_t limit = filter.limit() == 0 ? 100 : std::min<size_t>(filter.limit(), 1000);
  auto found = (*tables)->List(filter, limit);
  if (!found.ok()) return found.status();
  std::vector<v1::Session> sessions;
  for (auto& one : *found) sessions.push_back(std::move(one.session));
  return sessions;
}

}  // namespace postern::recording
