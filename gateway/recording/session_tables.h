// The tables of the session index: what a record changes in them, and what is asked of them. One thread at a time.
#ifndef POSTERN_GATEWAY_RECORDING_SESSION_TABLES_H_
#define POSTERN_GATEWAY_RECORDING_SESSION_TABLES_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/recording/segment/position.h"
#include "gateway/store/sqlite/database.h"
#include "proto/postern/v1/record.pb.h"
#include "proto/postern/v1/session.pb.h"

namespace postern::recording {

class SessionTables {
 public:
  struct Found {
    int64_t number = 0;
    v1::Session session;
  };
  // Where a statement and its outcome, or a door's opening and closing, stand. Segment 0: not recorded.
  struct Pair {
    Position first;
    Position second;
  };

  static absl::StatusOr<std::unique_ptr<SessionTables>> Open(const std::filesystem::path& file);
  static absl::StatusOr<std::unique_ptr<SessionTables>> OpenForReading(const std::filesystem::path& file);

  // Writing. REQUIRES: in a transaction, except progress().
  absl::StatusOr<store::Transaction> Begin();
  absl::Status Apply(const v1::Record& record, Position at);
  absl::Status SetProgress(const Cursor& cursor);
  // How far the journal is indexed; none before the first record.
  absl::StatusOr<std::optional<Cursor>> progress();

  // Newest first, of those numbered before `before`.
  absl::StatusOr<std::vector<Found>> List(const v1::ListSessionsRequest& filter, size_t limit,
                                          int64_t before = std::numeric_limits<int64_t>::max());
  // NOT_FOUND.
  absl::StatusOr<Found> Find(std::string_view id);
  // The newest `limit`, oldest first.
  absl::StatusOr<std::vector<Pair>> Statements(int64_t session, size_t limit);
  absl::StatusOr<std::vector<Pair>> Doors(int64_t session);
  // The first `limit` records after a place, oldest first.
  absl::StatusOr<std::vector<Position>> RecordsAfter(int64_t session, Position after, size_t limit);
  absl::StatusOr<std::vector<v1::Session>> LeftOpen();

 private:
  explicit SessionTables(store::Database database) : database_(std::move(database)) {}
  // A prepared statement, reset; made on first use.
  absl::StatusOr<store::Statement*> Ready(std::string_view sql);
  template <class... Values>
  absl::Status Run(std::string_view sql, const Values&... values);
  absl::StatusOr<std::vector<Found>> ReadSessions(store::Statement& rows);
  absl::StatusOr<std::vector<Pair>> ReadPairs(store::Statement& rows);
  absl::StatusOr<int64_t> NumberOf(const v1::Record& record);

  absl::Status ApplyEvent(const v1::Record& record, int64_t session, Position at);
  absl::Status ApplyOpened(const v1::SessionOpened& opened, int64_t at_ms, int64_t session);
  absl::Status ApplyStatement(const v1::Statement& statement, int64_t session, Position at);
  absl::Status IndexStatement(const v1::Statement& statement, int64_t session);
  absl::Status ApplyOutcome(const v1::Outcome& outcome, int64_t session, Position at);
  absl::Status ApplyDoorOpened(const v1::DoorOpened& opened, int64_t session, Position at);
  absl::Status ApplyDoorClosed(const v1::DoorClosed& closed, int64_t session, Position at);
  // Forgets what stood in this segment and those before it.
  absl::Status ApplyRetired(int64_t segment);
  absl::Status CountDoors(int64_t session);

  store::Database database_;
  std::map<std::string, store::Statement, std::less<>> ready_;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SESSION_TABLES_H_
