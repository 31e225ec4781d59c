#include "gateway/api/services.h"

#include <utility>

#include "gateway/api/access_service.h"
#include "gateway/api/admin_service.h"
#include "gateway/api/approvals_service.h"
#include "gateway/api/enrolment_service.h"
#include "gateway/api/policy_service.h"
#include "gateway/api/relay_join_service.h"
#include "gateway/api/sessions_service.h"
#include "gateway/api/tasks_service.h"
#include "gateway/api/verification_service.h"
#include "gateway/identity/authenticator.h"

namespace postern::api {
namespace {

constexpr size_t kThreads = 4;
constexpr size_t kWaitingCalls = 256;
constexpr size_t kReplayThreads = 4;
constexpr size_t kWaitingReplays = 16;

}  // namespace

struct ApiServices::Shared {
  explicit Shared(ApiParts given) : parts(std::move(given)) {}

  const ApiParts parts;
  Audit audit{parts.journal};
  Guard guard{parts.authenticator, parts.connections, audit};
  Workers workers{kThreads, kWaitingCalls};
  Workers replayers{kReplayThreads, kWaitingReplays};
  Calls calls{guard, audit, workers};
  ApprovalsService approvals{parts, calls};
  AccessService access{parts, calls, approvals.watches()};
  TasksService tasks{parts, calls};
  SessionsService sessions{parts, calls, replayers};
  PolicyService policy{parts, calls};
  AdminService admin{parts, calls};
  EnrolmentService enrolment{parts, calls};
  VerificationService verification{parts, calls};
  RelayJoinService joining{parts, audit, workers};
};

ApiServices::ApiServices(ApiParts parts) : shared_(std::make_unique<Shared>(std::move(parts))) {}
ApiServices::~ApiServices() = default;

std::vector<grpc::Service*> ApiServices::All() {
  return {&shared_->access, &shared_->approvals, &shared_->tasks, &shared_->sessions, &shared_->policy, &shared_->admin,
          &shared_->enrolment, &shared_->verification, &shared_->joining};
}

void ApiServices::EndUnproven() { shared_->approvals.watches().EndUnproven(shared_->parts.authenticator); }

void ApiServices::EndStreams() { shared_->approvals.watches().EndAll(); }

}  // namespace postern::api
