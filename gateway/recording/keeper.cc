#include "gateway/recording/keeper.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <string>
#include <system_error>
#include <utility>

#include "common/observability/log.h"
#include "gateway/recording/compress_segment.h"
#include "gateway/recording/reader.h"
#include "gateway/recording/segment/segment_file.h"
#include "gateway/recording/segment/signing.h"

namespace postern::recording {
namespace {

bool Exists(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

// When the first record behind the segment was written: none of its own is younger. None: there is no such record yet.
absl::StatusOr<std::optional<absl::Time>> EndOf(const std::filesystem::path& folder, const SegmentFile& next) {
  const Cursor start{.at = {next.header().segment, kSegmentHeaderBytes}, .chain = next.header().chain};
  auto reader = Reader::Open(folder, {.start = start, .end = {}});
  if (!reader.ok()) return reader.status();
  auto record = reader->Next();
  if (!record.ok()) return record.status();
  if (!*record) return std::nullopt;
  return absl::FromUnixMicros((*record)->at_unix_us());
}

}  // namespace

SegmentKeeper::SegmentKeeper(KeeperOptions options, FileJournal* journal, std::unique_ptr<FileSystem> files)
    : options_(std::move(options)), journal_(journal), files_(std::move(files)), thread_([this] { Run(); }) {}

SegmentKeeper::~SegmentKeeper() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

bool SegmentKeeper::stopping() {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void SegmentKeeper::Run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (stopped_.wait_for(lock, options_.every, [this] { return stopping_; })) return;
    }
    Report(Look(absl::Now()));
  }
}

void SegmentKeeper::Report(const absl::Status& status) {
  const bool failed_before = std::exchange(failing_, !status.ok());
  if (failing_ && !failed_before) log::Error("sealed segments of the journal cannot be looked after", {{"error", status}});
  if (!failing_ && failed_before) log::Info("sealed segments of the journal are looked after again");
}

absl::Status SegmentKeeper::Look(absl::Time now) {
  std::lock_guard lock(round_);
  auto segments = ListSegments(journal_->folder());
  if (!segments.ok()) return segments.status();
  // The last one is written to.
  if (!segments->empty()) segments->pop_back();
  absl::Status status = RetireOld(*segments, now);
  status.Update(CompressSealed(*segments));
  return status;
}

absl::Status SegmentKeeper::RetireOld(std::vector<uint32_t> segments, absl::Time now) {
  if (!options_.keep) return absl::OkStatus();
  for (const uint32_t segment : segments) {
    if (stopping()) return absl::OkStatus();
    auto retired = RetireIfOld(segment, now);
    if (!retired.ok()) return retired.status();
    if (!*retired) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SegmentKeeper::RetireIfOld(uint32_t segment, absl::Time now) {
  auto next = SegmentFile::Find(journal_->folder(), segment + 1);
  if (!next.ok()) return next.status();
  auto end = EndOf(journal_->folder(), *next);
  if (!end.ok()) return end.status();
  if (!*end || now - **end <= *options_.keep || !options_.may_delete()) return false;

  v1::Record record;
  v1::SegmentRetired& retired = *record.mutable_segment_retired();
  retired.set_segment(segment);
  retired.set_chain(std::string(ToBytes(next->header().chain)));
  retired.set_last_at_unix_us(absl::ToUnixMicros(**end));
  if (auto status = AppendAndWait(*journal_, record); !status.ok()) return status;
  // Signed first: without a signature anybody's frame could say that a segment was retired.
  if (auto status = SignAndWait(*journal_); !status.ok()) return status;
  if (auto status = Delete(segment); !status.ok()) return status;
  log::Info("a segment of the journal was retired", {{"segment", segment}, {"last_record", absl::FormatTime(**end)}});
  return true;
}

absl::Status SegmentKeeper::Delete(uint32_t segment) {
  const uint64_t bytes = BytesOf(segment);
  for (const std::string& name : {SegmentFileName(segment), CompressedFileName(segment)}) {
    const auto file = journal_->folder() / name;
    if (!Exists(file)) continue;
    if (auto status = files_->Remove(file); !status.ok()) return status;
  }
  journal_->AddBytes(-static_cast<int64_t>(bytes));
  return files_->SyncFolder(journal_->folder());
}

absl::Status SegmentKeeper::CompressSealed(const std::vector<uint32_t>& segments) {
  if (!options_.compress) return absl::OkStatus();
  for (const uint32_t segment : segments) {
    const auto plain = journal_->folder() / SegmentFileName(segment);
    if (stopping()) return absl::OkStatus();
    if (!Exists(plain)) continue;
    if (auto status = CheckSpace(plain); !status.ok()) return status;
    const uint64_t before = BytesOf(segment);
    if (auto status = CompressSegment(journal_->folder(), segment, *files_); !status.ok()) return status;
    journal_->AddBytes(static_cast<int64_t>(BytesOf(segment)) - static_cast<int64_t>(before));
  }
  return absl::OkStatus();
}

absl::Status SegmentKeeper::CheckSpace(const std::filesystem::path& plain) {
  auto free = files_->FreeBytes(journal_->folder());
  if (!free.ok()) return free.status();
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(plain, error);
  if (!error && *free >= options_.free_floor_bytes + size) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("no room to compress ", plain.filename().string(), ": ", *free >> 20, " MiB free"));
}

uint64_t SegmentKeeper::BytesOf(uint32_t segment) const {
  uint64_t bytes = 0;
  for (const std::string& name : {SegmentFileName(segment), CompressedFileName(segment)}) {
    std::error_code missing;
    const uint64_t size = std::filesystem::file_size(journal_->folder() / name, missing);
    if (!missing) bytes += size;
  }
  return bytes;
}

}  // namespace postern::recording
