// Damage of a journal's file as a status that names the place, and the place back out of the status. Pure.
#ifndef POSTERN_GATEWAY_RECORDING_SEGMENT_DAMAGE_H_
#define POSTERN_GATEWAY_RECORDING_SEGMENT_DAMAGE_H_

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::recording {

// DATA_LOSS: "00000001.pjl is damaged at offset 64: why".
absl::Status DamagedAt(std::string_view file, uint64_t offset, std::string_view why);

// The offset that DamagedAt was given; none for other statuses.
std::optional<uint64_t> OffsetOfDamage(const absl::Status& status);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SEGMENT_DAMAGE_H_
