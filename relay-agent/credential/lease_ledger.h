// The leases that this relay holds, one small file for each, so that a relay that was killed gives back what it left. What
// is written down opens no database.
//
// Files are named after a hash of the lease's id and written whole or not at all. Thread-safe.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_LEASE_LEDGER_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_LEASE_LEDGER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postern::relay {

struct LeaseRecord {
  std::string account;  // whose source lent it
  std::string id;

  friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};

class LeaseLedger {
 public:
  // Makes `folder` (mode 0700) if it is not there. FAILED_PRECONDITION when it cannot be used. REQUIRES: no other relay uses it.
  static absl::StatusOr<LeaseLedger> Open(const std::string& folder);

  absl::Status Add(const LeaseRecord& record) const;
  void Remove(const std::string& id) const;

  struct Found {
    std::vector<LeaseRecord> records;
    std::vector<std::string> unreadable;  // file names; they are left alone
  };
  Found ReadAll() const;

 private:
  explicit LeaseLedger(std::string folder) : folder_(std::move(folder)) {}
  std::string PathOf(const std::string& id) const;

  std::string folder_;
};

// For tests: the text of a file and back.
std::string EncodeLease(const LeaseRecord& record);
std::optional<LeaseRecord> DecodeLease(const std::string& text);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_LEASE_LEDGER_H_
