#include "common/mysql/wire/packet.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "common/mysql/wire/errors.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {

PacketHeader DecodeHeader(Bytes bytes) {
  auto at = [&](size_t i) { return static_cast<uint32_t>(bytes[i]); };
  return {at(0) | at(1) << 8 | at(2) << 16, static_cast<uint8_t>(at(3))};
}

void AppendHeader(std::string& out, PacketHeader header) { Writer(out).U24(header.payload_bytes).U8(header.sequence); }

void AppendPacket(std::string& out, Bytes payload, uint8_t& sequence) {
  size_t length = 0;
  do {
    length = std::min<size_t>(payload.size(), kMaxPhysicalPayload);
    AppendHeader(out, {static_cast<uint32_t>(length), sequence++});
    out.append(AsText(payload.first(length)));
    payload = payload.subspan(length);
  } while (length == kMaxPhysicalPayload);
}

void PacketAssembler::Append(Bytes chunk) {
  Release();
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  } else if (start_ > buffer_.size() / 2) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_.append(AsText(chunk));
}

absl::StatusOr<std::optional<PacketAssembler::Packet>> PacketAssembler::Next() {
  Release();
  while (error_.ok()) {
    Bytes rest = AsBytes(buffer_).subspan(start_);
    if (rest.size() < kHeaderBytes) return std::nullopt;
    PacketHeader header = DecodeHeader(rest);
    error_ = CheckHeader(header);
    if (!error_.ok()) break;
    if (rest.size() - kHeaderBytes < header.payload_bytes) return std::nullopt;

    Bytes payload = rest.subspan(kHeaderBytes, header.payload_bytes);
    if (physical_packets_++ == 0) first_sequence_ = header.sequence;
    last_sequence_ = header.sequence;
    expected_.reset();
    bool last = header.payload_bytes < kMaxPhysicalPayload;
    if (last && physical_packets_ == 1) {  // the usual packet is lent out where it lies
      given_ = kHeaderBytes + header.payload_bytes;
    } else {
      joined_.append(AsText(payload));
      start_ += kHeaderBytes + header.payload_bytes;
      if (!last) continue;
      payload = AsBytes(joined_);
      joined_given_ = true;
    }
    return Packet{payload, first_sequence_, last_sequence_, std::exchange(physical_packets_, 0)};
  }
  return error_;
}

size_t PacketAssembler::bytes_wanted() const {
  Bytes rest = AsBytes(buffer_).subspan(start_ + given_);
  if (rest.size() < kHeaderBytes) return kHeaderBytes - rest.size();
  size_t whole = kHeaderBytes + DecodeHeader(rest).payload_bytes;
  return rest.size() >= whole ? 0 : whole - rest.size();
}

absl::Status PacketAssembler::Finish() const {
  if (!error_.ok()) return error_;
  return buffered_bytes() == 0 ? absl::OkStatus() : Truncated("the stream ends inside a packet");
}

void PacketAssembler::Wipe() {
  OPENSSL_cleanse(buffer_.data(), buffer_.size());
  OPENSSL_cleanse(joined_.data(), joined_.size());
  buffer_.clear();
  joined_.clear();
  start_ = given_ = physical_packets_ = 0;
  joined_given_ = false;
}

absl::Status PacketAssembler::CheckHeader(PacketHeader header) const {
  if (physical_packets_ > 0 && header.sequence != static_cast<uint8_t>(last_sequence_ + 1)) {
    return Malformed("a continued packet is out of sequence");
  }
  if (physical_packets_ == 0 && expected_ && header.sequence != *expected_) {
    return Malformed("a packet is out of sequence");
  }
  if (header.payload_bytes > max_payload_bytes_ - std::min(max_payload_bytes_, joined_.size())) {
    return TooLarge("a packet is over its limit");
  }
  return absl::OkStatus();
}

void PacketAssembler::Release() {
  start_ += std::exchange(given_, 0);
  if (std::exchange(joined_given_, false)) std::string().swap(joined_);
}

}  // namespace postern::mysql
