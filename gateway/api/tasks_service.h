// The Tasks RPCs: doors asked for, looked at, extended and ended, by agents and people.
#ifndef POSTERN_GATEWAY_API_TASKS_SERVICE_H_
#define POSTERN_GATEWAY_API_TASKS_SERVICE_H_

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "proto/postern/v1/task.grpc.pb.h"

namespace postern::api {

class TasksService final : public v1::Tasks::CallbackService {
 public:
  TasksService(const ApiParts& parts, Calls& calls) : parts_(parts), calls_(calls) {}

  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const v1::StartTaskRequest* request,
                                  v1::StartTaskResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const v1::GetTaskRequest* request,
                                v1::Task* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const v1::ListTasksRequest* request,
                                 v1::ListTasksResponse* response) override;
  grpc::ServerUnaryReactor* Extend(grpc::CallbackServerContext* context, const v1::ExtendTaskRequest* request,
                                   v1::Task* response) override;
  grpc::ServerUnaryReactor* End(grpc::CallbackServerContext* context, const v1::EndTaskRequest* request,
                                v1::Task* response) override;

 private:
  absl::Status Start(const identity::Principal& who, const v1::StartTaskRequest& request, v1::StartTaskResponse& response);

  const ApiParts& parts_;
  Calls& calls_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_TASKS_SERVICE_H_
