// Follows the framing of packets that pass by, to know whether a packet of our own may follow. One thread.
#ifndef POSTERN_RELAY_AGENT_MYSQL_PACKET_BOUNDARY_H_
#define POSTERN_RELAY_AGENT_MYSQL_PACKET_BOUNDARY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/mysql/wire/packet.h"

namespace postern::relay {

class PacketBoundary {
 public:
  void Pass(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      if (body_left_ == 0) {
        length_ |= static_cast<uint32_t>(bytes[0]) << (8 * std::min<size_t>(header_seen_, 3));
        if (header_seen_ == 3) length_ &= mysql::kMaxPhysicalPayload;
        bytes = bytes.subspan(1);
        if (++header_seen_ < mysql::kHeaderBytes) continue;
        header_seen_ = 0;
        body_left_ = length_;
        continued_ = length_ == mysql::kMaxPhysicalPayload;
        length_ = 0;
      } else {
        const size_t part = std::min<size_t>(body_left_, bytes.size());
        body_left_ -= static_cast<uint32_t>(part);
        bytes = bytes.subspan(part);
      }
    }
  }

  // Every packet so far is whole, and the last one does not say that it goes on.
  bool AtBoundary() const { return header_seen_ == 0 && body_left_ == 0 && !continued_; }

 private:
  size_t header_seen_ = 0;
  uint32_t length_ = 0;
  uint32_t body_left_ = 0;
  bool continued_ = false;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_MYSQL_PACKET_BOUNDARY_H_
