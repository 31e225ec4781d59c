// The answer to a COM_QUERY as a client of ours reads it: rows as text, or how many were changed, or an error. No socket: packets in.
// One object per query, one thread at a time. For small answers: what is larger than its bounds is an error.
#ifndef POSTERN_COMMON_MYSQL_FLOW_TEXT_REPLY_H_
#define POSTERN_COMMON_MYSQL_FLOW_TEXT_REPLY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

class TextReply {
 public:
  struct Limits {
    uint64_t columns = 4096;
    size_t rows = 1000;
    size_t bytes = 1 << 20;  // of all values
  };
  // Absent: NULL.
  using Row = std::vector<std::optional<std::string>>;

  // REQUIRES: DEPRECATE_EOF is among the negotiated capabilities.
  explicit TextReply(Capabilities negotiated) : TextReply(negotiated, Limits{}) {}
  TextReply(Capabilities negotiated, Limits limits) : capabilities_(negotiated), limits_(limits) {}

  // One whole logical packet. REQUIRES: not done, and no error before. Errors: wire/errors.h; a second result and a wish for a
  // file are unsupported.
  [[nodiscard]] absl::Status OnPacket(Bytes payload);
  bool done() const { return state_ == State::kDone; }

  // Once done: the server's ERR, or else the rest.
  const std::optional<ErrPacket>& error() const { return error_; }
  const std::vector<Row>& rows() const { return rows_; }
  uint64_t affected_rows() const { return affected_rows_; }

 private:
  enum class State : uint8_t { kFirst, kColumns, kRows, kDone };

  absl::Status OnFirst(Bytes payload);
  absl::Status OnRow(Bytes payload);
  absl::Status OnEnd(Bytes payload);
  absl::Status OnErr(Bytes payload);

  Capabilities capabilities_;
  Limits limits_;
  State state_ = State::kFirst;
  uint64_t columns_ = 0;
  uint64_t columns_left_ = 0;
  size_t bytes_ = 0;
  std::vector<Row> rows_;
  uint64_t affected_rows_ = 0;
  std::optional<ErrPacket> error_;
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_FLOW_TEXT_REPLY_H_
