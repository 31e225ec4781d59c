#include "common/mysql/commands.h"

#include <algorithm>
#include <array>

namespace postern::mysql {
namespace {

using enum Treatment;
using Shape = ReplyShape;

constexpr CommandInfo Row(Command code, std::string_view name, Treatment treatment, Shape reply, bool sql = false) {
  return {static_cast<uint8_t>(code), name, treatment, reply, sql};
}

// Refused without a word here: replication and cloning (they hand out the whole database), what the servers themselves
// retired, and threads' inner commands. QUIT, PING and STATISTICS are answered here because the database may not be
// open at all; CHANGE_USER because the database knows nothing of agents.
constexpr std::array kRows = {
    Row(Command::kSleep, "COM_SLEEP", kRefuse, Shape::kSimple),
    Row(Command::kQuit, "COM_QUIT", kEmulate, Shape::kNone),
    Row(Command::kInitDb, "COM_INIT_DB", kInspect, Shape::kSimple),
    Row(Command::kQuery, "COM_QUERY", kInspect, Shape::kQuery, true),
    Row(Command::kFieldList, "COM_FIELD_LIST", kInspect, Shape::kFieldList),
    Row(Command::kCreateDb, "COM_CREATE_DB", kRefuse, Shape::kSimple),
    Row(Command::kDropDb, "COM_DROP_DB", kRefuse, Shape::kSimple),
    Row(Command::kRefresh, "COM_REFRESH", kRefuse, Shape::kSimple),
    Row(Command::kShutdown, "COM_SHUTDOWN", kRefuse, Shape::kSimple),
    Row(Command::kStatistics, "COM_STATISTICS", kEmulate, Shape::kStatistics),
    Row(Command::kProcessInfo, "COM_PROCESS_INFO", kRefuse, Shape::kQuery),
    Row(Command::kConnect, "COM_CONNECT", kRefuse, Shape::kSimple),
    Row(Command::kProcessKill, "COM_PROCESS_KILL", kRefuse, Shape::kSimple),
    Row(Command::kDebug, "COM_DEBUG", kRefuse, Shape::kSimple),
    Row(Command::kPing, "COM_PING", kEmulate, Shape::kSimple),
    Row(Command::kTime, "COM_TIME", kRefuse, Shape::kSimple),
    Row(Command::kDelayedInsert, "COM_DELAYED_INSERT", kRefuse, Shape::kSimple),
    Row(Command::kChangeUser, "COM_CHANGE_USER", kEmulate, Shape::kSimple),
    Row(Command::kBinlogDump, "COM_BINLOG_DUMP", kRefuse, Shape::kSimple),
    Row(Command::kTableDump, "COM_TABLE_DUMP", kRefuse, Shape::kSimple),
    Row(Command::kConnectOut, "COM_CONNECT_OUT", kRefuse, Shape::kSimple),
    Row(Command::kRegisterSlave, "COM_REGISTER_SLAVE", kRefuse, Shape::kSimple),
    Row(Command::kStmtPrepare, "COM_STMT_PREPARE", kInspect, Shape::kPrepare, true),
    Row(Command::kStmtExecute, "COM_STMT_EXECUTE", kInspect, Shape::kExecute),
    Row(Command::kStmtSendLongData, "COM_STMT_SEND_LONG_DATA", kInspect, Shape::kNone),
    Row(Command::kStmtClose, "COM_STMT_CLOSE", kForward, Shape::kNone),
    Row(Command::kStmtReset, "COM_STMT_RESET", kForward, Shape::kSimple),
    Row(Command::kSetOption, "COM_SET_OPTION", kInspect, Shape::kSimple),
    Row(Command::kStmtFetch, "COM_STMT_FETCH", kForward, Shape::kFetch),
    Row(Command::kDaemon, "COM_DAEMON", kRefuse, Shape::kSimple),
    Row(Command::kBinlogDumpGtid, "COM_BINLOG_DUMP_GTID", kRefuse, Shape::kSimple),
    Row(Command::kResetConnection, "COM_RESET_CONNECTION", kForward, Shape::kSimple),
    Row(Command::kClone, "COM_CLONE", kRefuse, Shape::kSimple),
    Row(Command::kSubscribeGroupReplication, "COM_SUBSCRIBE_GROUP_REPLICATION_STREAM", kRefuse, Shape::kSimple),
    Row(Command::kStmtBulkExecute, "COM_STMT_BULK_EXECUTE", kRefuse, Shape::kExecute),
    Row(Command::kSlaveWorker, "COM_SLAVE_WORKER", kRefuse, Shape::kSimple),
    Row(Command::kSlaveIo, "COM_SLAVE_IO", kRefuse, Shape::kSimple),
    Row(Command::kSlaveSql, "COM_SLAVE_SQL", kRefuse, Shape::kSimple),
    Row(Command::kMulti, "COM_MULTI", kRefuse, Shape::kSimple),
};

constexpr CommandInfo kUnknown = {0xFF, "COM_UNKNOWN", kRefuse, Shape::kSimple, false};

}  // namespace

const CommandInfo& FindCommand(uint8_t code) {
  auto row = std::lower_bound(kRows.begin(), kRows.end(), code,
                              [](const CommandInfo& info, uint8_t wanted) { return info.code < wanted; });
  return row != kRows.end() && row->code == code ? *row : kUnknown;
}

std::span<const CommandInfo> AllCommands() { return kRows; }

std::string_view TreatmentName(Treatment treatment) {
  switch (treatment) {
    case kInspect:
      return "inspect";
    case kForward:
      return "forward";
    case kEmulate:
      return "emulate";
    case kRefuse:
      return "refuse";
  }
  return "refuse";
}

}  // namespace postern::mysql
