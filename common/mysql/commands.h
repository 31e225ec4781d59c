// The command table: every command byte, what the gateway does with it and what shape its reply has. A byte without a
// row is refused (ERR 1047). Constant data; any thread.
#ifndef POSTERN_COMMON_MYSQL_COMMANDS_H_
#define POSTERN_COMMON_MYSQL_COMMANDS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace postern::mysql {

enum class Command : uint8_t {
  kSleep = 0x00,
  kQuit = 0x01,
  kInitDb = 0x02,
  kQuery = 0x03,
  kFieldList = 0x04,
  kCreateDb = 0x05,
  kDropDb = 0x06,
  kRefresh = 0x07,
  kShutdown = 0x08,
  kStatistics = 0x09,
  kProcessInfo = 0x0A,
  kConnect = 0x0B,
  kProcessKill = 0x0C,
  kDebug = 0x0D,
  kPing = 0x0E,
  kTime = 0x0F,
  kDelayedInsert = 0x10,
  kChangeUser = 0x11,
  kBinlogDump = 0x12,
  kTableDump = 0x13,
  kConnectOut = 0x14,
  kRegisterSlave = 0x15,
  kStmtPrepare = 0x16,
  kStmtExecute = 0x17,
  kStmtSendLongData = 0x18,
  kStmtClose = 0x19,
  kStmtReset = 0x1A,
  kSetOption = 0x1B,
  kStmtFetch = 0x1C,
  kDaemon = 0x1D,
  kBinlogDumpGtid = 0x1E,
  kResetConnection = 0x1F,
  kClone = 0x20,
  kSubscribeGroupReplication = 0x21,
  kStmtBulkExecute = 0xFA,  // MariaDB, as are the rest
  kSlaveWorker = 0xFB,
  kSlaveIo = 0xFC,
  kSlaveSql = 0xFD,
  kMulti = 0xFE,
};

enum class Treatment {
  kInspect,  // decided on by its content, then forwarded
  kForward,  // harmless in itself; forwarded as it is
  kEmulate,  // answered by the gateway; never reaches the database
  kRefuse,   // ERR; never reaches the database
};

// What a server answers. See flow/response_walker.h.
enum class ReplyShape {
  kNone,        // nothing at all
  kSimple,      // OK, ERR or EOF
  kStatistics,  // one bare string
  kQuery,       // OK, ERR or result sets with text rows
  kPrepare,     // prepare-OK and definitions, or ERR
  kExecute,     // OK, ERR or result sets with binary rows, or a cursor
  kFetch,       // binary rows without metadata
  kFieldList,   // column definitions
};

struct CommandInfo {
  uint8_t code;
  std::string_view name;  // "COM_QUERY"
  Treatment treatment;
  ReplyShape reply;
  bool carries_sql;  // statement text an agent wrote

  bool Is(Command command) const { return code == static_cast<uint8_t>(command); }
};

// The row of a command byte, or the row named "COM_UNKNOWN" that refuses.
const CommandInfo& FindCommand(uint8_t code);

// All rows, by code.
std::span<const CommandInfo> AllCommands();

std::string_view TreatmentName(Treatment treatment);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_COMMANDS_H_
