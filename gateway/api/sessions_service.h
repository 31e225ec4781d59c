// The Sessions RPCs: sessions listed, looked into, replayed and ended.
#ifndef POSTERN_GATEWAY_API_SESSIONS_SERVICE_H_
#define POSTERN_GATEWAY_API_SESSIONS_SERVICE_H_

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
  grpc::ServerUnaryReactor* Terminate(grpc::CallbackServerContext* context, const v1::TerminateSessionRequest* request,
                                      v1::TerminateSessionResponse* response) override;

 private:
  absl::Status Stream(const std::string& who, const std::string& session_id, ReplayStream& stream);
  absl::Status End(const std::string& session_id);

  const ApiParts& parts_;
  Calls& calls_;
  Workers& replayers_;
};

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_SESSIONS_SERVICE_H_
