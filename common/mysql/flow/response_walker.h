// Follows a server's reply as it streams by, without joining rows: it knows where each packet begins and what it is,
// when the reply ends, and hands the bytes on. One object per session, one thread at a time; bytes given to the sink
// are views into the chunk being fed and die when Feed returns.
//
// Rows cost a header and a byte to look at, however long they are. Only packets of interest (OK, ERR, EOF, column
// counts and definitions, prepare-OK) are read, and only these are ever buffered, up to a limit.
//
// Anything a server would not send is an error and ends the session: close both legs. Packets before the
// offending one are passed, nothing of it is. So does LOCAL INFILE (code
// kPermissionDenied), which is never passed on.
//
// Each legitimate reply: Begin(), Feed() until done(), summary().
#ifndef POSTERN_COMMON_MYSQL_FLOW_RESPONSE_WALKER_H_
#define POSTERN_COMMON_MYSQL_FLOW_RESPONSE_WALKER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/commands.h"
#include "common/mysql/message/column.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/bytes.h"
#include "common/mysql/wire/packet.h"

namespace postern::mysql {

// Receives the reply. Visits come before the packet's own bytes are passed.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;

  // Bytes for the agent, in order; as long a run as the chunk allows.
  virtual void Pass(Bytes bytes) = 0;

  virtual void OnColumnCount(uint64_t /*columns*/) {}
  // Of a result, of COM_FIELD_LIST, or of a prepared statement (parameters first).
  virtual void OnColumn(const ColumnDefinition41& /*column*/) {}
  virtual void OnPrepareOk(const PrepareOk& /*prepared*/) {}
  // As the server sent it, before anything is taken away.
  virtual void OnOk(const OkPacket& /*ok*/) {}
  virtual void OnEof(const EofPacket& /*eof*/) {}
  // What the agent is told in its place, if anything else.
  virtual std::optional<ErrPacket> OnErr(const ErrPacket& /*error*/) { return std::nullopt; }
  // The reply has gone to its limits: the server may be stopped. What the agent is told in place of the rest.
  virtual ErrPacket OnCut() { return {1105, "HY000", "The result was cut"}; }
};

struct ReplySummary {
  uint64_t rows = 0;
  uint64_t result_sets = 0;
  uint64_t row_bytes = 0;      // of the rows, headers included
  uint64_t bytes = 0;          // from the server, headers included
  uint64_t affected_rows = 0;  // summed over the OKs that carry it
  uint64_t last_insert_id = 0;
  uint16_t status_flags = 0;  // of the last OK or EOF
  uint16_t warnings = 0;      // of the last OK or EOF
  std::optional<ErrPacket> error;
  std::optional<ErrPacket> cut;  // what the agent was told in place of the rest
  std::optional<PrepareOk> prepared;
  bool cursor_open = false;            // EXECUTE opened a cursor; rows come by FETCH
  bool last_row_sent = false;          // FETCH reached the end
  std::vector<SessionChange> changes;  // variables and schema, the last value of each
};

// How much of a reply the agent is given: of all its results together. Rows and their bytes, headers included.
struct ReplyLimits {
  uint64_t rows = std::numeric_limits<uint64_t>::max();
  uint64_t row_bytes = std::numeric_limits<uint64_t>::max();
  // Changed by the statement, as its OKs say: an OK that goes beyond is the cut.
  uint64_t affected_rows = std::numeric_limits<uint64_t>::max();
};

class ResponseWalker {
 public:
  struct Options {
    Capabilities upstream = 0;  // negotiated with the server
    Capabilities agent = 0;     // negotiated with the agent; may lack SESSION_TRACK
    size_t max_control_packet_bytes = 1024 * 1024;
    uint64_t max_columns = 4096;
    size_t max_changes = 1024;
  };

  explicit ResponseWalker(Options options) : options_(options) {}

  // A command went out whose last physical packet had `upstream_sequence` on the server's leg and `agent_sequence` on
  // the agent's (they differ when the statement was rebuilt across a 16 MiB boundary; headers are then renumbered).
  // Before the row that would go beyond `limits` the reply is cut: the rest is walked and not passed, and ends in what
  // ResponseSink::OnCut says.
  void Begin(ReplyShape shape, uint8_t upstream_sequence = 0, uint8_t agent_sequence = 0, ReplyLimits limits = {});
  // Of what is still to be fed, at most so much is passed, whatever the limits let: until this is called again.
  void LimitRest(uint64_t rows, uint64_t row_bytes);

  // Any piece of the reply. After an error the walker stays in error. Bytes after the end of the reply are an error.
  [[nodiscard]] absl::Status Feed(Bytes chunk, ResponseSink& sink);

  bool done() const { return state_ == State::kDone; }
  const ReplySummary& summary() const { return summary_; }
  // The sequence id the next packet to the agent would have: for an ERR of our own in place of the rest.
  uint8_t next_agent_sequence() const { return static_cast<uint8_t>(sequence_ + offset_); }
  // True while nothing of the current packet was passed yet, so an ERR of our own can still be put in.
  bool at_packet_boundary() const { return body_left_ == 0 && !continued_; }

 private:
  enum class State {
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

  // What Feed has looked at and not yet passed: a run of the current chunk.
  class Run;
  // A payload to send in place of the server's, or nothing to leave it as it is.
  using Changed = absl::StatusOr<std::optional<std::string>>;

  State FirstState() const;
  bool DeprecatesEof() const { return (options_.upstream & capability::kDeprecateEof) != 0; }

  void SkipBody(Bytes& chunk, Run& run);
  void SkimRows(Bytes& chunk, Run& run);
  absl::Status TakePacket(Bytes& chunk, Run& run, ResponseSink& sink);
  absl::Status HoldPacket(Bytes& chunk, Run& run, ResponseSink& sink);
  size_t BytesToJudge(Bytes packet) const;
  bool IsRow(PacketHeader header, uint8_t first) const;
  bool FitsRow(PacketHeader header) const;
  std::string InPlaceOf(PacketHeader header);
  absl::Status CheckSize(size_t packet_bytes) const;
  Changed Judge(Bytes packet, ResponseSink& sink);

  Changed OnControl(Bytes payload, ResponseSink& sink);
  Changed OnFirst(Bytes payload, ResponseSink& sink);
  Changed OnColumn(Bytes payload, ResponseSink& sink);
  Changed OnDefinitionsEof(Bytes payload, ResponseSink& sink);
  Changed OnPrepareOk(Bytes payload, ResponseSink& sink);
  Changed OnRowsEnd(Bytes payload, ResponseSink& sink);
  Changed OnFieldList(Bytes payload, ResponseSink& sink);
  Changed OnEnd(Bytes payload, ResponseSink& sink);
  Changed OnOk(Bytes payload, ResponseSink& sink);
  Changed OnErr(Bytes payload, ResponseSink& sink);
  void NextPreparedBlock();
  void EndResult(uint16_t status_flags, uint16_t warnings);
  absl::Status NoteChanges(const OkPacket& ok);

  Options options_;
  ReplyShape shape_ = ReplyShape::kNone;
  State state_ = State::kDone;
  ReplySummary summary_;
  uint8_t sequence_ = 0;  // expected next from the server
  uint8_t offset_ = 0;    // agent's sequence id minus the server's
  uint64_t columns_left_ = 0;
  uint64_t prepared_columns_ = 0;
  ReplyLimits limits_;
  uint64_t most_rows_ = std::numeric_limits<uint64_t>::max();
  uint64_t most_row_bytes_ = std::numeric_limits<uint64_t>::max();
  std::string held_;        // the start of a packet that a chunk cut: as much as it takes to judge it
  uint32_t body_left_ = 0;  // bytes of the current row packet still to come
  bool continued_ = false;  // the current row goes on in the next physical packet
  absl::Status error_;
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_FLOW_RESPONSE_WALKER_H_
