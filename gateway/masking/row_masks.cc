#include "gateway/masking/row_masks.h"

#include <utility>

#include "common/mysql/wire/errors.h"

namespace postern::masking {
namespace {

constexpr size_t kWarningColumns = 3;

bool IsSearched(const ValueType& type) {
  return type.value_class == ValueClass::kText || type.value_class == ValueClass::kJson;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const RowMasks>> RowMasks::Compile(Columns columns,
                                                                  std::span<const std::optional<policy::Mask>> masks,
                                                                  const MaskSetting& setting,
                                                                  std::shared_ptr<const Detector> detect) {
  if (columns.size() != masks.size())
    return absl::InternalError("the result has not as many columns as there are masks");
  std::vector<ColumnMask> compiled;
  compiled.reserve(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    compiled.push_back(masks[i] ? CompileMask(*masks[i], columns[i], setting.result_collation)
                                : ClearColumn(columns[i]));
    const bool searched = detect != nullptr && !masks[i] && IsSearched(compiled.back().from);
    if (searched) compiled.back().action = Action::kSearch;
  }
  return std::shared_ptr<const RowMasks>(new RowMasks(std::move(compiled), setting.key, std::move(detect)));
}

absl::StatusOr<std::shared_ptr<const RowMasks>> RowMasks::ForWarnings(Columns columns, const MaskSetting& setting) {
  if (columns.size() != kWarningColumns)
    return mysql::Malformed("warnings have other columns than Level, Code, Message");
  const bool as_expected =
      ValueType::Of(columns[1]).value_class == ValueClass::kInteger && ValueType::Of(columns[2]).IsString();
  if (!as_expected) return mysql::Malformed("warnings have columns of other types than theirs");
  std::vector<ColumnMask> compiled = {ClearColumn(columns[0]), ErrorCodeColumn(columns[1]),
                                      ErrorTextColumn(columns[2])};
  return std::shared_ptr<const RowMasks>(new RowMasks(std::move(compiled), setting.key, nullptr));
}

RowMasks::RowMasks(std::vector<ColumnMask> columns, const HashKey& key, std::shared_ptr<const Detector> detect)
    : columns_(std::move(columns)), key_(key), detector_(std::move(detect)) {
  null_bitmap_.resize((columns_.size() + kBitmapOffset + 7) / 8);
  for (size_t i = 0; i < columns_.size(); ++i) {
    const ColumnMask& column = columns_[i];
    steps_.push_back({column.action, column.from.binary});
    if (column.action != Action::kClear) clear_from_ = i + 1;
    const size_t bit = i + kBitmapOffset;
    if (column.BecomesNull()) null_bitmap_[bit / 8] = static_cast<char>(null_bitmap_[bit / 8] | 1 << bit % 8);
  }
}

}  // namespace postern::masking
