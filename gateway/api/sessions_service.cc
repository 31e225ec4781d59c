#include "gateway/api/sessions_service.h"

#include <utility>

#include "gateway/api/requests.h"
#include "gateway/frontend/live_sessions.h"
#include "gateway/recording/session_index.h"

namespace postern::api {

grpc::ServerUnaryReactor* SessionsService::List(grpc::CallbackServerContext* context,
                                                const v1::ListSessionsRequest* request,
                                                v1::ListSessionsResponse* response) {
  return calls_.Dispatch({context, Rpc::kListSessions, {}, Check(*request)},
                         [this, request, response](const identity::Principal&) {
                           auto sessions = parts_.sessions.List(*request);
                           if (!sessions.ok()) return sessions.status();
                           for (v1::Session& session : *sessions) *response->add_sessions() = std::move(session);
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* SessionsService::Get(grpc::CallbackServerContext* context,
                                               const v1::GetSessionRequest* request, v1::SessionDetail* response) {
  return calls_.Dispatch({context, Rpc::kGetSession, {request->id(), ""}, Check(*request)},
                         [this, request, response](const identity::Principal&) {
                           auto detail = parts_.sessions.Get(request->id());
                           if (detail.ok()) *response = *std::move(detail);
                           return detail.status();
                         });
}

grpc::ServerWriteReactor<v1::Record>* SessionsService::Replay(grpc::CallbackServerContext* context,
                                                              const v1::ReplaySessionRequest* request) {
  return Stream(*context, Rpc::kReplaySession, {request->id(), ""}, Check(*request),
                [this, id = request->id()](auto next) { return parts_.sessions.Replay(id, next); });
}

grpc::ServerWriteReactor<v1::Record>* SessionsService::Export(grpc::CallbackServerContext* context,
                                                              const v1::ExportSessionsRequest* request) {
  const v1::ListSessionsRequest& filter = request->sessions();
  return Stream(*context, Rpc::kExportSessions, {"sessions", filter.ShortDebugString()}, Check(*request),
                [this, filter](auto next) { return parts_.sessions.Export(filter, next); });
}

grpc::ServerWriteReactor<v1::Record>* SessionsService::Stream(grpc::CallbackServerContext& context, Rpc rpc,
                                                              const Intent& intent, const absl::Status& request, Read read) {
  auto* stream = new ReplayStream;
  const auto who = calls_.guard().Authorize(context, rpc, intent);
  const absl::Status fault = who.ok() ? request : who.status();
  if (!fault.ok()) {
    stream->End(fault);
    return stream;
  }
  Workers::Task task = [this, name = who->name, rpc, intent, read = std::move(read), stream] {
    absl::Status status = calls_.audit().Allowed(name, RuleOf(rpc).name, intent);
    absl::Status sent;
    if (status.ok()) {
      status = read([&](const v1::Record& record) {
        sent = stream->Send(record);
        return sent.ok();
      });
    }
    stream->End(sent.ok() ? status : sent);
  };
  if (!replayers_.Post(task)) stream->End(absl::ResourceExhaustedError("too many replays are waiting; try again"));
  return stream;
}

grpc::ServerUnaryReactor* SessionsService::Terminate(grpc::CallbackServerContext* context,
                                                     const v1::TerminateSessionRequest* request,
                                                     v1::TerminateSessionResponse*) {
  return calls_.Dispatch({context, Rpc::kTerminateSession, {request->id(), request->reason()}, Check(*request)},
                         [this, request](const identity::Principal&) { return End(request->id()); });
}

absl::Status SessionsService::End(const std::string& session_id) {
  if (parts_.live.End(session_id, "terminated") > 0) return absl::OkStatus();
  const auto past = parts_.sessions.Get(session_id);
  if (!past.ok()) return past.status();
  return absl::FailedPreconditionError("session " + session_id + " has ended already");
}

}  // namespace postern::api
