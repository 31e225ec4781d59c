// Signed things as records of the journal, and back. Pure.
#ifndef POSTERN_GATEWAY_RECORDING_VERIFY_SIGNED_RECORDS_H_
#define POSTERN_GATEWAY_RECORDING_VERIFY_SIGNED_RECORDS_H_

#include <optional>

#include "gateway/recording/segment/checkpoint.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::recording {

v1::Record ToRecord(const Checkpoint& checkpoint);
// None when a field has not the length it must have.
std::optional<Checkpoint> FromRecord(const v1::Checkpoint& record);

v1::Record SuccessorRecord(const SigningKey& old_key, const PublicKey& new_key);

struct Succession {
  PublicKey old_key{};
  PublicKey new_key{};
};
// None unless the old key signed it.
std::optional<Succession> FromRecord(const v1::KeyRotated& record);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_VERIFY_SIGNED_RECORDS_H_
