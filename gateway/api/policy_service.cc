#include "gateway/api/policy_service.h"

#include <absl/time/clock.h>

#include <utility>

#include "gateway/api/requests.h"
#include "gateway/catalog/catalogs.h"
#include "gateway/policy/in_force.h"
#include "gateway/policy/load_rules.h"
#include "gateway/publishing/policy_publisher.h"
#include "gateway/publishing/question.h"
#include "gateway/tunnel/relays.h"
#include "gateway/tunnel/server_dialect.h"

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

grpc::ServerUnaryReactor* PolicyService::Get(grpc::CallbackServerContext* context, const v1::GetPolicyRequest* request,
                                             v1::GetPolicyResponse* response) {
  return calls_.Dispatch({context, Rpc::kGetPolicy, {}, {}}, [this, request, response](const identity::Principal&) {
    const policy::RulesPtr rules = parts_.policy.Current();
    if (!request->version().empty() && request->version() != rules->version) {
      absl::StatusOr<std::string> text = parts_.publisher.TextOf(request->version());
      if (!text.ok()) return text.status();
      response->set_version(request->version());
      response->set_text(*std::move(text));
      return absl::OkStatus();
    }
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

grpc::ServerUnaryReactor* PolicyService::Explain(grpc::CallbackServerContext* context,
                                                 const v1::ExplainPolicyRequest* request, v1::PolicyAnswer* response) {
  return calls_.Dispatch({context, Rpc::kExplainPolicy, {}, api::Check(*request)},
                         [this, request, response](const identity::Principal&) { return Answer(*request, *response); });
}

absl::Status PolicyService::Answer(const v1::ExplainPolicyRequest& request, v1::PolicyAnswer& answer) const {
  policy::RulesPtr rules = parts_.policy.Current();
  if (!request.policy().empty()) {
    config::Loaded<policy::RulesPtr> loaded = policy::ParseRules(request.policy(), "policy");
    if (!loaded.ok()) return loaded.status();
    rules = *std::move(loaded.value);
  }
  const auto server = parts_.relays.ServerOf(request.target());
  if (!server) return absl::FailedPreconditionError("no connected relay has reached that target");
  const auto dialect = tunnel::DialectOf(*server, sql::Charset::kUtf8mb4);
  if (!dialect) return absl::FailedPreconditionError("the target's server is one whose SQL is not read");
  const catalog::CatalogPtr catalog = parts_.catalogs.Of(request.target());
  if (catalog == nullptr) return absl::FailedPreconditionError("the target's schema has not been reported yet; try again");
  publishing::Question question{.dialect = *dialect, .statement = request.statement(), .schema = catalog.get()};
  policy::SessionFacts& session = question.session;
  session.agent = request.agent();
  session.groups.assign(request.groups().begin(), request.groups().end());
  session.target = request.target();
  session.default_schema = request.default_schema();
  session.lower_case_table_names = static_cast<int>(server->lower_case_table_names());
  session.sql_mode = dialect->mode;
  session.can_undo = request.in_transaction();
  session.now = request.at_unix_ms() == 0 ? absl::Now() : absl::FromUnixMillis(request.at_unix_ms());
  answer = publishing::Explain(*rules, question);
  answer.set_catalog_generation(catalog->generation());
  return absl::OkStatus();
}

}  // namespace postern::api
