// The doors that are open or not yet proven closed, one small file for each, so that a relay that was killed finds them
// again when it starts.
//
// Files are named after session and thread and written whole or not at all. They need no fsync: what survives the process
// is enough, because when the machine goes down its TCP connections go too. Thread-safe.
#ifndef POSTERN_RELAY_AGENT_CLOSING_LEDGER_H_
#define POSTERN_RELAY_AGENT_CLOSING_LEDGER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/files/folder_lock.h"
#include "relay-agent/closing/door_record.h"

namespace postern::relay {

// Whether a gateway's session id can be a file's name: letters, digits, '_' and '-', at most 64.
bool IsSessionId(std::string_view text);

class Ledger {
 public:
  // Makes `folder` (mode 0700) if it is not there. FAILED_PRECONDITION when it cannot be used, or another relay uses it:
  // that one's doors would look like doors left behind.
  static absl::StatusOr<Ledger> Open(const std::string& folder);

  // REQUIRES: IsSessionId(record.session_id).
  absl::Status Add(const DoorRecord& record) const;
  void Remove(const std::string& session_id, uint64_t thread_id) const;

  struct Found {
    std::vector<DoorRecord> records;
    std::vector<std::string> unreadable;  // file names; they are left alone
  };
  Found ReadAll() const;

 private:
  Ledger(std::string folder, std::shared_ptr<files::FolderLock> lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
  std::string PathOf(const std::string& session_id, uint64_t thread_id) const;

  std::string folder_;
  std::shared_ptr<files::FolderLock> lock_;  // held for as long as any copy lives
};

// For tests: the text of a file and back.
std::string EncodeRecord(const DoorRecord& record);
std::optional<DoorRecord> DecodeRecord(const std::string& text);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CLOSING_LEDGER_H_
