// The journal: what happened, in order, durable before it is acted on.
#ifndef POSTERN_GATEWAY_RECORDING_JOURNAL_H_
#define POSTERN_GATEWAY_RECORDING_JOURNAL_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include "proto/postern/v1/record.pb.h"

namespace postern::recording {

class Journal {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  virtual ~Journal() = default;

  // Appends a record; `done` runs on the journal's thread, OK once the record is durable on disk. On failure nothing of
  // the record may be relied on, and statements must be refused. Records appended together share one fdatasync.
  // Thread-safe; RESOURCE_EXHAUSTED at once when too many bytes are already waiting.
  virtual void Append(const v1::Record& record, Done done) = 0;

  // OK when the last write worked; else why statements are refused now. Thread-safe.
  virtual absl::Status Health() const = 0;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_JOURNAL_H_
