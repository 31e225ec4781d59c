// Commands and their bodies. A payload here is the whole logical packet, command byte first.
// Views point into the payload; structs that outlive it copy.
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_COMMAND_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_COMMAND_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/commands.h"
#include "common/mysql/message/value.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

struct ParameterLimits {
  uint32_t max_attributes = 64;
  uint32_t max_name_bytes = 1024;
};

// 03 | [if QUERY_ATTRIBUTES: lenenc count, lenenc sets (=1), [bitmap, 1, types and names, values]] | text
struct ComQuery {
  std::vector<Parameter> attributes;
  std::string_view sql;

  // Without QUERY_ATTRIBUTES in `capabilities` the attributes are dropped: that is how one leg is recoded for another.
  std::string Encode(Capabilities capabilities) const;
  static absl::StatusOr<ComQuery> Decode(Bytes payload, Capabilities capabilities, const ParameterLimits& limits = {});
};

// What must be known of a prepared statement to read its EXECUTE.
struct ExecuteContext {
  Capabilities capabilities = 0;
  uint16_t parameters = 0;                    // from prepare-OK
  std::span<const ParameterType> last_types;  // of the previous EXECUTE; empty before the first
  std::span<const uint16_t> long_data;        // indexes of parameters sent by COM_STMT_SEND_LONG_DATA
  ParameterLimits limits;
};

// 17 | id 4 | flags 1 | iterations 4 (=1) | [lenenc count] | null bitmap | new types 1 | [types, names] | values
struct StmtExecute {
  static constexpr uint8_t kReadOnlyCursor = 1;
  static constexpr uint8_t kForUpdateCursor = 2;
  static constexpr uint8_t kScrollableCursor = 4;
  static constexpr uint8_t kParameterCountAvailable = 8;

  uint32_t statement_id = 0;
  uint8_t flags = 0;
  bool new_types = false;
  std::vector<Parameter> parameters;
  std::vector<Parameter> attributes;

  // The types to remember as ExecuteContext::last_types.
  std::vector<ParameterType> Types() const;

  // Types are always written; the attributes only with QUERY_ATTRIBUTES. Change statement_id or flags first to recode.
  std::string Encode(Capabilities capabilities) const;
  static absl::StatusOr<StmtExecute> Decode(Bytes payload, const ExecuteContext& context);
  // The id alone, to find the context with.
  static absl::StatusOr<uint32_t> DecodeId(Bytes payload);
};

// 02 | schema
struct ComInitDb {
  std::string_view schema;
  std::string Encode() const;
  static absl::StatusOr<ComInitDb> Decode(Bytes payload);
};

// 04 | table NUL | wildcard
struct ComFieldList {
  std::string_view table;
  std::string_view wildcard;
  std::string Encode() const;
  static absl::StatusOr<ComFieldList> Decode(Bytes payload);
};

// 16 | text
struct ComStmtPrepare {
  std::string_view sql;
  std::string Encode() const;
  static absl::StatusOr<ComStmtPrepare> Decode(Bytes payload);
};

// 18 | id 4 | parameter 2 | bytes
struct ComStmtSendLongData {
  uint32_t statement_id = 0;
  uint16_t parameter = 0;
  Bytes data;
  std::string Encode() const;
  static absl::StatusOr<ComStmtSendLongData> Decode(Bytes payload);
};

// 19 or 1A | id 4
struct ComStmtId {
  uint32_t statement_id = 0;
  std::string Encode(Command command) const;
  static absl::StatusOr<ComStmtId> Decode(Bytes payload);
};

// 1C | id 4 | rows 4
struct ComStmtFetch {
  uint32_t statement_id = 0;
  uint32_t rows = 0;
  std::string Encode() const;
  static absl::StatusOr<ComStmtFetch> Decode(Bytes payload);
};

// 1B | option 2
struct ComSetOption {
  static constexpr uint16_t kMultiStatementsOn = 0;
  static constexpr uint16_t kMultiStatementsOff = 1;
  uint16_t option = 0;
  std::string Encode() const;
  static absl::StatusOr<ComSetOption> Decode(Bytes payload);
};

// 0C | connection id 4
struct ComProcessKill {
  uint32_t connection_id = 0;
  std::string Encode() const;
  static absl::StatusOr<ComProcessKill> Decode(Bytes payload);
};

// A command that is its byte alone: QUIT, PING, RESET_CONNECTION, STATISTICS.
std::string EncodeBareCommand(Command command);
[[nodiscard]] absl::Status DecodeBareCommand(Bytes payload);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_COMMAND_H_
