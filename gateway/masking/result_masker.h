// A server's reply in, the reply for an agent under masks out: definitions and rows rewritten, errors in words of ours,
// packets numbered anew, everything else byte for byte. Sans-io: fed in pieces of any size. One object per session, one
// thread.
//
// It stands behind the ResponseWalker, fed with what that passes, and does not rely on it: whatever is not as the
// protocol says is an error, after which nothing more comes out. Replies without metadata (OPTIONAL_METADATA, MariaDB's
// metadata cache) and MariaDB's extended metadata are never negotiated and refused as malformed.
//
// All column definitions of a result are held until the judge has seen them; nothing of the result is out before that.
// A result that is withheld becomes an ERR, and the rest of the reply is swallowed.
//
// Memory: the definitions (Options), a value that is taken apart (kMaxRewrittenBytes), and of a row that the pieces cut
// at most Options::max_held_row_bytes, until its length is certain. A piece is taken in part when enough has come out.
//
// Each reply: Begin(), Feed() until done().
#ifndef POSTERN_GATEWAY_MASKING_RESULT_MASKER_H_
#define POSTERN_GATEWAY_MASKING_RESULT_MASKER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/commands.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/packet.h"
#include "gateway/masking/held_definitions.h"
#include "gateway/masking/packet_writer.h"
#include "gateway/masking/row_masker.h"
#include "gateway/masking/row_masks.h"

namespace postern::masking {

// Masks for a result, or an error in its place.
struct Verdict {
  std::shared_ptr<const RowMasks> masks;  // null: the result is withheld
  mysql::ErrPacket in_place;              // what the agent is told then
};

class ResultJudge {
 public:
  virtual ~ResultJudge() = default;
  // `columns` of the reply's result number `result` from 0, or of a statement that was prepared. Called once for each.
  virtual Verdict OnColumns(RowMasks::Columns columns, size_t result) = 0;
  // A masked row is complete. An error instead of what the result still has: it is cut.
  virtual std::optional<mysql::ErrPacket> AfterRow() { return std::nullopt; }
  // Told of values that are shown masked; null: nobody is.
  virtual ValueWitness* witness() { return nullptr; }
};

class ResultMasker {
 public:
  struct Options {
    mysql::Capabilities capabilities = 0;  // of the bytes that are fed: the agent's, behind a walker
    uint64_t max_columns = 4096;
    size_t max_definitions_bytes = size_t{4} * 1024 * 1024;
    size_t max_control_packet_bytes = size_t{1} * 1024 * 1024;
    size_t max_held_row_bytes = mysql::kMaxPhysicalPayload;
    size_t output_bytes = size_t{256} * 1024;  // Feed stops at the first packet's end past this
  };

  explicit ResultMasker(const Options& options);

  // A command's reply is to come, the first packet of which has the number `sequence`, and `agent_sequence` for the
  // agent. `judge` lives until the reply is done. For COM_STMT_FETCH, `cursor` is what masks() gave when the cursor was
  // opened.
  void Begin(mysql::ReplyShape shape, ResultJudge& judge, uint8_t sequence = 1, uint8_t agent_sequence = 1,
             std::shared_ptr<const RowMasks> cursor = nullptr);

  // Takes bytes off the front of `piece` and appends to `out` what they become. Call again while `piece` is not empty.
  // After an error `out` holds what may still be sent, and the masker stays in error.
  [[nodiscard]] absl::Status Feed(mysql::Bytes& piece, std::string& out);

  bool done() const { return state_ == State::kDone; }
  // What the agent was told in place of a result, if one was withheld.
  const std::optional<mysql::ErrPacket>& withheld() const { return withheld_; }
  // What the agent was told in place of the rest, if a result was cut.
  const std::optional<mysql::ErrPacket>& cut() const { return cut_; }
  // Of the last result: to be kept with the statement while a cursor is open.
  const std::shared_ptr<const RowMasks>& masks() const { return masks_; }
  // What detectors found in all results of the reply.
  Findings findings() const;

  // For an ERR of the caller's own after an error of Feed.
  uint8_t next_agent_sequence() const { return writer_.next_sequence(); }
  bool at_packet_boundary() const { return at_boundary_ && (state_ == State::kFailed || !row_open_); }

 private:
  enum class State : uint8_t {
    kFirst,
    kColumns,
    kColumnsEof,
    kRows,
    kParameters,
    kParametersEof,
    kPreparedColumns,
    kPreparedColumnsEof,
    kFieldList,
    kStatistics,
    kDone,
    kFailed
  };
  enum class Rows : uint8_t { kPassed, kMasked, kSwallowed };

  bool DeprecatesEof() const { return (options_.capabilities & mysql::capability::kDeprecateEof) != 0; }
  Protocol RowProtocol() const;
  void UseMasks(std::shared_ptr<const RowMasks> masks);

  absl::Status Walk(mysql::Bytes& piece, std::string& out);
  void Forecast();
  absl::Status TakeRows(mysql::Bytes& piece, const std::string& out, size_t limit);
  absl::Status TakePacket(mysql::Bytes& piece);
  size_t BytesToJudge(mysql::Bytes packet) const;
  bool IsRow(mysql::PacketHeader header, uint8_t first) const;
  absl::Status Judge(mysql::Bytes packet);
  absl::Status BeginRowPacket(mysql::PacketHeader header, std::string_view seen);
  absl::Status FeedRow(std::string_view bytes);
  absl::Status EndMaskedRow();

  absl::Status OnControl(std::string_view payload);
  absl::Status OnFirst(std::string_view payload);
  absl::Status OnColumn(std::string_view payload);
  absl::Status OnDefinitionsEof(std::string_view payload);
  absl::Status OnPrepareOk(std::string_view payload);
  absl::Status NextPreparedBlock();
  absl::Status Decide();
  absl::Status OnEnd(std::string_view payload);
  absl::Status OnOk(std::string_view payload);
  absl::Status OnErr(std::string_view payload);
  void EndResult(uint16_t status_flags);
  void Tell(std::string_view payload);

  const Options options_;
  mysql::ReplyShape shape_ = mysql::ReplyShape::kNone;
  State state_ = State::kDone;
  ResultJudge* judge_ = nullptr;
  PacketWriter writer_;
  HeldDefinitions definitions_;
  std::shared_ptr<const RowMasks> masks_;
  std::optional<RowMasker> row_;
  Rows rows_ = Rows::kPassed;
  std::optional<mysql::ErrPacket> withheld_;
  std::optional<mysql::ErrPacket> cut_;
  Findings findings_;

  uint8_t sequence_ = 0;  // expected next
  size_t result_ = 0;
  uint64_t columns_left_ = 0;
  uint64_t prepared_columns_ = 0;
  std::string held_;        // the start of a packet that a piece cut: as much as it takes to judge it
  uint32_t body_left_ = 0;  // bytes of the current row packet still to come
  bool row_open_ = false;
  bool continued_ = false;  // the row goes on in the next packet
  bool at_boundary_ = true;
  absl::Status error_;
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_RESULT_MASKER_H_
