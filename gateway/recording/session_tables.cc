#include "gateway/recording/session_tables.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "gateway/recording/session_search.h"

namespace postern::recording {
namespace {

constexpr const char* kMigrations[] = {
    R"(
CREATE TABLE progress (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  segment INTEGER NOT NULL, offset INTEGER NOT NULL, chain BLOB NOT NULL) STRICT;
CREATE TABLE sessions (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  agent TEXT NOT NULL DEFAULT '', target TEXT NOT NULL DEFAULT '',
  client_address TEXT NOT NULL DEFAULT '', connection_id INTEGER NOT NULL DEFAULT 0,
  opened_ms INTEGER NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER NOT NULL DEFAULT 0, close_reason TEXT NOT NULL DEFAULT '',
  statements INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
  doors INTEGER NOT NULL DEFAULT 0,
  -- Doors whose proof of close is not in, and the worst proof of those that are.
  unproven INTEGER NOT NULL DEFAULT 0, proof INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX sessions_by_agent ON sessions (agent);
CREATE INDEX sessions_by_target ON sessions (target);
CREATE INDEX sessions_live ON sessions (number) WHERE closed = 0;
CREATE INDEX sessions_closing ON sessions (number) WHERE closed = 1 AND unproven > 0;
CREATE TABLE statements (
  number INTEGER PRIMARY KEY,
  session INTEGER NOT NULL, id TEXT NOT NULL,
  segment INTEGER NOT NULL, offset INTEGER NOT NULL,
  outcome_segment INTEGER NOT NULL DEFAULT 0, outcome_offset INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL,
  UNIQUE (session, id)) STRICT;
CREATE INDEX statements_by_session ON statements (session, number);
CREATE TABLE doors (
  number INTEGER PRIMARY KEY,
  session INTEGER NOT NULL, thread INTEGER NOT NULL,
  opened_segment INTEGER NOT NULL DEFAULT 0, opened_offset INTEGER NOT NULL DEFAULT 0,
  closed_segment INTEGER NOT NULL DEFAULT 0, closed_offset INTEGER NOT NULL DEFAULT 0,
  proof INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX doors_by_session ON doors (session);
CREATE TABLE records (
  session INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL,
  PRIMARY KEY (session, segment, offset)) STRICT, WITHOUT ROWID;
)",
    "ALTER TABLE doors ADD COLUMN relay TEXT NOT NULL DEFAULT ''",
    // The task as its message, and what is searched by.
    "ALTER TABLE sessions ADD COLUMN task_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE sessions ADD COLUMN task BLOB;"
    "CREATE INDEX sessions_by_task ON sessions (task_id)",
    // What statements are searched by. All is read anew: what was indexed before has none of it.
    R"(
DELETE FROM progress; DELETE FROM sessions; DELETE FROM statements; DELETE FROM doors; DELETE FROM records;
ALTER TABLE statements ADD COLUMN verb TEXT NOT NULL DEFAULT '';
ALTER TABLE statements ADD COLUMN decision INTEGER NOT NULL DEFAULT 0;
CREATE INDEX statements_by_verb ON statements (verb, number);
CREATE INDEX statements_by_decision ON statements (decision, number);
CREATE TABLE objects (name TEXT NOT NULL, statement INTEGER NOT NULL, PRIMARY KEY (name, statement)) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5 (text, content = '', tokenize = "unicode61 remove_diacritics 0 tokenchars '_'");
)",
};

constexpr char kSessionColumns[] =
    "SELECT number, id, agent, target, client_address, connection_id, opened_ms, closed, closed_ms, close_reason, "
    "statements, refused, held, doors, unproven, proof, task FROM sessions ";

v1::Session ReadSession(const store::Statement& row) {
  const bool closed = row.Int(7) != 0;
  const bool all_proven = row.Int(14) == 0;
  v1::Session session;
  session.set_id(row.Text(1));
  session.set_state(!closed       ? v1::Session::STATE_LIVE
                    : !all_proven ? v1::Session::STATE_CLOSING
                                  : v1::Session::STATE_CLOSED);
  session.set_agent(row.Text(2));
  session.set_target(row.Text(3));
  session.set_client_address(row.Text(4));
  session.set_connection_id(static_cast<uint32_t>(row.Int(5)));
  session.set_opened_at_unix_ms(row.Int(6));
  session.set_closed_at_unix_ms(row.Int(8));
  session.set_close_reason(row.Text(9));
  session.set_statements(static_cast<uint64_t>(row.Int(10)));
  session.set_refused(static_cast<uint64_t>(row.Int(11)));
  session.set_held(static_cast<uint64_t>(row.Int(12)));
  session.set_door_opened(row.Int(13) > 0);
  if (all_proven) session.set_close_proof(static_cast<v1::CloseProof::State>(row.Int(15)));
  // Written by us; of an earlier version there is none.
  if (const std::string task = row.Text(16); !task.empty()) session.mutable_task()->ParseFromString(task);
  return session;
}

Position ReadPosition(const store::Statement& row, int column) {
  return {static_cast<uint32_t>(row.Int(column)), static_cast<uint64_t>(row.Int(column + 1))};
}

}  // namespace

absl::StatusOr<std::unique_ptr<SessionTables>> SessionTables::Open(const std::filesystem::path& file) {
  // A power failure may take back the last commits: the journal gives them again.
  auto database = store::Database::Open(file, store::Durability::kNormal);
  if (!database.ok()) return database.status();
  if (auto status = store::Migrate(*database, kMigrations); !status.ok()) return status;
  return std::unique_ptr<SessionTables>(new SessionTables(*std::move(database)));
}

absl::StatusOr<std::unique_ptr<SessionTables>> SessionTables::OpenForReading(const std::filesystem::path& file) {
  auto database = store::Database::OpenForReading(file);
  if (!database.ok()) return database.status();
  return std::unique_ptr<SessionTables>(new SessionTables(*std::move(database)));
}

absl::StatusOr<store::Statement*> SessionTables::Ready(std::string_view sql) {
  auto found = ready_.find(sql);
  if (found == ready_.end()) {
    auto statement = database_.Prepare(sql);
    if (!statement.ok()) return statement.status();
    found = ready_.emplace(std::string(sql), *std::move(statement)).first;
  }
  found->second.Reset();
  return &found->second;
}

absl::StatusOr<store::Transaction> SessionTables::Begin() { return store::Transaction::Begin(database_); }

absl::Status SessionTables::SetProgress(const Cursor& cursor) {
  auto set = Ready("INSERT OR REPLACE INTO progress (one, segment, offset, chain) VALUES (1, ?, ?, ?)");
  if (!set.ok()) return set.status();
  const std::string_view chain(reinterpret_cast<const char*>(cursor.chain.data()), cursor.chain.size());
  return (*set)
      ->Bind(1, int64_t{cursor.at.segment})
      .Bind(2, static_cast<int64_t>(cursor.at.offset))
      .BindBlob(3, chain)
      .Run();
}

absl::StatusOr<std::optional<Cursor>> SessionTables::progress() {
  auto get = Ready("SELECT segment, offset, chain FROM progress");
  if (!get.ok()) return get.status();
  auto row = (*get)->Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::nullopt;
  Cursor cursor{.at = ReadPosition(**get, 0), .chain = {}};
  const std::string chain = (*get)->Text(2);
  (*get)->Reset();
  if (chain.size() != cursor.chain.size()) return absl::DataLossError("the session index is damaged");
  std::copy(chain.begin(), chain.end(), cursor.chain.begin());
  return cursor;
}

absl::StatusOr<std::vector<SessionTables::Found>> SessionTables::List(const v1::ListSessionsRequest& filter, size_t limit,
                                                                     int64_t before) {
  const SessionSearch search = SearchFor(filter);
  auto rows = Ready(absl::StrCat(kSessionColumns, "WHERE number < ?", search.conditions, " ORDER BY number DESC LIMIT ?"));
  if (!rows.ok()) return rows.status();
  int parameter = 0;
  (*rows)->Bind(++parameter, before);
  for (const auto& value : search.values) {
    ++parameter;
    std::visit([&](const auto& bound) { (*rows)->Bind(parameter, bound); }, value);
  }
  (*rows)->Bind(++parameter, static_cast<int64_t>(limit));
  return ReadSessions(**rows);
}

absl::StatusOr<SessionTables::Found> SessionTables::Find(std::string_view id) {
  auto row = Ready(absl::StrCat(kSessionColumns, "WHERE id = ?"));
  if (!row.ok()) return row.status();
  auto found = (*row)->Bind(1, id).Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::NotFoundError(absl::StrCat("no session ", std::string(id)));
  return Found{.number = (*row)->Int(0), .session = ReadSession(**row)};
}

absl::StatusOr<std::vector<v1::Session>> SessionTables::LeftOpen() {
  auto rows = Ready(absl::StrCat(kSessionColumns, "WHERE closed = 0 ORDER BY number"));
  if (!rows.ok()) return rows.status();
  auto found = ReadSessions(**rows);
  if (!found.ok()) return found.status();
  std::vector<v1::Session> sessions;
  for (Found& one : *found) sessions.push_back(std::move(one.session));
  return sessions;
}

absl::StatusOr<std::vector<SessionTables::Found>> SessionTables::ReadSessions(store::Statement& rows) {
  std::vector<Found> sessions;
  while (true) {
    auto row = rows.Step();
    if (!row.ok()) return row.status();
    if (!*row) return sessions;
    sessions.push_back({.number = rows.Int(0), .session = ReadSession(rows)});
  }
}

absl::StatusOr<std::vector<SessionTables::Pair>> SessionTables::ReadPairs(store::Statement& rows) {
  std::vector<Pair> pairs;
  while (true) {
    auto row = rows.Step();
    if (!row.ok()) return row.status();
    if (!*row) return pairs;
    pairs.push_back({.first = ReadPosition(rows, 0), .second = ReadPosition(rows, 2)});
  }
}

absl::StatusOr<std::vector<SessionTables::Pair>> SessionTables::Statements(int64_t session, size_t limit) {
  auto rows = Ready(
      "SELECT segment, offset, outcome_segment, outcome_offset FROM statements WHERE session = ? "
      "ORDER BY number DESC LIMIT ?");
  if (!rows.ok()) return rows.status();
  (*rows)->Bind(1, session).Bind(2, static_cast<int64_t>(limit));
  auto pairs = ReadPairs(**rows);
  if (pairs.ok()) std::reverse(pairs->begin(), pairs->end());
  return pairs;
}

absl::StatusOr<std::vector<SessionTables::Pair>> SessionTables::Doors(int64_t session) {
  auto rows = Ready(
      "SELECT opened_segment, opened_offset, closed_segment, closed_offset FROM doors WHERE session = ? "
      "ORDER BY number LIMIT 1000");
  if (!rows.ok()) return rows.status();
  (*rows)->Bind(1, session);
  return ReadPairs(**rows);
}

absl::StatusOr<std::vector<Position>> SessionTables::RecordsAfter(int64_t session, Position after, size_t limit) {
  auto rows = Ready(
      "SELECT segment, offset FROM records WHERE session = ? AND (segment, offset) > (?, ?) "
      "ORDER BY segment, offset LIMIT ?");
  if (!rows.ok()) return rows.status();
  (*rows)
      ->Bind(1, session)
      .Bind(2, int64_t{after.segment})
      .Bind(3, static_cast<int64_t>(after.offset))
      .Bind(4, static_cast<int64_t>(limit));
  std::vector<Position> places;
  while (true) {
    auto row = (*rows)->Step();
    if (!row.ok()) return row.status();
    if (!*row) return places;
    places.push_back(ReadPosition(**rows, 0));
  }
}

}  // namespace postern::recording
