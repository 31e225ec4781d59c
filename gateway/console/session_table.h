// Who is signed in: the credential stays here, a browser holds only an opaque cookie. In memory, bounded; a restart
// signs everybody out. Thread-safe.
#ifndef POSTERN_GATEWAY_CONSOLE_SESSION_TABLE_H_
#define POSTERN_GATEWAY_CONSOLE_SESSION_TABLE_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "common/mysql/flow/secret.h"
#include "proto/postern/v1/access.pb.h"

namespace postern::console {

struct SessionLimits {
  size_t sessions = 1024;
  // More than that, and the person's oldest goes.
  size_t sessions_per_person = 16;
  absl::Duration idle = absl::Hours(1);
  absl::Duration longest = absl::Hours(12);
};

struct SignedIn {
  // Access token, or an issuer's token.
  mysql::Secret credential;
  // The page sends it with every request; no other site can read it.
  std::string csrf;
  v1::WhoAmIResponse who;
  absl::Time expires_at;
  // Answers to it that are streaming now.
  mutable std::atomic<int> streams = 0;
};

class SessionTable {
 public:
  explicit SessionTable(SessionLimits limits) : limits_(limits) {}

  // The cookie's value. RESOURCE_EXHAUSTED when too many people are signed in.
  absl::StatusOr<std::string> Add(mysql::Secret credential, v1::WhoAmIResponse who, absl::Time now);

  // Null when nobody is signed in with this cookie, any more or ever. `used`: a person did something, which starts the
  // idle time anew.
  std::shared_ptr<const SignedIn> Find(std::string_view cookie, absl::Time now, bool used);

  void Remove(std::string_view cookie);

  size_t size() const;

 private:
  using Key = std::array<unsigned char, 32>;
  struct Entry {
    std::shared_ptr<SignedIn> session;
    absl::Time started_at;
    absl::Time used_at;
  };
  // What a copy of this memory shows does not sign anybody in.
  static Key KeyOf(std::string_view cookie);
  bool Over(const Entry& entry, absl::Time now) const;
  void MakeRoom(const std::string& person, absl::Time now);

  const SessionLimits limits_;
  mutable std::mutex mutex_;
  std::map<Key, Entry> sessions_;
};

// Whether a request bears its session's token. Takes the same time for any wrong one.
bool HasCsrf(const SignedIn& session, std::string_view token);

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_SESSION_TABLE_H_
