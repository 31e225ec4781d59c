#include "gateway/recording/segment/damage.h"

#include <absl/strings/cord.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

namespace postern::recording {
namespace {

constexpr char kOffset[] = "postern/damage-offset";

}  // namespace

absl::Status DamagedAt(std::string_view file, uint64_t offset, std::string_view why) {
  absl::Status status = absl::DataLossError(
      absl::StrCat(std::string(file), " is damaged at offset ", offset, ": ", std::string(why)));
  status.SetPayload(kOffset, absl::Cord(absl::StrCat(offset)));
  return status;
}

std::optional<uint64_t> OffsetOfDamage(const absl::Status& status) {
  const auto payload = status.GetPayload(kOffset);
  uint64_t offset = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &offset)) return std::nullopt;
  return offset;
}

}  // namespace postern::recording
