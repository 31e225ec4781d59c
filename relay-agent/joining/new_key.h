// A key of the relay's own, and the request for its certificate. Any thread.
#ifndef POSTERN_RELAY_AGENT_JOINING_NEW_KEY_H_
#define POSTERN_RELAY_AGENT_JOINING_NEW_KEY_H_

#include <absl/status/statusor.h>

#include <string>

namespace postern::relay {

// EC P-256; PEM. The key is wiped when dropped.
struct NewKey {
  NewKey() = default;
  NewKey(NewKey&&) = default;
  NewKey& operator=(NewKey&&) = default;
  ~NewKey();

  std::string key;
  std::string request;  // PKCS #10 (RFC 2986)
};

absl::StatusOr<NewKey> MakeKey(const std::string& common_name);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_JOINING_NEW_KEY_H_
