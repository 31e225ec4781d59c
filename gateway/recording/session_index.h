// Which sessions there are and where their records stand: an SQLite index derived from the journal.
//
// A background thread follows the journal and writes sessions and positions, a transaction at a time together with how
// far it read. The journal is the truth: delete the index and it comes back. Every reader first waits, bounded, until
// the index has seen what was durable when it was called, so that whoever ended a session finds it. Thread-safe; calls
// block.
#ifndef POSTERN_GATEWAY_RECORDING_SESSION_INDEX_H_
#define POSTERN_GATEWAY_RECORDING_SESSION_INDEX_H_

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/recording/file_journal.h"
#include "proto/postern/v1/session.pb.h"

namespace postern::recording {

class Reader;
class SessionTables;

struct SessionIndexOptions {
  // The SQLite file; created when missing, rebuilt when it does not fit the journal.
  std::filesystem::path database;
  // How long a reader waits for the index to catch up before it answers UNAVAILABLE.
  absl::Duration wait = absl::Seconds(5);
};

class SessionIndex {
 public:
  // REQUIRES: `journal` outlives the index, which takes its durable listener.
  static absl::StatusOr<std::unique_ptr<SessionIndex>> Open(SessionIndexOptions options, FileJournal* journal);
  ~SessionIndex();
  SessionIndex(const SessionIndex&) = delete;
  SessionIndex& operator=(const SessionIndex&) = delete;

  // Writes SessionClosed{"gateway died"} to the journal for every session an earlier life of the gateway left open. To
  // be called once at start, before any session opens. Waits for the index however long it takes. Returns how many
  // there were.
  absl::StatusOr<size_t> CloseLeftOpen();

  // Newest first. Empty fields match everything; limit 0 means 100, and at most 1,000 are given.
  absl::StatusOr<std::vector<v1::Session>> List(const v1::ListSessionsRequest& filter);

  // The session and its newest statements, oldest first: at most 1,000 and 3 MiB, long texts cut to 4 KiB. NOT_FOUND.
  absl::StatusOr<v1::SessionDetail> Get(std::string_view id);

  // Calls `next` with each record of the session, oldest first, until it returns false. NOT_FOUND; DATA_LOSS when a
  // record is damaged.
  absl::Status Replay(std::string_view id, absl::FunctionRef<bool(const v1::Record&)> next);

  // The same for every session that matches, newest session first. No limit but the filter's.
  absl::Status Export(const v1::ListSessionsRequest& filter, absl::FunctionRef<bool(const v1::Record&)> next);

  // Waits until all that was durable when this was called is indexed. UNAVAILABLE, with the reason, after `timeout`.
  absl::Status WaitIndexed(absl::Duration timeout);

 private:
  // A reader's connection, once the index has caught up.
  absl::StatusOr<std::unique_ptr<SessionTables>> Reading();

  SessionIndex(SessionIndexOptions options, FileJournal* journal, std::unique_ptr<SessionTables> writer);
  void Run();
  bool WaitForWork();
  absl::Status CatchUp(Position end);
  absl::StatusOr<bool> IndexSome(Reader& reader);
  absl::Status Rebuild();
  void Report(const absl::Status& status);
  bool stopping();

  const SessionIndexOptions options_;
  FileJournal* const journal_;
  // These two are used by the index's thread alone.
  std::unique_ptr<SessionTables> writer_;
  // Whether the journal was seen to go on where the index ends: until then the index may belong to another journal.
  bool fits_journal_ = false;

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable advanced_;
  bool woken_ = true;
  bool stopping_ = false;
  int waiting_readers_ = 0;
  Position indexed_;
  absl::Status trouble_;
  std::thread thread_;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SESSION_INDEX_H_
