#include "gateway/frontend/registration.h"

#include <utility>

#include "common/observability/log.h"
#include "gateway/frontend/journaling.h"

namespace postern::frontend {
namespace {

v1::Record ClosedRecord(const std::string& session_id, const std::string& task_id, const std::string& reason,
                        uint64_t statements) {
  v1::Record record = NewRecord(session_id, task_id);
  record.mutable_session_closed()->set_reason(reason);
  record.mutable_session_closed()->set_statements(statements);
  return record;
}

}  // namespace

Registration::~Registration() {
  live_.Remove(session_id_);
  if (opened_) RecordLater(journal_, ClosedRecord(session_id_, task_id_, "disconnect", 0));
}

asio::awaitable<void> Registration::Close(std::string reason, uint64_t statements) {
  opened_ = false;
  live_.Remove(session_id_);
  const absl::Status recorded = co_await Record(journal_, ClosedRecord(session_id_, task_id_, reason, statements));
  if (!recorded.ok()) log::Error("the end of a session could not be recorded", {{"session", session_id_}, {"error", recorded}});
}

}  // namespace postern::frontend
