// The Sessions RPCs: sessions listed, looked into, replayed and ended.
#ifndef POSTERN_GATEWAY_API_SESSIONS_SERVICE_H_
#define POSTERN_GATEWAY_API_SESSIONS_SERVICE_H_

#include <absl/functional/function_ref.h>

#include <functional>

#include "gateway/api/calls.h"
#include "gateway/api/parts.h"
#include "gateway/api/replay.h"
#include "proto/postern/v1/session.grpc.pb.h"

namespace postern::api {

class SessionsService final : public v1::Sessions::CallbackService {
 public:
  // `replayers`: threads that stream replays, apart from those of other calls, for a replay takes as long as its
  // reader.
  SessionsService(const ApiParts& parts, Calls& calls, Workers& replayers)
      : parts_(parts), calls_(calls), replayers_(replayers) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const v1::ListSessionsRequest* request,
                                 v1::ListSessionsResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const v1::GetSessionRequest* request,
                                v1::SessionDetail* response) override;
  grpc::ServerWriteReactor<v1::Record>* Replay(grpc::CallbackServerContext* context,
                                               const v1::ReplaySessionRequest* request) override;
  grpc::ServerWriteReactor<v1::Record>* Export(grpc::CallbackServerContext* context,
                                               const v1::ExportSessionsRequest* request) override;
  grpc::ServerUnaryReactor* Terminate(grpc::CallbackServerContext* context, const v1::TerminateSessionRequest* request,
                                      v1::TerminateSessionResponse* response) override;

 private:
  // Calls its argument with records, until that says false.
  using Read = std::function<absl::Status(absl::FunctionRef<bool(const v1::Record&)>)>;
  // On a thread of its own, once the caller is let and the reading is recorded.
  grpc::ServerWriteReactor<v1::Record>* Stream(grpc::CallbackServerContext& context, Rpc rpc, const Intent& intent,
                                               const absl::Status& request, Read read);
  absl::Status End(const std::string& session_id);

  const ApiParts& parts_;
  Calls& calls_;
  Workers& replayers_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_SESSIONS_SERVICE_H_
