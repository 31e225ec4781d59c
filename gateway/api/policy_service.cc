#include "gateway/api/policy_service.h"

#include "gateway/api/requests.h"
#include "gateway/policy/in_force.h"
#include "gateway/policy/load_rules.h"

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

}  // namespace postern::api
