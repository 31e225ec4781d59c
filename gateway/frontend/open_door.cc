#include "gateway/frontend/open_door.h"

#include <absl/time/clock.h>

#include <utility>

#include "gateway/frontend/dialect_of.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/postpone.h"
#include "gateway/frontend/refusal.h"

namespace postern::frontend {
namespace {

tunnel::DoorRequest RequestFor(const SessionState& s) {
  tunnel::DoorRequest request;
  request.session_id = s.login.session_id;
  request.target = s.login.target;
  request.agent = s.login.who.name;
  request.task_id = s.login.task->id();
  request.capabilities = s.login.capabilities;
  if (s.multi_statements) request.capabilities |= mysql::capability::kMultiStatements;
  request.collation = s.login.collation;
  request.schema = s.schema;
  request.open_timeout = s.services.options.open_timeout;
  request.attributes = {{"postern_session", s.login.session_id}, {"postern_agent", s.login.who.name},
                        {"postern_task", s.login.task->id()}};
  return request;
}

void RecordOpened(const SessionState& s) {
  const tunnel::OpenedDoor& opened = s.door->opened();
  v1::Record record = NewRecord(s);
  v1::DoorOpened& event = *record.mutable_door_opened();
  event.set_relay(opened.relay);
  event.set_thread_id(opened.thread_id);
  *event.mutable_server() = opened.server;
  event.set_took_ms(static_cast<uint32_t>(absl::ToInt64Milliseconds(opened.took)));
  RecordLater(s.services.journal, record);
}

}  // namespace

asio::awaitable<bool> OpenDoor(SessionState& s, Errand& errand) {
  if (s.door) co_return true;
  const absl::Time since = absl::Now();
  s.services.tasks.ExpectDoor(s.login.session_id, s.login.task.task());
  s.waiting = Waiting::kDoor;
  auto door = co_await s.services.relays.Open(RequestFor(s));
  s.waiting = Waiting::kNothing;
  errand.opening = absl::Now() - since;
  if (!door.ok()) {
    s.services.tasks.GiveUpDoor(s.login.session_id);
    co_await Refuse(s, errand, DoorFailed(s, errand, door.status()));
    co_return false;
  }
  s.services.tasks.CountDoor(s.login.session_id, (*door)->opened().relay);
  if (s.ending) {
    (*door)->Close();
    co_await Refuse(s, errand, SessionEnded(s, errand));
    co_return false;
  }
  s.door = std::move(*door);
  RecordOpened(s);
  const tunnel::OpenedDoor& opened = s.door->opened();
  s.services.live.SetThreadId(s.login.session_id, opened.thread_id);
  s.walker = mysql::ResponseWalker({.upstream = static_cast<mysql::Capabilities>(opened.capabilities),
                                    .agent = s.login.capabilities});
  s.masker.emplace(masking::ResultMasker::Options{.capabilities = s.login.capabilities});
  s.status_flags = opened.status_flags;

  // The errand was read as the relay last described the server. If it is another one now, the reading is void.
  const sql::Dialect read_as = s.dialect;
  const auto names_read_as = s.lower_case_table_names;
  const auto actual = PinnedDialect(s);
  s.lower_case_table_names = static_cast<int>(opened.server.lower_case_table_names());
  if (actual) {
    s.dialect = *actual;
    co_await RunPostponed(s);
  } else {
    s.End({.reason = "unreadable server", .error_code = 1105, .error_message = "the server cannot be read"});
  }
  if (s.ending) {
    co_await Refuse(s, errand, SessionEnded(s, errand));
    co_return false;
  }
  if (s.dialect == read_as && s.lower_case_table_names == names_read_as) co_return true;
  co_await Refuse(s, errand, ServerChanged(errand));
  co_return false;
}

}  // namespace postern::frontend
