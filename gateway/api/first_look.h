// What is asked of a call before its message is read: gRPC buffers a unary call's whole message before any service, and so
// the Guard, sees the call.
//
// A call with a good token, or over a connection with a certificate that verified, passes. Others must pass too: relays that
// join have only what the message holds, and failed logins are the Guard's to judge and to count. But there can be only so
// many of them, and with Connections they last only so long: what strangers can make the gateway hold is bounded by
// 3 × calls × the largest message: no stranger's connection lasts into a fourth span. Thread-safe; does not block.
#ifndef POSTERN_GATEWAY_API_FIRST_LOOK_H_
#define POSTERN_GATEWAY_API_FIRST_LOOK_H_

#include <absl/time/time.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include <cstddef>
#include <mutex>

#include "gateway/identity/authenticator.h"

namespace postern::api {

// How many may happen in one span of time, counted from the first of them.
class Allowance {
 public:
  Allowance(size_t most, absl::Duration span) : most_(most), span_(span) {}

  // Whether one more may happen. Thread-safe.
  bool Take(absl::Time now);

 private:
  const size_t most_;
  const absl::Duration span_;
  std::mutex mutex_;
  absl::Time end_ = absl::InfinitePast();
  size_t taken_ = 0;
};

class FirstLook final : public grpc::AuthMetadataProcessor {
 public:
  // Lets through `unproven_calls` within `span` that prove nothing yet. REQUIRES: `authenticator` outlives this, and counts
  // no failures: gRPC does not tell yet where a call comes from, and the Guard will ask again.
  FirstLook(identity::Authenticator& authenticator, size_t unproven_calls, absl::Duration span)
      : authenticator_(authenticator), unproven_(unproven_calls, span) {}

  // In place, on gRPC's thread.
  bool IsBlocking() const override { return false; }
  // RESOURCE_EXHAUSTED is what the caller is told.
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* peer, OutputMetadata* consumed,
                       OutputMetadata* response) override;

 private:
  identity::Authenticator& authenticator_;
  Allowance unproven_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_FIRST_LOOK_H_
