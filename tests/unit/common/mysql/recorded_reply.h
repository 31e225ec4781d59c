// Replies built packet by packet, and a sink that remembers what it was given.
#ifndef POSTERN_TESTS_UNIT_COMMON_MYSQL_RECORDED_REPLY_H_
#define POSTERN_TESTS_UNIT_COMMON_MYSQL_RECORDED_REPLY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/mysql/flow/response_walker.h"

namespace postern::mysql {

struct RememberingSink : ResponseSink {
  void Pass(Bytes bytes) override {
    passed.append(AsText(bytes));
    ++passes;
  }
  void OnColumnCount(uint64_t columns) override { events += "count" + std::to_string(columns) + " "; }
  void OnColumn(const ColumnDefinition41& column) override { events += "col:" + column.name + " "; }
  void OnPrepareOk(const PrepareOk& prepared) override {
    events += "prepared" + std::to_string(prepared.statement_id) + " ";
  }
  void OnOk(const OkPacket&) override { events += "ok "; }
  void OnEof(const EofPacket&) override { events += "eof "; }
  std::optional<ErrPacket> OnErr(const ErrPacket& error) override {
    events += "err" + std::to_string(error.code) + " ";
    return in_place_of_error;
  }

  std::string passed;
  std::string events;
  std::optional<ErrPacket> in_place_of_error;
  int passes = 0;
};

// Packets one after another, numbered from 1 as an answer to a command is.
class ReplyBuilder {
 public:
  explicit ReplyBuilder(Capabilities capabilities) : capabilities_(capabilities) {}

  ReplyBuilder& Packet(std::string_view payload) {
    AppendPacket(wire_, AsBytes(payload), sequence_);
    return *this;
  }
  ReplyBuilder& Column(std::string name) {
    ColumnDefinition41 column;
    column.name = std::move(name);
    column.type = FieldType::kVarString;
    return Packet(column.Encode());
  }
  // The end of definitions, where there is one.
  ReplyBuilder& DefinitionsEnd(uint16_t status = server_status::kAutocommit) {
    if (capabilities_ & capability::kDeprecateEof) return *this;
    return Packet(EofPacket{0, status}.Encode());
  }
  ReplyBuilder& RowsEnd(uint16_t status = server_status::kAutocommit) {
    if (!(capabilities_ & capability::kDeprecateEof)) return Packet(EofPacket{1, status}.Encode());
    OkPacket ok;
    ok.ends_rows = true;
    ok.status_flags = status;
    ok.warnings = 1;
    return Packet(ok.Encode(capabilities_));
  }
  ReplyBuilder& Ok(OkPacket ok) { return Packet(ok.Encode(capabilities_)); }
  ReplyBuilder& Err(uint16_t code) { return Packet(ErrPacket{code, "HY000", "no"}.Encode()); }

  const std::string& wire() const { return wire_; }

 private:
  Capabilities capabilities_;
  std::string wire_;
  uint8_t sequence_ = 1;
};

}  // namespace postern::mysql

#endif  // POSTERN_TESTS_UNIT_COMMON_MYSQL_RECORDED_REPLY_H_
