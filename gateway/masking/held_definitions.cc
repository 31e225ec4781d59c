#include "gateway/masking/held_definitions.h"

#include <utility>

#include "common/mysql/wire/errors.h"

namespace postern::masking {
namespace {

constexpr size_t kKeptCapacity = size_t{64} * 1024;

bool IsDescribedAnew(Action action) {
  switch (action) {
    case Action::kClear:
    case Action::kSearch:
    case Action::kErrorCode:
    case Action::kErrorText:
      return false;
    case Action::kNull:
    case Action::kConstant:
    case Action::kHash:
    case Action::kHashText:
    case Action::kRewrite:
      break;
  }
  return true;
}

}  // namespace

void HeldDefinitions::Clear() {
  payloads_.clear();
  if (payloads_.capacity() > kKeptCapacity) std::string().swap(payloads_);
  packets_.clear();
  columns_.clear();
}

absl::Status HeldDefinitions::HoldPacket(std::string_view payload) { return Hold(payload, std::nullopt); }

absl::Status HeldDefinitions::HoldColumn(std::string_view payload) {
  auto column = mysql::ColumnDefinition41::Decode(mysql::AsBytes(payload));
  if (!column.ok()) return column.status();
  const size_t index = columns_.size();
  columns_.push_back(*std::move(column));
  return Hold(payload, index);
}

absl::Status HeldDefinitions::Hold(std::string_view payload, std::optional<size_t> column) {
  if (payload.size() > max_bytes_ - payloads_.size())
    return mysql::TooLarge("a result's column definitions are over their limit");
  payloads_.append(payload);
  packets_.push_back({payloads_.size(), column});
  return absl::OkStatus();
}

void HeldDefinitions::Release(const RowMasks* masks, PacketWriter& writer) {
  size_t begin = 0;
  for (const Packet& packet : packets_) {
    const std::string_view payload = std::string_view(payloads_).substr(begin, packet.end - begin);
    const ColumnMask* mask = masks != nullptr && packet.column ? &masks->columns()[*packet.column] : nullptr;
    if (mask != nullptr && IsDescribedAnew(mask->action)) {
      writer.Packet(mask->definition.Encode());
    } else {
      writer.Packet(payload);
    }
    begin = packet.end;
  }
  Clear();
}

}  // namespace postern::masking
