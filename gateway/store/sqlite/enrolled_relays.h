// The relays that were given a name, in an SQLite file: what they may serve, and what proves that they may join. Thread-safe;
// calls block on I/O.
#ifndef POSTERN_GATEWAY_STORE_SQLITE_ENROLLED_RELAYS_H_
#define POSTERN_GATEWAY_STORE_SQLITE_ENROLLED_RELAYS_H_

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store/sqlite/database.h"
#include "proto/postern/v1/enrolment.pb.h"

namespace postern::store {

struct StoredRelay {
  v1::EnrolledRelay relay;
  // Of the join token that waits to be used; empty if none does. Never the token, only what proves that somebody has it.
  std::string lookup;
  std::string digest;  // SHA-256(SHA-256(secret))
};

class EnrolledRelays {
 public:
  // Opens or creates the file (mode 0600) and brings its schema up to date.
  static absl::StatusOr<std::unique_ptr<EnrolledRelays>> Open(const std::filesystem::path& file);

  // By its name, in place of what was kept under it.
  absl::Status Save(const StoredRelay& relay);
  absl::StatusOr<std::vector<StoredRelay>> LoadAll();

 private:
  explicit EnrolledRelays(Database database) : database_(std::move(database)) {}

  std::mutex mutex_;
  Database database_;
};

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_SQLITE_ENROLLED_RELAYS_H_
