#include "gateway/api/calls.h"

#include <grpcpp/server_context.h>

#include <utility>

#include "gateway/api/status.h"

namespace postern::api {

grpc::ServerUnaryReactor* Calls::Start(Call call, Later later) {
  grpc::CallbackServerContext* context = call.context;
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  guard_.Prepare(*context, [this, call = std::move(call), later = std::move(later), reactor]() mutable {
    Judge(call, later, reactor);
  });
  return reactor;
}

void Calls::Judge(const Call& call, Later& later, grpc::ServerUnaryReactor* reactor) {
  const absl::StatusOr<identity::Principal> who = guard_.Authorize(*call.context, call.rpc, call.intent);
  if (!who.ok()) {
    reactor->Finish(ToGrpc(who.status()));
  } else if (!call.request.ok()) {
    if (RuleOf(call.rpc).recorded) audit_.Refused(who->name, RuleOf(call.rpc).name, call.intent, call.request);
    reactor->Finish(ToGrpc(call.request));
  } else {
    later(*who, reactor);
  }
}

grpc::ServerUnaryReactor* Calls::Answer(Call call, Work work) {
  return Start(std::move(call),
               [work = std::move(work)](const identity::Principal& who, grpc::ServerUnaryReactor* reactor) mutable {
                 reactor->Finish(ToGrpc(work(who)));
               });
}

grpc::ServerUnaryReactor* Calls::Dispatch(Call call, Work work) {
  const RpcRule& rule = RuleOf(call.rpc);
  Intent intent = call.intent;
  return Start(std::move(call), [this, &rule, intent = std::move(intent), work = std::move(work)](
                                    const identity::Principal& who, grpc::ServerUnaryReactor* reactor) mutable {
    Workers::Task task = [this, &rule, intent = std::move(intent), work = std::move(work), who, reactor]() mutable {
      absl::Status status = rule.recorded ? audit_.Allowed(who.name, rule.name, intent) : absl::OkStatus();
      if (status.ok()) {
        status = work(who);
        // The record says that it was let; it must not seem that it happened.
        if (!status.ok() && rule.recorded) audit_.Refused(who.name, rule.name, intent, status);
      }
      reactor->Finish(ToGrpc(status));
    };
    if (!workers_.Post(task)) {
      reactor->Finish(ToGrpc(absl::ResourceExhaustedError("the gateway has too many calls waiting; try again")));
    }
  });
}

}  // namespace postern::api
