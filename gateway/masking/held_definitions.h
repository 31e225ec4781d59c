// What begins a result, kept back until it is decided whether and how the agent may see the result: the packet with the
// number of columns, the definitions, and for a prepared statement what comes before them. Bounded.
#ifndef POSTERN_GATEWAY_MASKING_HELD_DEFINITIONS_H_
#define POSTERN_GATEWAY_MASKING_HELD_DEFINITIONS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/mysql/message/column.h"
#include "gateway/masking/packet_writer.h"
#include "gateway/masking/row_masks.h"

namespace postern::masking {

class HeldDefinitions {
 public:
  explicit HeldDefinitions(size_t max_bytes) : max_bytes_(max_bytes) {}

  void Clear();
  // A packet that goes on as it came. Too large: over the limit.
  absl::Status HoldPacket(std::string_view payload);
  // A result's column.
  absl::Status HoldColumn(std::string_view payload);

  std::span<const mysql::ColumnDefinition41> columns() const { return columns_; }

  // Lets go of everything, masked columns described as `masks` has them. REQUIRES: as many of these as columns were
  // held.
  void Release(const RowMasks* masks, PacketWriter& writer);

 private:
  struct Packet {
    size_t end = 0;  // in payloads_
    std::optional<size_t> column;
  };

  absl::Status Hold(std::string_view payload, std::optional<size_t> column);

  const size_t max_bytes_;
  std::string payloads_;
  std::vector<Packet> packets_;
  std::vector<mysql::ColumnDefinition41> columns_;
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_HELD_DEFINITIONS_H_
