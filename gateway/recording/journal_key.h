// The key that signs the journal, in a file; beside it, for auditors to take away, its public half.
//
// To rotate it, another key is laid beside it first, FILE.next. Then the journal records that the old key names it, and it takes
// the file's place. Whatever is interrupted is done again at the next start: naming a successor twice is the same as once.
#ifndef POSTERN_GATEWAY_RECORDING_JOURNAL_KEY_H_
#define POSTERN_GATEWAY_RECORDING_JOURNAL_KEY_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/segment/signing.h"

namespace postern::recording {

// Reads the key, or makes it when there is no such file, readable by its owner only; writes `public_file` anew.
absl::StatusOr<std::shared_ptr<const SigningKey>> LoadJournalKey(const std::filesystem::path& file,
                                                                 const std::filesystem::path& public_file);

// Lays the next key beside the file.
absl::Status PrepareNextKey(const std::filesystem::path& file);

// Puts the next key in force, if there is one: records it in the journal of `options`, which nobody else may have open.
absl::Status FinishRotation(const std::filesystem::path& file, JournalOptions options);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_JOURNAL_KEY_H_
