// What people do through the API, in the journal.
//
// An action is durable before it takes effect; if it cannot be written, it is refused. Thread-safe.
#ifndef POSTERN_GATEWAY_API_AUDIT_H_
#define POSTERN_GATEWAY_API_AUDIT_H_

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "gateway/recording/journal.h"

namespace postern::api {

// What a call is about to do, in the words of the record.
struct Intent {
  // The id, or the name, of what it is done to.
  std::string object;
  std::string detail;
};

class Audit {
 public:
  explicit Audit(recording::Journal& journal) : journal_(journal) {}

  // Waits until the action is durable. UNAVAILABLE when it could not be written: then it must not be done.
  absl::Status Allowed(std::string_view who, std::string_view action, const Intent& intent);

  // Of a call by who knows whom: the proof it came with is no good.
  void NotKnown(std::string_view action, std::string_view source, const absl::Status& why);

  // Of an attempt that was turned down: nothing depends on it, so nobody waits for it.
  void Refused(std::string_view who, std::string_view action, const Intent& intent, const absl::Status& why);

 private:
  // Nobody waits for it.
  void Append(const v1::Record& record);

  recording::Journal& journal_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_AUDIT_H_
