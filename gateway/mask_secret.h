// The secret that hashes of masked values are keyed with: made once, kept in the gateway's data folder.
#ifndef POSTERN_GATEWAY_MASK_SECRET_H_
#define POSTERN_GATEWAY_MASK_SECRET_H_

#include <absl/status/statusor.h>

#include <filesystem>

#include "gateway/masking/mask_keys.h"

namespace postern {

// Reads data_dir/mask.key (64 hexadecimal digits), or makes it, readable by its owner only. Without it every hash would be
// another: a file that cannot be read or is not such a key is an error.
absl::StatusOr<masking::MaskKeys> LoadMaskKeys(const std::filesystem::path& data_dir);

}  // namespace postern

#endif  // POSTERN_GATEWAY_MASK_SECRET_H_
