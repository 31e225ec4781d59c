// One Replay stream: a session's records, oldest first, as fast as the caller reads them.
//
// A worker's thread reads the journal and waits for each write; a caller that takes nothing for too long is ended, so
// that it cannot keep the thread.
#ifndef POSTERN_GATEWAY_API_REPLAY_H_
#define POSTERN_GATEWAY_API_REPLAY_H_

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <mutex>

#include "proto/postern/v1/record.pb.h"

namespace postern::api {

inline constexpr absl::Duration kReplayPatience = absl::Seconds(30);

// Owns itself: OnDone, which comes after End, deletes it.
class ReplayStream final : public grpc::ServerWriteReactor<v1::Record> {
 public:
  // On a worker's thread: sends one record and waits until it is on its way. CANCELLED when the caller went away,
  // RESOURCE_EXHAUSTED when it does not read.
  absl::Status Send(const v1::Record& record);

  // Ends the stream. Exactly once, and nothing after it.
  void End(const absl::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool writing_ = false;
  bool gone_ = false;
  v1::Record sent_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_REPLAY_H_
