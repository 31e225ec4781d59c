// Whether a journal is what the gateway wrote: every byte that counts, in order, nothing left out, signed.
//
// Reads only; works on the folder of a gateway that runs. What it cannot know: whether records behind the last checkpoint were
// cut off, unless a witness saw a later one.
#ifndef POSTERN_GATEWAY_RECORDING_VERIFY_VERIFY_JOURNAL_H_
#define POSTERN_GATEWAY_RECORDING_VERIFY_VERIFY_JOURNAL_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/recording/segment/checkpoint.h"
#include "gateway/recording/verify/finding.h"
#include "gateway/recording/verify/witness_lines.h"

namespace postern::recording {

struct VerifyOptions {
  // Whose checkpoints count. Empty: those of the first key in the journal, and of its successors.
  std::vector<PublicKey> pinned;
  std::vector<Witnessed> witnessed;
  // Of a folder: earlier segments are not looked at. 0: all are.
  uint32_t from_segment = 0;
  // Called now and then with the segment's number and the bytes read so far.
  std::function<void(uint32_t segment, uint64_t bytes)> progress;
};

struct VerifyReport {
  // Of each segment the first; the whole list empty when all is well.
  std::vector<Finding> findings;
  uint32_t first_segment = 0;
  uint32_t last_segment = 0;
  // Plain bytes of all segments that were read.
  uint64_t bytes = 0;
  uint64_t records = 0;
  // Believed ones, the last of them, and the records behind it: all that only a witness can vouch for.
  uint64_t checkpoints = 0;
  std::optional<Checkpoint> last_checkpoint;
  uint64_t records_after = 0;
  // Of those given: found as they were seen, and of segments that are retired.
  uint64_t witnessed = 0;
  uint64_t witnessed_before = 0;
  // Where the journal ends.
  Cursor end;
};

// A journal's folder: everything there must be, from the first segment on or from where the journal itself says it was retired.
// NOT_FOUND when no segment is there.
absl::StatusOr<VerifyReport> VerifyJournal(const std::filesystem::path& folder, const VerifyOptions& options);

// Some segments' files, in the order of their numbers. What is before and behind them is not asked for.
absl::StatusOr<VerifyReport> VerifySegments(std::vector<std::filesystem::path> files, const VerifyOptions& options);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_VERIFY_VERIFY_JOURNAL_H_
