#include "gateway/frontend/journaling.h"

#include <absl/time/clock.h>

#include <asio/this_coro.hpp>
#include <utility>

#include "common/net/mailbox.h"

namespace postern::frontend {
namespace {

v1::Record StatementRecord(SessionState& s, Errand& errand) {
  ++s.statements;
  errand.recorded = true;
  v1::Record record = NewRecord(s);
  *record.mutable_statement() = errand.record;
  return record;
}

}  // namespace

v1::Record NewRecord(const std::string& session_id, const std::string& task_id) {
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  record.set_session_id(session_id);
  record.set_task_id(task_id);
  return record;
}

v1::Record NewRecord(const SessionState& s) { return NewRecord(s.login.session_id, s.login.task->id()); }

asio::awaitable<absl::Status> Record(recording::Journal& journal, v1::Record record) {
  net::Mailbox<absl::Status> done(co_await asio::this_coro::executor);
  journal.Append(record, [&done](absl::Status status) { done.Put(std::move(status)); });
  co_return co_await done.Take();
}

asio::awaitable<absl::Status> RecordStatement(SessionState& s, Errand& errand) {
  v1::Record record = StatementRecord(s, errand);
  co_return co_await Record(s.services.journal, std::move(record));
}

void RecordStatementLater(SessionState& s, Errand& errand) {
  RecordLater(s.services.journal, StatementRecord(s, errand));
}

void RecordLater(recording::Journal& journal, const v1::Record& record) {
  journal.Append(record, [](const absl::Status&) {});
}

}  // namespace postern::frontend
