#include "gateway/frontend/serve.h"

#include <absl/strings/str_cat.h>

#include <string>

#include "common/mysql/commands.h"
#include "gateway/frontend/errand.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/judge.h"
#include "gateway/frontend/refusal.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kUnknownCommand = 1047;  // ER_UNKNOWN_COM_ERROR

asio::awaitable<void> RefuseCommand(SessionState& s, Packet packet) {
  Errand errand = NewErrand(s, packet.payload.empty() ? mysql::Command::kSleep : static_cast<mysql::Command>(packet.payload[0]),
                            packet.last_sequence);
  SetDecision(errand, policy::Decision::Deny("command", "this command is not served"));
  co_await Refuse(s, errand,
                  RefusalWith(kUnknownCommand, "08S01",
                              absl::StrCat("Unknown command: Postern does not serve ", errand.record.command(),
                                           " [postern decision=deny rule=command statement=",
                                           errand.record.statement_id(), "]")));
}

}  // namespace

asio::awaitable<void> Serve(SessionState& s, Packet packet) {
  if (packet.payload.empty()) co_return co_await RefuseCommand(s, packet);
  const auto command = static_cast<mysql::Command>(packet.payload[0]);
  switch (command) {
    case mysql::Command::kQuit:
      co_return s.End({.reason = "quit"});
    case mysql::Command::kQuery:
      co_return co_await ServeQuery(s, packet);
    case mysql::Command::kStmtPrepare:
      co_return co_await ServePrepare(s, packet);
    case mysql::Command::kStmtExecute:
      co_return co_await ServeExecute(s, packet);
    case mysql::Command::kStmtFetch:
      co_return co_await ServeFetch(s, packet);
    case mysql::Command::kStmtSendLongData:
      co_return co_await ServeLongData(s, packet);
    case mysql::Command::kStmtReset:
      co_return co_await ServeStmtReset(s, packet);
    case mysql::Command::kStmtClose:
      co_return co_await ServeStmtClose(s, packet);
    case mysql::Command::kPing:
      co_return co_await ServePing(s, packet);
    case mysql::Command::kInitDb:
      co_return co_await ServeInitDb(s, packet);
    case mysql::Command::kFieldList:
      co_return co_await ServeFieldList(s, packet);
    case mysql::Command::kStatistics:
      co_return co_await ServeStatistics(s, packet);
    case mysql::Command::kProcessKill:
      co_return co_await ServeProcessKill(s, packet);
    case mysql::Command::kSetOption:
      co_return co_await ServeSetOption(s, packet);
    case mysql::Command::kResetConnection:
      co_return co_await ServeReset(s, packet);
    case mysql::Command::kChangeUser:
      co_return co_await ServeChangeUser(s, packet);
    case mysql::Command::kSleep:
    case mysql::Command::kCreateDb:
    case mysql::Command::kDropDb:
    case mysql::Command::kRefresh:
    case mysql::Command::kShutdown:
    case mysql::Command::kProcessInfo:
    case mysql::Command::kConnect:
    case mysql::Command::kDebug:
    case mysql::Command::kTime:
    case mysql::Command::kDelayedInsert:
    case mysql::Command::kBinlogDump:
    case mysql::Command::kTableDump:
    case mysql::Command::kConnectOut:
    case mysql::Command::kRegisterSlave:
    case mysql::Command::kDaemon:
    case mysql::Command::kBinlogDumpGtid:
    case mysql::Command::kClone:
    case mysql::Command::kSubscribeGroupReplication:
    case mysql::Command::kStmtBulkExecute:
    case mysql::Command::kSlaveWorker:
    case mysql::Command::kSlaveIo:
    case mysql::Command::kSlaveSql:
    case mysql::Command::kMulti:
      break;
  }
  co_await RefuseCommand(s, packet);
}

}  // namespace postern::frontend
