// Open Watch streams: each hears of every pending approval, then of each change.
//
// A watcher that does not keep up is ended with RESOURCE_EXHAUSTED: its queue is bounded, and so is their number. A watch does not outlive its
// token. Thread-safe. REQUIRES: the server has ended every stream before this is destroyed.
#ifndef POSTERN_GATEWAY_API_WATCH_H_
#define POSTERN_GATEWAY_API_WATCH_H_

#include <absl/status/status.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <mutex>
#include <set>
#include <string_view>

#include "gateway/approval/approvals.h"
#include "gateway/identity/authenticator.h"
#include "gateway/identity/principal.h"

namespace postern::api {

class WatchStream;

// Changes that may wait for one watcher.
inline constexpr size_t kWatchQueue = 1024;

class Watches {
 public:
  using Reactor = grpc::ServerWriteReactor<v1::Approval>;

  Watches(approval::Approvals& approvals, size_t most) : approvals_(approvals), most_(most) {}

  Reactor* Start(const identity::Principal& who, const identity::Authenticator& authenticator);
  Reactor* Refuse(const absl::Status& why);

  // Ends those of one token, because it was revoked.
  void EndByIdentity(std::string_view identity_id);
  // Ends those of people whose proof of identity is worth nothing any more.
  void EndUnproven(const identity::Authenticator& authenticator);
  // Ends all, and each that still comes, with UNAVAILABLE.
  void EndAll();

 private:
  friend class WatchStream;
  void Remove(WatchStream* stream);

  approval::Approvals& approvals_;
  const size_t most_;
  std::mutex mutex_;
  bool ending_ = false;
  size_t open_ = 0;  // streams_, and those being made
  std::set<WatchStream*> streams_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_WATCH_H_
