#include "gateway/masking/packet_writer.h"

#include <algorithm>

#include "common/mysql/wire/errors.h"

namespace postern::masking {
namespace {

using mysql::kHeaderBytes;
using mysql::kMaxPhysicalPayload;

constexpr size_t kKeptCapacity = size_t{64} * 1024;  // a larger buffer is given back once its row is out

}  // namespace

void PacketWriter::Begin(uint8_t sequence) {
  sequence_ = sequence;
  row_open_ = false;
  held_.clear();
}

void PacketWriter::BeginPiece(std::string& out) {
  out_ = &out;
  const bool holding = row_open_ && !header_fixed_;
  target_ = holding ? &held_ : out_;
  row_at_ = out.size();
}

absl::Status PacketWriter::EndPiece() {
  if (!row_open_) return absl::OkStatus();
  if (!header_fixed_ && target_ == out_) {
    held_.assign(*out_, header_at_, std::string::npos);
    out_->resize(header_at_);
    header_at_ = 0;
    target_ = &held_;
  }
  row_part_sent_ = row_part_sent_ || out_->size() > row_at_;
  if (held_.size() > max_held_bytes_ + kHeaderBytes)
    return mysql::TooLarge("a row would have to be held back for longer than its limit");
  return absl::OkStatus();
}

void PacketWriter::Packet(std::string_view payload) {
  mysql::AppendHeader(*out_, {static_cast<uint32_t>(payload.size()), sequence_++});
  out_->append(payload);
}

void PacketWriter::PassHeader(uint32_t payload_bytes) { mysql::AppendHeader(*out_, {payload_bytes, sequence_++}); }

void PacketWriter::BeginRow() {
  row_open_ = true;
  row_part_sent_ = false;
  target_ = out_;
  row_at_ = out_->size();
  row_sequence_ = sequence_;
  OpenPacket();
}

absl::Status PacketWriter::EndRow() {
  if (header_fixed_ && promised_ != payload_bytes_) return mysql::Malformed("a row has another length than its values");
  ClosePacket();
  row_open_ = false;
  if (held_.capacity() > kKeptCapacity) std::string().swap(held_);
  return absl::OkStatus();
}

bool PacketWriter::AbandonRow() {
  if (!row_open_) return true;
  row_open_ = false;
  held_.clear();
  if (row_part_sent_) return false;
  out_->resize(row_at_);
  sequence_ = row_sequence_;
  return true;
}

void PacketWriter::ExpectExactly(uint64_t bytes) {
  if (!header_fixed_) FixHeader(static_cast<uint32_t>(std::min<uint64_t>(payload_bytes_ + bytes, kMaxPhysicalPayload)));
}

void PacketWriter::ExpectAtLeast(uint64_t bytes) {
  if (!header_fixed_ && bytes >= kMaxPhysicalPayload - payload_bytes_) FixHeader(kMaxPhysicalPayload);
}

void PacketWriter::OpenPacket() {
  header_fixed_ = false;
  payload_bytes_ = 0;
  header_at_ = target_->size();
  target_->append(kHeaderBytes, '\0');
}

void PacketWriter::ClosePacket() {
  if (!header_fixed_) FixHeader(static_cast<uint32_t>(payload_bytes_));
}

// Writes the length into the header, after which the packet need not be held any more.
void PacketWriter::FixHeader(uint32_t payload_bytes) {
  char* at = target_->data() + header_at_;
  at[0] = static_cast<char>(payload_bytes);
  at[1] = static_cast<char>(payload_bytes >> 8);
  at[2] = static_cast<char>(payload_bytes >> 16);
  at[3] = static_cast<char>(sequence_++);
  header_fixed_ = true;
  promised_ = payload_bytes;
  Release();
}

void PacketWriter::Release() {
  if (target_ == out_) return;
  out_->append(held_);
  held_.clear();
  target_ = out_;
}

// `payload_bytes_` counts all of `bytes` already.
void PacketWriter::AppendAcross(std::string_view bytes) {
  payload_bytes_ -= bytes.size();
  while (bytes.size() >= kMaxPhysicalPayload - payload_bytes_) {
    const size_t room = kMaxPhysicalPayload - payload_bytes_;
    target_->append(bytes.substr(0, room));
    payload_bytes_ = kMaxPhysicalPayload;
    bytes.remove_prefix(room);
    ClosePacket();
    OpenPacket();
  }
  target_->append(bytes);
  payload_bytes_ += bytes.size();
}

}  // namespace postern::masking
