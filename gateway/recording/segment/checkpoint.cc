#include "gateway/recording/segment/checkpoint.h"

#include <absl/status/status.h>
#include <absl/strings/escaping.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <cctype>
#include <optional>

#include "gateway/recording/segment/little_endian.h"

namespace postern::recording {
namespace {

// What is signed begins with what it is, so that no signature can serve for something else.
constexpr std::string_view kCheckpointText = "postern journal checkpoint 1\n";
constexpr std::string_view kSuccessorText = "postern journal key 1\n";

std::string SignedText(const Checkpoint& checkpoint) {
  std::string text(kCheckpointText);
  PutLittleEndian(checkpoint.end.at.segment, text);
  PutLittleEndian(checkpoint.end.at.offset, text);
  PutLittleEndian(checkpoint.records, text);
  text.append(ToBytes(checkpoint.end.chain));
  PutLittleEndian(static_cast<uint64_t>(checkpoint.at_unix_us), text);
  text.append(ToBytes(checkpoint.key));
  return text;
}

std::string SuccessorText(const PublicKey& old_key, const PublicKey& new_key) {
  std::string text(kSuccessorText);
  text.append(ToBytes(old_key));
  text.append(ToBytes(new_key));
  return text;
}

template <class Array>
std::optional<Array> FromHex(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  const auto& digits = found->get_ref<const std::string&>();
  const bool is_hex = std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!is_hex || digits.size() != 2 * Array().size()) return std::nullopt;
  return ToArray<Array>(absl::HexStringToBytes(digits));
}

std::optional<uint64_t> NumberOf(const nlohmann::json& object, const char* name, uint64_t most) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  const auto number = found->get<uint64_t>();
  return number <= most ? std::optional(number) : std::nullopt;
}

}  // namespace

Checkpoint SignCheckpoint(const SigningKey& key, const Cursor& end, uint64_t records, int64_t at_unix_us) {
  Checkpoint checkpoint{.end = end, .records = records, .at_unix_us = at_unix_us, .key = key.public_key()};
  checkpoint.signature = key.Sign(SignedText(checkpoint));
  return checkpoint;
}

bool IsGenuine(const Checkpoint& checkpoint) {
  return IsSignedBy(checkpoint.key, SignedText(checkpoint), checkpoint.signature);
}

Signature SignSuccessor(const SigningKey& old_key, const PublicKey& new_key) {
  return old_key.Sign(SuccessorText(old_key.public_key(), new_key));
}

bool IsSuccessor(const PublicKey& old_key, const PublicKey& new_key, const Signature& signature) {
  return IsSignedBy(old_key, SuccessorText(old_key, new_key), signature);
}

std::string ToWitnessLine(const Checkpoint& checkpoint) {
  const nlohmann::ordered_json line = {{"segment", checkpoint.end.at.segment}, {"offset", checkpoint.end.at.offset},
                                       {"records", checkpoint.records},        {"chain", ToHex(ToBytes(checkpoint.end.chain))},
                                       {"at_unix_us", checkpoint.at_unix_us},  {"public_key", ToHex(ToBytes(checkpoint.key))},
                                       {"signature", ToHex(ToBytes(checkpoint.signature))}};
  return line.dump();
}

absl::StatusOr<Checkpoint> FromWitnessLine(std::string_view line) {
  const auto wrong = absl::InvalidArgumentError("not a checkpoint of a journal");
  if (line.size() > kMaxWitnessLineBytes) return wrong;
  const auto object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return wrong;
  const auto segment = NumberOf(object, "segment", UINT32_MAX);
  const auto offset = NumberOf(object, "offset", UINT64_MAX);
  const auto records = NumberOf(object, "records", UINT64_MAX);
  const auto at_unix_us = NumberOf(object, "at_unix_us", INT64_MAX);
  const auto chain = FromHex<ChainHash>(object, "chain");
  const auto key = FromHex<PublicKey>(object, "public_key");
  const auto signature = FromHex<Signature>(object, "signature");
  if (!segment || !offset || !records || !at_unix_us || !chain || !key || !signature) return wrong;
  return Checkpoint{.end = {.at = {static_cast<uint32_t>(*segment), *offset}, .chain = *chain},
                    .records = *records,
                    .at_unix_us = static_cast<int64_t>(*at_unix_us),
                    .key = *key,
                    .signature = *signature};
}

}  // namespace postern::recording
