// How a unary call is answered: the guard, then the checks of the request, then the record, then the work.
//
// Thread-safe. The request and the response live until the call is finished.
#ifndef POSTERN_GATEWAY_API_CALLS_H_
#define POSTERN_GATEWAY_API_CALLS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <grpcpp/support/server_callback.h>

#include "gateway/api/audit.h"
#include "gateway/api/guard.h"
#include "gateway/api/workers.h"

namespace postern::api {

// One call as its service puts it.
struct Call {
  grpc::CallbackServerContext* context;
  Rpc rpc;
  Intent intent;
  // What is wrong with the request; told only to those who may call.
  absl::Status request;
};

class Calls {
 public:
  using Work = absl::AnyInvocable<absl::Status(const identity::Principal&)>;
  using Later = absl::AnyInvocable<void(const identity::Principal&, grpc::ServerUnaryReactor*)>;

  Calls(Guard& guard, Audit& audit, Workers& workers) : guard_(guard), audit_(audit), workers_(workers) {}

  // For work that only looks into memory. Not for recorded RPCs.
  grpc::ServerUnaryReactor* Answer(Call call, Work work);
  // For work that blocks, and for recorded RPCs: runs on a worker's thread, once its record is durable.
  grpc::ServerUnaryReactor* Dispatch(Call call, Work work);
  // For work that finishes the reactor itself, some time. Must not block.
  grpc::ServerUnaryReactor* Start(Call call, Later later);

  Guard& guard() { return guard_; }
  Audit& audit() { return audit_; }

 private:
  void Judge(const Call& call, Later& later, grpc::ServerUnaryReactor* reactor);

  Guard& guard_;
  Audit& audit_;
  Workers& workers_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_CALLS_H_
