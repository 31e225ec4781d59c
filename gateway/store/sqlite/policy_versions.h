// The policies that were in force, in an SQLite file: text, who, when and why. Thread-safe; calls block on I/O.
#ifndef POSTERN_GATEWAY_STORE_SQLITE_POLICY_VERSIONS_H_
#define POSTERN_GATEWAY_STORE_SQLITE_POLICY_VERSIONS_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/store/sqlite/database.h"
#include "proto/postern/v1/policy.pb.h"

namespace postern::store {

class PolicyVersions {
 public:
  // Older ones are forgotten.
  static constexpr int64_t kKept = 1000;

  // Opens or creates the file (mode 0600) and brings its schema up to date.
  static absl::StatusOr<std::unique_ptr<PolicyVersions>> Open(const std::filesystem::path& file);

  // Its number, which Remove takes.
  absl::StatusOr<int64_t> Add(const v1::PolicyVersion& version, std::string_view text);
  // For a version that did not come into force after all.
  absl::Status Remove(int64_t number);

  // The newest first, `bytes` filled in.
  absl::StatusOr<std::vector<v1::PolicyVersion>> List(size_t limit);
  // NOT_FOUND for a version that is not kept.
  absl::StatusOr<std::string> TextOf(std::string_view version);

 private:
  explicit PolicyVersions(Database database) : database_(std::move(database)) {}

  std::mutex mutex_;
  Database database_;
};

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_SQLITE_POLICY_VERSIONS_H_
