#include "gateway/api/tasks_service.h"

#include <absl/time/clock.h>
#include <openssl/crypto.h>

#include <string>
#include <utility>

#include "gateway/api/requests.h"
#include "gateway/identity/authenticator.h"
#include "gateway/tasks/task_rules.h"
#include "gateway/tasks/tasks.h"

namespace postern::api {
namespace {

// What the task is for, in the record of who asked. Its own records have the rest.
std::string Describe(const v1::StartTaskRequest& request) {
  std::string text = request.agent().empty() ? "" : "agent=" + request.agent() + " ";
  for (const std::string& group : request.groups()) text += "group=" + group + " ";
  return text + "ttl_seconds=" + std::to_string(request.ttl_seconds()) + " reason=" + request.reason();
}

}  // namespace

grpc::ServerUnaryReactor* TasksService::Start(grpc::CallbackServerContext* context, const v1::StartTaskRequest* request,
                                              v1::StartTaskResponse* response) {
  const absl::Status fault = tasks::CheckStart(*request);
  // Of a request that is out of bounds nothing is quoted.
  Intent intent = fault.ok() ? Intent{request->target(), Describe(*request)} : Intent{};
  return calls_.Dispatch({context, Rpc::kStartTask, std::move(intent), fault},
                         [this, request, response](const identity::Principal& who) { return Start(who, *request, *response); });
}

absl::Status TasksService::Start(const identity::Principal& who, const v1::StartTaskRequest& request,
                                 v1::StartTaskResponse& response) {
  absl::StatusOr<tasks::NewTask> made = parts_.tasks.Start(request, who);
  if (!made.ok()) return made.status();
  const bool still_valid = parts_.authenticator.StillValid(who, absl::Now());
  if (still_valid) {
    response.set_user(made->task.agent() + "+" + made->task.target());
    response.set_password(made->password);
    MysqlAddress address = parts_.mysql();
    response.set_host(std::move(address.host));
    response.set_port(address.port);
    *response.mutable_task() = std::move(made->task);
  }
  OPENSSL_cleanse(made->password.data(), made->password.size());
  if (still_valid) return absl::OkStatus();
  // A revocation that came before the task could be found has not ended it.
  parts_.tasks.EndByIdentity(who.identity_id);
  return absl::UnauthenticatedError("the access token was revoked while the task started");
}

grpc::ServerUnaryReactor* TasksService::Get(grpc::CallbackServerContext* context, const v1::GetTaskRequest* request,
                                            v1::Task* response) {
  return calls_.Dispatch({context, Rpc::kGetTask, {request->id(), ""}, Check(*request)},
                         [this, request, response](const identity::Principal& who) {
                           auto task = parts_.tasks.Get(request->id(), who);
                           if (task.ok()) *response = *std::move(task);
                           return task.status();
                         });
}

grpc::ServerUnaryReactor* TasksService::List(grpc::CallbackServerContext* context, const v1::ListTasksRequest* request,
                                             v1::ListTasksResponse* response) {
  return calls_.Dispatch({context, Rpc::kListTasks, {}, Check(*request)},
                         [this, request, response](const identity::Principal& who) {
                           const uint32_t limit = request->limit() == 0 ? kDefaultLimit : request->limit();
                           auto listed = parts_.tasks.List(*request, limit, who);
                           if (!listed.ok()) return listed.status();
                           for (v1::Task& task : *listed) *response->add_tasks() = std::move(task);
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* TasksService::Extend(grpc::CallbackServerContext* context, const v1::ExtendTaskRequest* request,
                                               v1::Task* response) {
  Intent intent{request->id(), "ttl_seconds=" + std::to_string(request->ttl_seconds()) + " reason=" + request->reason()};
  return calls_.Dispatch({context, Rpc::kExtendTask, std::move(intent), Check(*request)},
                         [this, request, response](const identity::Principal& who) {
                           auto task = parts_.tasks.Extend(request->id(), absl::Seconds(request->ttl_seconds()), who);
                           if (task.ok()) *response = *std::move(task);
                           return task.status();
                         });
}

grpc::ServerUnaryReactor* TasksService::End(grpc::CallbackServerContext* context, const v1::EndTaskRequest* request,
                                            v1::Task* response) {
  return calls_.Dispatch({context, Rpc::kEndTask, {request->id(), request->reason()}, Check(*request)},
                         [this, request, response](const identity::Principal& who) {
                           auto task = parts_.tasks.End(request->id(), who);
                           if (task.ok()) *response = *std::move(task);
                           return task.status();
                         });
}

}  // namespace postern::api
