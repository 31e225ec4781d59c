// A token store in memory that fails when told to: for tests of whoever uses a store.
#ifndef POSTERN_TESTS_SUPPORT_MEMORY_TOKEN_STORE_H_
#define POSTERN_TESTS_SUPPORT_MEMORY_TOKEN_STORE_H_

#include <mutex>
#include <vector>

#include "gateway/store/store.h"

namespace postern::store {

class MemoryTokenStore final : public TokenStore {
 public:
  // Every call answers `error` until told OK. Thread-safe.
  void FailWith(absl::Status error);

 private:
  absl::Status DoInsert(const StoredToken& token) override;
  absl::StatusOr<v1::Token> DoRevoke(std::string_view id, int64_t now_unix_ms) override;
  absl::Status DoTouchLastUsed(std::string_view id, int64_t used_unix_ms) override;
  absl::StatusOr<std::vector<StoredToken>> DoLoadAll() override;

  std::mutex mutex_;
  absl::Status failure_;
  std::vector<StoredToken> tokens_;
};

}  // namespace postern::store

#endif  // POSTERN_TESTS_SUPPORT_MEMORY_TOKEN_STORE_H_
