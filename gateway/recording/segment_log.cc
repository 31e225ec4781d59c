#include "gateway/recording/segment_log.h"

#include <absl/strings/str_cat.h>
#include <openssl/rand.h>

#include <utility>

#include "gateway/recording/segment/format.h"

namespace postern::recording {
namespace {

// A buffer that one huge batch has grown is given back.
constexpr size_t kKeptBufferBytes = 4 << 20;

uint32_t NewMarker() {
  uint32_t marker = 0;
  while (marker == 0) {
    // Zero would be found in every hole of a file. Without randomness there is no telling frames from text.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&marker), sizeof marker) != 1) std::abort();
  }
  return marker;
}

}  // namespace

SegmentLog::SegmentLog(SegmentLogOptions options, const Recovered& recovered, CheckpointOptions checkpoints,
                       std::unique_ptr<FileSystem> files)
    : options_(std::move(options)),
      files_(std::move(files)),
      end_(recovered.end),
      marker_(recovered.marker),
      records_(recovered.records),
      bytes_(recovered.sealed_bytes + recovered.end.at.offset),
      checkpoints_(std::move(checkpoints)) {}

absl::StatusOr<std::unique_ptr<SegmentLog>> SegmentLog::Open(SegmentLogOptions options, const Recovered& recovered,
                                                             CheckpointOptions checkpoints,
                                                             std::unique_ptr<FileSystem> files) {
  std::unique_ptr<SegmentLog> log(
      new SegmentLog(std::move(options), recovered, std::move(checkpoints), std::move(files)));
  if (recovered.segments == 0) {
    if (auto status = log->StartSegment(); !status.ok()) return status;
    return log;
  }
  auto file = log->files_->Open(log->options_.folder / SegmentFileName(recovered.end.at.segment));
  if (!file.ok()) return file.status();
  log->file_ = *std::move(file);
  return log;
}

absl::Status SegmentLog::Write(absl::Span<const std::string_view> payloads) {
  uint64_t bytes = 0;
  for (const auto payload : payloads) bytes += kFrameHeaderBytes + payload.size();
  if (auto status = CheckSpace(bytes); !status.ok()) return status;

  const bool full = end_.at.offset > kSegmentHeaderBytes && end_.at.offset + bytes > options_.segment_bytes;
  // Best at the end of the segment it speaks of. If it fails, the next one speaks of that segment as well.
  if (full && file_) (void)WriteCheckpoint();
  if (!file_ || full) {
    if (auto status = StartSegment(); !status.ok()) return status;
  }
  const auto status = Append(payloads);
  if (status.ok()) checkpoints_.Wrote(payloads.size());
  return status;
}

absl::Status SegmentLog::WriteCheckpoint() {
  if (!checkpoints_.pending()) return absl::OkStatus();
  absl::Status status = file_ ? absl::OkStatus() : StartSegment();
  const std::string record = checkpoints_.Sign(end_, records_);
  if (status.ok()) status = CheckSpace(kFrameHeaderBytes + record.size());
  if (status.ok()) status = Append({record});
  checkpoints_.Settle(status.ok());
  return status;
}

absl::Status SegmentLog::Append(absl::Span<const std::string_view> payloads) {
  Cursor next = end_;
  buffer_.clear();
  for (const auto payload : payloads) {
    next.chain = NextChain(next.chain, payload);
    AppendFrame(marker_, end_.at.offset, next.chain, payload, buffer_);
  }
  next.at.offset += buffer_.size();
  const auto status = WriteHere(buffer_);
  if (status.ok()) {
    end_ = next;
    bytes_ += buffer_.size();
    records_ += payloads.size();
  }
  if (buffer_.capacity() > kKeptBufferBytes) std::string().swap(buffer_);
  return status;
}

absl::Status SegmentLog::CheckSpace(uint64_t bytes) {
  auto free = files_->FreeBytes(options_.folder);
  if (!free.ok()) return free.status();
  if (*free >= options_.free_floor_bytes + bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the journal's disk has ", *free >> 20, " MiB free, the floor is ",
                                                   options_.free_floor_bytes >> 20, " MiB"));
}

absl::Status SegmentLog::WriteHere(std::string_view bytes) {
  const auto written = WriteWhole(*file_, end_.at.offset, bytes);
  if (!written.ok()) {
    // A full disk takes nothing back that it took: the file is as it was once the part of the batch is cut off. Any
    // other error leaves us not knowing what the file holds.
    const auto cut = file_->Truncate(end_.at.offset);
    if (!cut.ok() || !absl::IsResourceExhausted(written)) file_.reset();
    return written;
  }
  const auto synced = file_->Sync();
  if (!synced.ok()) {
    // The kernel reports a failed write-back once and then takes the pages for clean: a second fdatasync may say OK for
    // bytes that never reached the disk. So this file gets no more records. The next write begins a new segment, whose
    // header says how much of this one counts; that much was synced before. The cut is tidiness: readers go by the
    // header.
    (void)file_->Truncate(end_.at.offset);
    file_.reset();
  }
  return synced;
}

absl::Status SegmentLog::StartSegment() {
  const SegmentHeader header{.segment = end_.at.segment + 1,
                             .previous_bytes = end_.at.segment == 0 ? 0 : end_.at.offset,
                             .chain = end_.chain,
                             .marker = NewMarker()};
  // Under another name until it is whole and durable, so that a segment always has a sound header. A start that failed
  // half-way is repeated over whatever it left: it holds no record yet.
  const auto unborn = options_.folder / kUnbornSegment;
  auto file = files_->CreateEmpty(unborn);
  if (!file.ok()) return file.status();
  if (auto status = WriteWhole(**file, 0, EncodeSegmentHeader(header)); !status.ok()) return status;
  if (auto status = (*file)->Sync(); !status.ok()) return status;
  // From the new name on the old segment is sealed: what is written to it then is lost to readers. A rename that fails
  // may have happened.
  file_.reset();
  if (auto status = files_->Rename(unborn, options_.folder / SegmentFileName(header.segment)); !status.ok())
    return status;
  if (auto status = files_->SyncFolder(options_.folder); !status.ok()) return status;
  file_ = *std::move(file);
  marker_ = header.marker;
  bytes_ += kSegmentHeaderBytes;
  records_ = 0;
  end_.at = {header.segment, kSegmentHeaderBytes};
  return absl::OkStatus();
}

}  // namespace postern::recording
