#include "gateway/api/policy_service.h"

#include <absl/time/clock.h>

#include "gateway/api/requests.h"
#include "gateway/policy/in_force.h"
#include "gateway/policy/load_rules.h"
#include "gateway/publishing/policy_publisher.h"

namespace postern::api {
namespace {

void CheckText(const std::string& text, v1::CheckPolicyResponse& response) {
  const config::Loaded<policy::RulesPtr> loaded = policy::ParseRules(text, "policy");
  response.set_valid(loaded.ok());
  if (loaded.ok()) response.set_rules(static_cast<uint32_t>((*loaded.value)->rules.size()));
  for (const config::Problem& problem : loaded.problems) {
    v1::PolicyProblem& told = *response.add_problems();
    told.set_line(problem.line);
    told.set_column(problem.column);
    told.set_key(problem.key);
    told.set_message(problem.message);
  }
}

}  // namespace

grpc::ServerUnaryReactor* PolicyService::Check(grpc::CallbackServerContext* context,
                                               const v1::CheckPolicyRequest* request,
                                               v1::CheckPolicyResponse* response) {
  return calls_.Dispatch({context, Rpc::kCheckPolicy, {}, api::Check(*request)},
                         [request, response](const identity::Principal&) {
                           CheckText(request->text(), *response);
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* PolicyService::Get(grpc::CallbackServerContext* context, const v1::GetPolicyRequest*,
                                             v1::GetPolicyResponse* response) {
  return calls_.Answer({context, Rpc::kGetPolicy, {}, {}}, [this, response](const identity::Principal&) {
    const policy::RulesPtr rules = parts_.policy.Current();
    response->set_version(rules->version);
    response->set_text(rules->text);
    response->set_loaded_at_unix_ms(absl::ToUnixMillis(parts_.policy.LoadedAt()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* PolicyService::Apply(grpc::CallbackServerContext* context,
                                               const v1::ApplyPolicyRequest* request, v1::PolicyVersion* response) {
  return calls_.Dispatch(
      {context, Rpc::kApplyPolicy, {policy::VersionOf(request->text()), request->reason()}, api::Check(*request)},
      [this, request, response](const identity::Principal& who) {
        auto applied = parts_.publisher.Apply(*request, who.name, absl::Now());
        if (applied.ok()) *response = *std::move(applied);
        return applied.status();
      });
}

grpc::ServerUnaryReactor* PolicyService::ListVersions(grpc::CallbackServerContext* context,
                                                      const v1::ListPolicyVersionsRequest* request,
                                                      v1::ListPolicyVersionsResponse* response) {
  return calls_.Dispatch({context, Rpc::kListPolicyVersions, {}, api::Check(*request)},
                         [this, request, response](const identity::Principal&) {
                           auto versions =
                               parts_.publisher.Versions(request->limit() == 0 ? kDefaultLimit : request->limit());
                           if (!versions.ok()) return versions.status();
                           for (v1::PolicyVersion& version : *versions) *response->add_versions() = std::move(version);
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* PolicyService::Rollback(grpc::CallbackServerContext* context,
                                                  const v1::RollbackPolicyRequest* request,
                                                  v1::PolicyVersion* response) {
  return calls_.Dispatch(
      {context, Rpc::kRollbackPolicy, {request->version(), request->reason()}, api::Check(*request)},
      [this, request, response](const identity::Principal& who) {
        auto applied = parts_.publisher.Rollback(*request, who.name, absl::Now());
        if (applied.ok()) *response = *std::move(applied);
        return applied.status();
      });
}

}  // namespace postern::api
