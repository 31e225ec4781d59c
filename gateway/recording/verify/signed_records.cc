#include "gateway/recording/verify/signed_records.h"

#include <string>

namespace postern::recording {

v1::Record ToRecord(const Checkpoint& checkpoint) {
  v1::Record record;
  record.set_at_unix_us(checkpoint.at_unix_us);
  v1::Checkpoint& fields = *record.mutable_checkpoint();
  fields.set_segment(checkpoint.end.at.segment);
  fields.set_offset(checkpoint.end.at.offset);
  fields.set_records(checkpoint.records);
  fields.set_chain(std::string(ToBytes(checkpoint.end.chain)));
  fields.set_at_unix_us(checkpoint.at_unix_us);
  fields.set_public_key(std::string(ToBytes(checkpoint.key)));
  fields.set_signature(std::string(ToBytes(checkpoint.signature)));
  return record;
}

std::optional<Checkpoint> FromRecord(const v1::Checkpoint& record) {
  const auto chain = ToArray<ChainHash>(record.chain());
  const auto key = ToArray<PublicKey>(record.public_key());
  const auto signature = ToArray<Signature>(record.signature());
  if (!chain || !key || !signature) return std::nullopt;
  return Checkpoint{.end = {.at = {record.segment(), record.offset()}, .chain = *chain},
                    .records = record.records(),
                    .at_unix_us = record.at_unix_us(),
                    .key = *key,
                    .signature = *signature};
}

v1::Record SuccessorRecord(const SigningKey& old_key, const PublicKey& new_key) {
  v1::Record record;
  v1::KeyRotated& fields = *record.mutable_key_rotated();
  fields.set_old_public_key(std::string(ToBytes(old_key.public_key())));
  fields.set_new_public_key(std::string(ToBytes(new_key)));
  fields.set_signature(std::string(ToBytes(SignSuccessor(old_key, new_key))));
  return record;
}

std::optional<Succession> FromRecord(const v1::KeyRotated& record) {
  const auto old_key = ToArray<PublicKey>(record.old_public_key());
  const auto new_key = ToArray<PublicKey>(record.new_public_key());
  const auto signature = ToArray<Signature>(record.signature());
  if (!old_key || !new_key || !signature || !IsSuccessor(*old_key, *new_key, *signature)) return std::nullopt;
  return Succession{.old_key = *old_key, .new_key = *new_key};
}

}  // namespace postern::recording
