// Frames a reply for the agent: numbers packets, splits rows at 16 MiB, and puts a row's length before it although the
// row's length is known only at its end.
//
// A row is written into the output at once and its header filled in when it ends. A row that the input cuts is held
// back until either its packet is complete or it is certain what its length will be: the caller says what it knows. So
// at most one packet's payload is held, and that only of rows whose last masked value comes late.
#ifndef POSTERN_GATEWAY_MASKING_PACKET_WRITER_H_
#define POSTERN_GATEWAY_MASKING_PACKET_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/mysql/wire/packet.h"

namespace postern::masking {

class PacketWriter {
 public:
  explicit PacketWriter(size_t max_held_bytes) : max_held_bytes_(max_held_bytes) {}

  // A new reply, whose first packet has this number.
  void Begin(uint8_t sequence);

  // Where what follows is written, until EndPiece. Nothing of `out` before this call is touched.
  void BeginPiece(std::string& out);
  // Holds back what has no header yet. Too large: a row needs more than may be held; call AbandonRow.
  absl::Status EndPiece();

  // One packet, whole. REQUIRES: no row is open; payload.size() < kMaxPhysicalPayload.
  void Packet(std::string_view payload);

  // A row: BeginRow, Append as often as need be, EndRow.
  void BeginRow();
  void Append(std::string_view bytes) {
    payload_bytes_ += bytes.size();
    if (payload_bytes_ >= mysql::kMaxPhysicalPayload) return AppendAcross(bytes);
    target_->append(bytes);
  }
  absl::Status EndRow();
  // Takes back what was not sent of an open row. False if some of it was.
  bool AbandonRow();

  // Before EndPiece: exactly so many bytes of the row are still to come, or at least so many.
  void ExpectExactly(uint64_t bytes);
  void ExpectAtLeast(uint64_t bytes);

  // A packet that is passed as it is, header and all, with the number it has. REQUIRES: its number is next_sequence().
  void PassWhole(std::string_view packets, size_t count) {
    out_->append(packets);
    sequence_ = static_cast<uint8_t>(sequence_ + count);
  }
  // A packet's header alone; its payload follows by Pass.
  void PassHeader(uint32_t payload_bytes);
  void Pass(std::string_view payload) { out_->append(payload); }

  uint8_t next_sequence() const { return sequence_; }
  size_t held_bytes() const { return held_.size(); }

 private:
  void OpenPacket();
  void ClosePacket();
  void FixHeader(uint32_t payload_bytes);
  void Release();
  void AppendAcross(std::string_view bytes);

  const size_t max_held_bytes_;
  std::string* out_ = nullptr;
  std::string* target_ = nullptr;  // out_ or &held_
  std::string held_;               // the open packet from its header on, once a piece ended within it
  uint8_t sequence_ = 0;
  bool row_open_ = false;
  size_t row_at_ = 0;           // where in *out_ the row began, for taking it back
  uint8_t row_sequence_ = 0;    // its first number
  bool row_part_sent_ = false;  // some of it is out of reach
  bool header_fixed_ = false;
  size_t header_at_ = 0;        // in *target_, until the header is fixed
  uint64_t payload_bytes_ = 0;  // of the open packet
  uint32_t promised_ = 0;       // what its fixed header says
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_PACKET_WRITER_H_
