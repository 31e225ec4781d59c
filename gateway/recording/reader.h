// Reads the journal's records in order, checking every CRC and the chain. Needs no lock and no writer; one thread at a
// time.
#ifndef POSTERN_GATEWAY_RECORDING_READER_H_
#define POSTERN_GATEWAY_RECORDING_READER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "gateway/recording/segment/position.h"
#include "gateway/recording/segment/segment_file.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::recording {

struct ReaderOptions {
  // Where to begin: a cursor() of before. None: the oldest segment.
  std::optional<Cursor> start;
  // Where to stop; everything before must be sound. None: where the journal ends, which may be an unfinished write.
  std::optional<Position> end;
};

class Reader {
 public:
  // NOT_FOUND when the folder has no segment, or not the one of `start`.
  static absl::StatusOr<Reader> Open(const std::filesystem::path& folder, ReaderOptions options = {});

  // The next record's bytes, valid until the next call; none at the end, after which it may be called again when the
  // journal has grown. DATA_LOSS, naming file and offset, for damage.
  absl::StatusOr<std::optional<std::string_view>> NextPayload();
  absl::StatusOr<std::optional<v1::Record>> Next();

  // Where the last record began, and the place after it.
  Position record_at() const { return record_at_; }
  const Cursor& cursor() const { return cursor_; }
  // Whether reading ended at an unfinished write.
  bool torn() const { return torn_; }

 private:
  // How far the current segment may be read.
  struct Bound {
    uint64_t offset = 0;
    // Said by the caller or by the next segment: everything before is sound or damaged, never just unfinished.
    bool sure = false;
    bool has_next = false;
  };

  Reader(std::filesystem::path folder, ReaderOptions options, SegmentFile file, Cursor cursor);
  absl::StatusOr<Bound> FindBound() const;
  absl::Status EnterNext();
  absl::StatusOr<std::optional<std::string_view>> ReadHere();

  std::filesystem::path folder_;
  ReaderOptions options_;
  SegmentFile file_;
  Cursor cursor_;
  Bound bound_;
  Position record_at_;
  bool torn_ = false;
};

// Single records by their places; cheapest in ascending order. Checks the CRC; the chain would need the records before.
class RecordFetcher {
 public:
  explicit RecordFetcher(std::filesystem::path folder);
  absl::StatusOr<v1::Record> Fetch(Position at);

 private:
  const std::filesystem::path folder_;
  std::optional<SegmentFile> file_;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_READER_H_
