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
  auto* stream = new ReplayStream;
  const auto who = calls_.guard().Authorize(*context, Rpc::kReplaySession, {request->id(), ""});
  const absl::Status fault = who.ok() ? Check(*request) : who.status();
  if (!fault.ok()) {
    stream->End(fault);
    return stream;
  }
  Workers::Task task = [this, name = who->name, id = request->id(), stream] { stream->End(Stream(name, id, *stream)); };
  if (!replayers_.Post(task)) stream->End(absl::ResourceExhaustedError("too many replays are waiting; try again"));
  return stream;
}

absl::Status SessionsService::Stream(const std::string& who, const std::string& session_id, ReplayStream& stream) {
  const absl::Status recorded = calls_.audit().Allowed(who, RuleOf(Rpc::kReplaySession).name, {session_id, ""});
  if (!recorded.ok()) return recorded;
  absl::Status sent;
  const absl::Status read = parts_.sessions.Replay(session_id, [&](const v1::Record& record) {
    sent = stream.Send(record);
    return sent.ok();
  });
  return sent.ok() ? read : sent;
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
