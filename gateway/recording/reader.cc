#include "gateway/recording/reader.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <string>
#include <utility>

#include "gateway/recording/segment/format.h"

namespace postern::recording {
namespace {

absl::StatusOr<v1::Record> Parse(std::string_view payload, const SegmentFile& file, uint64_t offset) {
  v1::Record record;
  if (!record.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return file.DamagedAt(offset, "the record cannot be read");
  }
  return record;
}

}  // namespace

Reader::Reader(std::filesystem::path folder, ReaderOptions options, SegmentFile file, Cursor cursor)
    : folder_(std::move(folder)), options_(options), file_(std::move(file)), cursor_(cursor) {}

absl::StatusOr<Reader> Reader::Open(const std::filesystem::path& folder, ReaderOptions options) {
  Cursor cursor = options.start.value_or(Cursor{});
  if (!options.start) {
    auto segments = ListSegments(folder);
    if (!segments.ok()) return segments.status();
    if (segments->empty()) return absl::NotFoundError(absl::StrCat("no journal in ", folder.string()));
    cursor.at = {segments->front(), kSegmentHeaderBytes};
  }
  auto file = SegmentFile::Find(folder, cursor.at.segment);
  if (!file.ok()) return file.status();
  if (!options.start) cursor.chain = file->header().chain;

  Reader reader(folder, options, *std::move(file), cursor);
  auto bound = reader.FindBound();
  if (!bound.ok()) return bound.status();
  reader.bound_ = *bound;
  return reader;
}

absl::StatusOr<Reader::Bound> Reader::FindBound() const {
  if (options_.end && options_.end->segment == cursor_.at.segment) {
    return Bound{.offset = options_.end->offset, .sure = true, .has_next = false};
  }
  auto next = SegmentFile::Find(folder_, cursor_.at.segment + 1);
  if (next.ok()) return Bound{.offset = next->header().previous_bytes, .sure = true, .has_next = true};
  if (!absl::IsNotFound(next.status())) return next.status();
  if (options_.end && options_.end->segment > cursor_.at.segment) {
    return absl::DataLossError(absl::StrCat(SegmentFileName(cursor_.at.segment + 1), " is missing"));
  }
  auto size = file_.Size();
  if (!size.ok()) return size.status();
  return Bound{.offset = *size, .sure = false, .has_next = false};
}

absl::StatusOr<std::optional<std::string_view>> Reader::NextPayload() {
  torn_ = false;
  while (true) {
    if (options_.end && cursor_.at >= *options_.end) return std::nullopt;
    if (cursor_.at.offset < bound_.offset) return ReadHere();
    if (cursor_.at.offset > bound_.offset) return file_.DamagedAt(bound_.offset, "the segment ends too soon");
    if (bound_.has_next) {
      if (auto status = EnterNext(); !status.ok()) return status;
      continue;
    }
    auto bound = FindBound();
    if (!bound.ok()) return bound.status();
    if (bound->offset == bound_.offset && !bound->has_next) return std::nullopt;
    bound_ = *bound;
  }
}

absl::StatusOr<std::optional<v1::Record>> Reader::Next() {
  const ChainHash chain_before = cursor_.chain;
  auto payload = NextPayload();
  if (!payload.ok()) return payload.status();
  if (!*payload) return std::nullopt;
  auto record = Parse(**payload, file_, record_at_.offset);
  if (!record.ok()) {
    cursor_ = {.at = record_at_, .chain = chain_before};  // nobody goes on behind what was not read
    return record.status();
  }
  return *std::move(record);
}

absl::Status Reader::EnterNext() {
  const uint32_t segment = cursor_.at.segment + 1;
  auto next = SegmentFile::Find(folder_, segment);
  if (!next.ok()) return next.status();
  if (next->header().chain != cursor_.chain) {
    return next->DamagedAt(0, "its chain does not continue that of the segment before");
  }
  file_ = *std::move(next);
  cursor_.at = {segment, kSegmentHeaderBytes};
  auto bound = FindBound();
  if (!bound.ok()) return bound.status();
  bound_ = *bound;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string_view>> Reader::ReadHere() {
  const uint64_t offset = cursor_.at.offset;
  auto frame = file_.ReadFrame(offset, bound_.offset);
  if (!frame.ok()) {
    if (bound_.sure || !absl::IsDataLoss(frame.status())) return frame.status();
    auto durable = file_.WasDurable(offset);
    if (!durable.ok()) return durable.status();
    if (*durable) return frame.status();
    torn_ = true;
    return std::nullopt;
  }
  const ChainHash chain = NextChain(cursor_.chain, frame->payload);
  if (chain != frame->header.chain) return file_.DamagedAt(offset, "the chain is broken");
  record_at_ = cursor_.at;
  cursor_ = {.at = {cursor_.at.segment, frame->end}, .chain = chain};
  return frame->payload;
}

RecordFetcher::RecordFetcher(std::filesystem::path folder) : folder_(std::move(folder)) {}

absl::StatusOr<v1::Record> RecordFetcher::Fetch(Position at) {
  if (!file_ || file_->header().segment != at.segment) {
    auto file = SegmentFile::Find(folder_, at.segment);
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
  }
  auto size = file_->Size();
  if (!size.ok()) return size.status();
  auto frame = file_->ReadFrame(at.offset, *size);
  if (!frame.ok()) return frame.status();
  return Parse(frame->payload, *file_, at.offset);
}

}  // namespace postern::recording
