// The masks of one result, by column. Made when its definitions are known, constant from then on; shared because the
// rows of a cursor come by later commands, for which whoever keeps the statement keeps these.
#ifndef POSTERN_GATEWAY_MASKING_ROW_MASKS_H_
#define POSTERN_GATEWAY_MASKING_ROW_MASKS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mysql/message/column.h"
#include "gateway/masking/column_mask.h"
#include "gateway/masking/detectors/detector.h"
#include "gateway/masking/keyed_hash.h"
#include "gateway/policy/mask.h"

namespace postern::masking {

// What masks need beside the policy.
struct MaskSetting {
  HashKey key;
  uint16_t result_collation = 45;  // of the session's result character set; utf8mb4_general_ci
};

class RowMasks {
 public:
  using Columns = std::span<const mysql::ColumnDefinition41>;

  // A mask or nothing for each column. `detect` is looked for in text that no mask covers; null for nothing. Refused if
  // the numbers of columns and masks differ.
  static absl::StatusOr<std::shared_ptr<const RowMasks>> Compile(Columns columns,
                                                                 std::span<const std::optional<policy::Mask>> masks,
                                                                 const MaskSetting& setting,
                                                                 std::shared_ptr<const Detector> detect = nullptr);
  // For SHOW WARNINGS and SHOW ERRORS: Level, Code, Message. Refused if the columns are not these.
  static absl::StatusOr<std::shared_ptr<const RowMasks>> ForWarnings(Columns columns, const MaskSetting& setting);

  const std::vector<ColumnMask>& columns() const { return columns_; }
  // What of a column each value needs, close together: [columns].
  struct Step {
    Action action = Action::kClear;
    Encoding binary = Encoding::kNone;
  };
  const std::vector<Step>& steps() const { return steps_; }
  // Columns from here on are clear; 0: nothing is masked.
  size_t clear_from() const { return clear_from_; }
  // NULL bitmap of a binary row in which the columns that become NULL are set.
  const std::string& null_bitmap() const { return null_bitmap_; }
  const HashKey& key() const { return key_; }
  const Detector* detector() const { return detector_.get(); }

 private:
  RowMasks(std::vector<ColumnMask> columns, const HashKey& key, std::shared_ptr<const Detector> detect);

  std::vector<ColumnMask> columns_;
  std::vector<Step> steps_;
  size_t clear_from_ = 0;
  std::string null_bitmap_;
  HashKey key_;
  std::shared_ptr<const Detector> detector_;
};

inline constexpr size_t kBitmapOffset = 2;  // the first two bits of a binary row's bitmap stand for nothing

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_ROW_MASKS_H_
