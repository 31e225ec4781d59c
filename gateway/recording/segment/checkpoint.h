// A checkpoint: signed, the place a journal had reached and the chain there. Whoever holds one can tell whether a journal
// still says what it said then. Pure.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_CHECKPOINT_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_CHECKPOINT_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/recording/segment/position.h"
#include "gateway/recording/segment/signing.h"

namespace postern::recording {

struct Checkpoint {
  // Everything before this place.
  Cursor end;
  // Of its segment, before this place.
  uint64_t records = 0;
  int64_t at_unix_us = 0;
  PublicKey key{};
  Signature signature{};
};

Checkpoint SignCheckpoint(const SigningKey& key, const Cursor& end, uint64_t records, int64_t at_unix_us);
// Whether the key in it signed it. Whether that key is to be believed is another question.
bool IsGenuine(const Checkpoint& checkpoint);

// The old key's word for the new one.
Signature SignSuccessor(const SigningKey& old_key, const PublicKey& new_key);
bool IsSuccessor(const PublicKey& old_key, const PublicKey& new_key, const Signature& signature);

// One line of JSON without the newline, for witnesses. Longer lines are none of ours.
inline constexpr size_t kMaxWitnessLineBytes = 1024;
std::string ToWitnessLine(const Checkpoint& checkpoint);
// INVALID_ARGUMENT for anything that is not such a line. The signature is not checked.
absl::StatusOr<Checkpoint> FromWitnessLine(std::string_view line);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_CHECKPOINT_H_
