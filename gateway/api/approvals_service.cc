#include "gateway/api/approvals_service.h"

#include <algorithm>
#include <utility>

#include "gateway/api/abridge.h"
#include "gateway/api/requests.h"
#include "gateway/api/status.h"
#include "gateway/approval/approvals.h"
#include "gateway/approval/sample.h"

namespace postern::api {
namespace {

bool IsReviewer(const identity::Principal& who) {
  return std::find(who.roles.begin(), who.roles.end(), v1::ROLE_REVIEWER) != who.roles.end();
}

}  // namespace

ApprovalsService::ApprovalsService(const ApiParts& parts, Calls& calls)
    : parts_(parts), calls_(calls), watches_(parts.approvals, parts.approval_watchers) {}

grpc::ServerUnaryReactor* ApprovalsService::List(grpc::CallbackServerContext* context,
                                                 const v1::ListApprovalsRequest* request,
                                                 v1::ListApprovalsResponse* response) {
  return calls_.Answer({context, Rpc::kListApprovals, {}, Check(*request)},
                       [this, request, response](const identity::Principal&) {
                         const uint32_t limit = request->limit() == 0 ? kDefaultLimit : request->limit();
                         for (const v1::Approval& approval : parts_.approvals.List(request->state(), limit)) {
                           *response->add_approvals() = Abridged(approval);
                         }
                         return absl::OkStatus();
                       });
}

grpc::ServerUnaryReactor* ApprovalsService::Get(grpc::CallbackServerContext* context,
                                                const v1::GetApprovalRequest* request, v1::Approval* response) {
  return calls_.Answer({context, Rpc::kGetApproval, {request->id(), ""}, Check(*request)},
                       [this, request, response](const identity::Principal& who) {
                         absl::StatusOr<v1::Approval> approval = parts_.approvals.Get(request->id());
                         if (!approval.ok()) return approval.status();
                         if (!IsReviewer(who)) approval::DropSample(*approval, "rows are shown to people with the role reviewer");
                         *response = *std::move(approval);
                         return absl::OkStatus();
                       });
}

grpc::ServerWriteReactor<v1::Approval>* ApprovalsService::Watch(grpc::CallbackServerContext* context,
                                                                const v1::WatchApprovalsRequest*) {
  // A stream cannot wait for who it is for: a key not known yet is fetched meanwhile, and the next try finds it.
  calls_.guard().Prepare(*context, [] {});
  const auto who = calls_.guard().Authorize(*context, Rpc::kWatchApprovals, {});
  return who.ok() ? watches_.Start(*who, parts_.authenticator) : watches_.Refuse(who.status());
}

grpc::ServerUnaryReactor* ApprovalsService::Approve(grpc::CallbackServerContext* context,
                                                    const v1::DecideApprovalRequest* request, v1::Approval* response) {
  return Vote(context, Rpc::kApprove, *request, response);
}

grpc::ServerUnaryReactor* ApprovalsService::Deny(grpc::CallbackServerContext* context,
                                                 const v1::DecideApprovalRequest* request, v1::Approval* response) {
  return Vote(context, Rpc::kDeny, *request, response);
}

grpc::ServerUnaryReactor* ApprovalsService::Vote(grpc::CallbackServerContext* context, Rpc rpc,
                                                 const v1::DecideApprovalRequest& request, v1::Approval* response) {
  Intent intent{request.id(), request.reason()};
  return calls_.Start(
      {context, rpc, intent, Check(request)},
      [this, rpc, &request, response, intent](const identity::Principal& who, grpc::ServerUnaryReactor* reactor) {
        auto decided = [this, rpc, intent, name = who.name, response, reactor](absl::StatusOr<v1::Approval> approval) {
          // A vote that counts is recorded by the approvals before it does; one that does not is recorded here.
          if (approval.ok()) {
            *response = *std::move(approval);
          } else {
            calls_.audit().Refused(name, RuleOf(rpc).name, intent, approval.status());
          }
          reactor->Finish(ToGrpc(approval.status()));
        };
        parts_.approvals.Vote(request.id(), who, rpc == Rpc::kApprove, request.reason(), std::move(decided));
      });
}

}  // namespace postern::api
