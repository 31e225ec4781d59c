// Packets: how payloads are framed on the wire.
//
//   payload length 3 | sequence 1 | payload
//
// A payload of exactly FFFFFF bytes says "continued": longer payloads are split, and one whose length is a multiple of
// FFFFFF ends with an empty packet. "Physical" packets are those on the wire; a "logical" packet is the joined payload.
#ifndef POSTERN_COMMON_MYSQL_WIRE_PACKET_H_
#define POSTERN_COMMON_MYSQL_WIRE_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

inline constexpr size_t kHeaderBytes = 4;
inline constexpr uint32_t kMaxPhysicalPayload = 0xFFFFFF;

struct PacketHeader {
  uint32_t payload_bytes = 0;
  uint8_t sequence = 0;
};

// REQUIRES: bytes.size() >= kHeaderBytes.
PacketHeader DecodeHeader(Bytes bytes);
void AppendHeader(std::string& out, PacketHeader header);

// Appends `payload` as one or more physical packets numbered from `sequence`, which ends one past the last used.
void AppendPacket(std::string& out, Bytes payload, uint8_t& sequence);

// Joins bytes as they come off a socket into logical packets. Single-threaded; owns its buffer.
//
// Use: Append() what was read, then Next() until it has no more. Memory stays under
// max_payload_bytes + the largest chunk appended + headers, because a header over the limit is an error at once.
// After an error the assembler stays in error.
class PacketAssembler {
 public:
  struct Packet {
    Bytes payload;  // valid until the next call of any method
    uint8_t first_sequence = 0;
    uint8_t last_sequence = 0;
    size_t physical_packets = 0;
  };

  explicit PacketAssembler(size_t max_payload_bytes) : max_payload_bytes_(max_payload_bytes) {}

  void Append(Bytes chunk);

  // The next complete packet, or nothing while bytes are missing. Errors: malformed (sequence), too large.
  absl::StatusOr<std::optional<Packet>> Next();

  // The next logical packet must start with this sequence id (0 for a command). Without it, any is taken for the first
  // physical packet; continuations must always count up.
  void ExpectSequence(uint8_t sequence) { expected_ = sequence; }
  void set_max_payload_bytes(size_t limit) { max_payload_bytes_ = limit; }

  // At least this many bytes must still be appended before Next() can have news; 0 if it has some now. A reader that
  // asks the socket for no more than this never reads past a packet: needed around SSLRequest, where the next bytes
  // belong to TLS.
  size_t bytes_wanted() const;
  // Bytes appended and not yet given out. Not zero after SSLRequest means plain text was smuggled in before TLS.
  size_t buffered_bytes() const { return buffer_.size() - start_ - given_ + (joined_given_ ? 0 : joined_.size()); }

  // Overwrites and forgets all bytes held, the last packet's too: for when one of them carried a secret.
  void Wipe();

  // For the end of the stream: truncated if it came in the middle of a packet.
  [[nodiscard]] absl::Status Finish() const;

 private:
  absl::Status CheckHeader(PacketHeader header) const;
  void Release();  // takes back what the last Next() lent out

  size_t max_payload_bytes_;
  std::string buffer_;  // raw bytes; [0, start_) are used up
  size_t start_ = 0;
  size_t given_ = 0;    // bytes of buffer_ lent out by the last Next()
  std::string joined_;  // payload of a continued packet so far
  bool joined_given_ = false;
  size_t physical_packets_ = 0;
  uint8_t first_sequence_ = 0;
  uint8_t last_sequence_ = 0;
  std::optional<uint8_t> expected_;
  absl::Status error_;
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_WIRE_PACKET_H_
