// OK, ERR and EOF. Payloads begin with 00 or FE, FF, and FE.
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_RESPONSE_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_RESPONSE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

inline constexpr uint8_t kOkHeader = 0x00;
inline constexpr uint8_t kLocalInfileHeader = 0xFB;
inline constexpr uint8_t kEofHeader = 0xFE;
inline constexpr uint8_t kErrHeader = 0xFF;

namespace track {
inline constexpr uint8_t kSystemVariable = 0;
inline constexpr uint8_t kSchema = 1;
inline constexpr uint8_t kStateChange = 2;
inline constexpr uint8_t kGtids = 3;
inline constexpr uint8_t kTransactionCharacteristics = 4;
inline constexpr uint8_t kTransactionState = 5;
}  // namespace track

// One piece of session tracking. Types without a meaning here keep their bytes in `value`.
struct SessionChange {
  uint8_t type = 0;
  std::string name;   // of the system variable; empty for other types
  std::string value;  // of the variable; the schema; otherwise the raw data

  bool operator==(const SessionChange&) const = default;
};

// 00 or FE | lenenc affected rows | lenenc last insert id | status 2 | warnings 2 | [lenenc info] |
// [if status has SESSION_STATE_CHANGED: lenenc block of { type 1, lenenc data }]
struct OkPacket {
  bool ends_rows = false;  // header FE: takes the place of EOF under DEPRECATE_EOF
  uint64_t affected_rows = 0;
  uint64_t last_insert_id = 0;
  uint16_t status_flags = server_status::kAutocommit;
  uint16_t warnings = 0;
  std::string info;
  std::vector<SessionChange> changes;

  // Takes away the tracking that an agent must not get: all of it without SESSION_TRACK, and always `redirect_url`,
  // which sends MariaDB's drivers round the gateway. True if anything was there to take.
  bool StripChanges(Capabilities agent);

  std::string Encode(Capabilities capabilities) const;
  static absl::StatusOr<OkPacket> Decode(Bytes payload, Capabilities capabilities);
};

// FF | code 2 | '#' state 5 | text. Before the client's capabilities are known the state is absent.
struct ErrPacket {
  uint16_t code = 0;
  std::string sqlstate = "HY000";
  std::string message;

  // REQUIRES: sqlstate.size() == 5.
  std::string Encode(bool with_sqlstate = true) const;
  static absl::StatusOr<ErrPacket> Decode(Bytes payload);
};

// FE | warnings 2 | status 2
struct EofPacket {
  uint16_t warnings = 0;
  uint16_t status_flags = server_status::kAutocommit;

  std::string Encode() const;
  static absl::StatusOr<EofPacket> Decode(Bytes payload);
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_RESPONSE_H_
