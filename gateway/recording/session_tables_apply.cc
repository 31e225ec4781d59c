// What each record changes in the session index.
#include <absl/strings/str_cat.h>

#include <utility>

#include "common/text/utf8.h"
#include "gateway/recording/session_tables.h"

namespace postern::recording {
namespace {

void BindAll(store::Statement&, int) {}

template <class... Rest>
void BindAll(store::Statement& statement, int parameter, int64_t value, const Rest&... rest);
template <class... Rest>
void BindAll(store::Statement& statement, int parameter, const std::string& value, const Rest&... rest);

template <class... Rest>
void BindAll(store::Statement& statement, int parameter, int64_t value, const Rest&... rest) {
  statement.Bind(parameter, value);
  BindAll(statement, parameter + 1, rest...);
}

template <class... Rest>
void BindAll(store::Statement& statement, int parameter, const std::string& value, const Rest&... rest) {
  statement.Bind(parameter, std::string_view(value));
  BindAll(statement, parameter + 1, rest...);
}

// Of a statement's text; a bulk INSERT has its first lines looked into.
constexpr size_t kIndexedTextBytes = 64 << 10;

int64_t Signed(uint64_t value) { return static_cast<int64_t>(value); }

// What a record says of no session: the gateway's own life, refused logins, admin actions.
bool BelongsToSession(const v1::Record& record) {
  return !record.session_id().empty() && record.event_case() != v1::Record::kLoginRefused &&
         record.event_case() != v1::Record::kAdminAction;
}

}  // namespace

template <class... Values>
absl::Status SessionTables::Run(std::string_view sql, const Values&... values) {
  auto statement = Ready(sql);
  if (!statement.ok()) return statement.status();
  BindAll(**statement, 1, values...);
  return (*statement)->Run();
}

absl::Status SessionTables::Apply(const v1::Record& record, Position at) {
  if (record.has_segment_retired()) return ApplyRetired(int64_t{record.segment_retired().segment()});
  if (!BelongsToSession(record)) return absl::OkStatus();
  auto session = NumberOf(record);
  if (!session.ok()) return session.status();
  if (auto status = Run("INSERT INTO records (session, segment, offset) VALUES (?, ?, ?)", *session,
                        int64_t{at.segment}, Signed(at.offset));
      !status.ok()) {
    return status;
  }
  return ApplyEvent(record, *session, at);
}

absl::StatusOr<int64_t> SessionTables::NumberOf(const v1::Record& record) {
  // A session whose opening is not in the journal is shown all the same: nothing recorded may be out of sight.
  if (auto status = Run("INSERT INTO sessions (id, opened_ms) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
                        record.session_id(), record.at_unix_us() / 1000);
      !status.ok()) {
    return status;
  }
  auto find = Ready("SELECT number FROM sessions WHERE id = ?");
  if (!find.ok()) return find.status();
  auto row = (*find)->Bind(1, record.session_id()).Step();
  if (!row.ok()) return row.status();
  const int64_t number = (*find)->Int(0);
  (*find)->Reset();
  return number;
}

absl::Status SessionTables::ApplyEvent(const v1::Record& record, int64_t session, Position at) {
  const int64_t at_ms = record.at_unix_us() / 1000;
  switch (record.event_case()) {
    case v1::Record::kSessionOpened:
      return ApplyOpened(record.session_opened(), at_ms, session);
    case v1::Record::kStatement:
      return ApplyStatement(record.statement(), session, at);
    case v1::Record::kOutcome:
      return ApplyOutcome(record.outcome(), session, at);
    case v1::Record::kDoorOpened:
      return ApplyDoorOpened(record.door_opened(), session, at);
    case v1::Record::kDoorClosed:
      return ApplyDoorClosed(record.door_closed(), session, at);
    case v1::Record::kSessionClosed:
      return Run("UPDATE sessions SET closed = 1, closed_ms = ?, close_reason = ? WHERE number = ? AND closed = 0",
                 at_ms, record.session_closed().reason(), session);
    case v1::Record::kApprovalRequested:
    case v1::Record::kApprovalDecided:
    case v1::Record::kGatewayStarted:
    case v1::Record::kGatewayStopped:
    case v1::Record::kLoginRefused:
    case v1::Record::kAdminAction:
    case v1::Record::kTaskRequested:
    case v1::Record::kTaskOpened:
    case v1::Record::kTaskEnded:
    case v1::Record::kTicketUsed:
    case v1::Record::kCheckpoint:
    case v1::Record::kKeyRotated:
    case v1::Record::kSegmentRetired:
    case v1::Record::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status SessionTables::ApplyOpened(const v1::SessionOpened& opened, int64_t at_ms, int64_t session) {
  auto set = Ready(
      "UPDATE sessions SET agent = ?, target = ?, client_address = ?, connection_id = ?, opened_ms = ?, task_id = ?, "
      "task = ? WHERE number = ?");
  if (!set.ok()) return set.status();
  return (*set)
      ->Bind(1, opened.agent())
      .Bind(2, opened.target())
      .Bind(3, opened.client_address())
      .Bind(4, int64_t{opened.connection_id()})
      .Bind(5, at_ms)
      .Bind(6, opened.task().id())
      .BindBlob(7, opened.has_task() ? opened.task().SerializeAsString() : std::string())
      .Bind(8, session)
      .Run();
}

absl::Status SessionTables::ApplyStatement(const v1::Statement& statement, int64_t session, Position at) {
  const int64_t refused = statement.decision() == v1::Statement::DECISION_DENY ? 1 : 0;
  const int64_t held = statement.decision() == v1::Statement::DECISION_HOLD ? 1 : 0;
  if (auto status = Run("INSERT INTO statements (session, id, segment, offset, refused, verb, decision) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session, id) DO NOTHING",
                        session, statement.statement_id(), int64_t{at.segment}, Signed(at.offset), refused, statement.verb(),
                        int64_t{statement.decision()});
      !status.ok()) {
    return status;
  }
  if (database_.changes() == 1) {
    if (auto status = IndexStatement(statement, session); !status.ok()) return status;
  }
  return Run("UPDATE sessions SET statements = statements + 1, refused = refused + ?, held = held + ? WHERE number = ?",
             refused, held, session);
}

// What it is found by.
absl::Status SessionTables::IndexStatement(const v1::Statement& statement, int64_t session) {
  auto find = Ready("SELECT number FROM statements WHERE session = ? AND id = ?");
  if (!find.ok()) return find.status();
  auto row = (*find)->Bind(1, session).Bind(2, statement.statement_id()).Step();
  if (!row.ok()) return row.status();
  const int64_t number = (*find)->Int(0);
  (*find)->Reset();
  absl::Status status = Run("INSERT INTO texts (rowid, text) VALUES (?, ?)", number,
                            text::ValidUtf8(statement.text().substr(0, kIndexedTextBytes)));
  for (const std::string& object : statement.objects()) {
    if (status.ok()) status = Run("INSERT OR IGNORE INTO objects (name, statement) VALUES (?, ?)", object, number);
  }
  return status;
}

absl::Status SessionTables::ApplyOutcome(const v1::Outcome& outcome, int64_t session, Position at) {
  if (auto status = Run("UPDATE statements SET outcome_segment = ?, outcome_offset = ? WHERE session = ? AND id = ?",
                        int64_t{at.segment}, Signed(at.offset), session, outcome.statement_id());
      !status.ok()) {
    return status;
  }
  if (outcome.result() != v1::Outcome::RESULT_REFUSED) return absl::OkStatus();
  // Counted once, whether the statement said it was denied or only its outcome does.
  if (auto status = Run("UPDATE statements SET refused = 1 WHERE session = ? AND id = ? AND refused = 0", session,
                        outcome.statement_id());
      !status.ok()) {
    return status;
  }
  return Run("UPDATE sessions SET refused = refused + ? WHERE number = ?", database_.changes(), session);
}

absl::Status SessionTables::ApplyDoorOpened(const v1::DoorOpened& opened, int64_t session, Position at) {
  if (auto status = Run("INSERT INTO doors (session, relay, thread, opened_segment, opened_offset) VALUES (?, ?, ?, ?, ?)",
                        session, opened.relay(), Signed(opened.thread_id()), int64_t{at.segment}, Signed(at.offset));
      !status.ok()) {
    return status;
  }
  return CountDoors(session);
}

absl::Status SessionTables::ApplyDoorClosed(const v1::DoorClosed& closed, int64_t session, Position at) {
  // The newest door that this relay opened as that thread: its proof, sent again, replaces the first, and no other relay can
  // speak for it.
  const int64_t thread = Signed(closed.proof().thread_id());
  if (auto status = Run("UPDATE doors SET closed_segment = ?, closed_offset = ?, proof = ? WHERE number = "
                        "(SELECT MAX(number) FROM doors WHERE session = ? AND relay = ? AND thread = ?)",
                        int64_t{at.segment}, Signed(at.offset), int64_t{closed.proof().state()}, session, closed.relay(),
                        thread);
      !status.ok()) {
    return status;
  }
  if (database_.changes() == 0) {
    // A door that died with the gateway before its opening was recorded.
    if (auto status =
            Run("INSERT INTO doors (session, relay, thread, closed_segment, closed_offset, proof) VALUES (?, ?, ?, ?, ?, ?)",
                session, closed.relay(), thread, int64_t{at.segment}, Signed(at.offset), int64_t{closed.proof().state()});
        !status.ok()) {
      return status;
    }
  }
  return CountDoors(session);
}

absl::Status SessionTables::ApplyRetired(int64_t segment) {
  absl::Status status;
  for (const char* sql : {
           "DELETE FROM records WHERE segment <= ?1",
           "DELETE FROM objects WHERE statement IN (SELECT number FROM statements WHERE segment <= ?1)",
           "DELETE FROM statements WHERE segment <= ?1",
           "DELETE FROM doors WHERE opened_segment <= ?1 AND closed_segment BETWEEN 1 AND ?1",
           "UPDATE doors SET opened_segment = 0, opened_offset = 0 WHERE opened_segment BETWEEN 1 AND ?1",
           "DELETE FROM sessions WHERE closed = 1 AND unproven = 0 "
           "AND NOT EXISTS (SELECT 1 FROM records WHERE session = sessions.number)",
       }) {
    if (status.ok()) status = std::string_view(sql).find('?') == std::string_view::npos ? Run(sql) : Run(sql, segment);
  }
  return status;
}

absl::Status SessionTables::CountDoors(int64_t session) {
  // Proofs ascend from good to bad: gone, killed, unproven. The session shows its worst.
  return Run(
      "UPDATE sessions SET doors = (SELECT COUNT(*) FROM doors WHERE session = ?1), "
      "unproven = (SELECT COUNT(*) FROM doors WHERE session = ?1 AND proof = 0), "
      "proof = (SELECT MAX(proof) FROM doors WHERE session = ?1) WHERE number = ?1",
      session);
}

}  // namespace postern::recording
