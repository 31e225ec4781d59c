#include "gateway/api/enrolment_service.h"

#include <absl/time/clock.h>
#include <openssl/crypto.h>

#include <utility>

#include "gateway/api/requests.h"
#include "gateway/enrolment/enrolment.h"
#include "gateway/tunnel/relays.h"

namespace postern::api {
namespace {

// What the token is for, in the record: an auditor must see targets handed out.
std::string Describe(const v1::CreateJoinTokenRequest& request) {
  std::string text = "ttl_seconds=" + std::to_string(request.ttl_seconds());
  for (const std::string& target : request.targets()) text += " target=" + target;
  return text;
}

}  // namespace

grpc::ServerUnaryReactor* EnrolmentService::CreateJoinToken(grpc::CallbackServerContext* context,
                                                            const v1::CreateJoinTokenRequest* request,
                                                            v1::CreateJoinTokenResponse* response) {
  return calls_.Dispatch({context, Rpc::kCreateJoinToken, {request->name(), Describe(*request)}, Check(*request)},
                         [this, request, response](const identity::Principal& who) {
                           auto made = parts_.enrolment.CreateToken(*request, who.name, absl::Now());
                           if (!made.ok()) return made.status();
                           *response->mutable_relay() = std::move(made->relay);
                           response->set_token(made->token);
                           OPENSSL_cleanse(made->token.data(), made->token.size());
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* EnrolmentService::ListRelays(grpc::CallbackServerContext* context,
                                                       const v1::ListRelaysRequest*, v1::ListRelaysResponse* response) {
  return calls_.Answer({context, Rpc::kListRelays, {}, {}}, [this, response](const identity::Principal&) {
    for (v1::EnrolledRelay& relay : parts_.enrolment.List()) *response->add_relays() = std::move(relay);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EnrolmentService::RevokeRelay(grpc::CallbackServerContext* context,
                                                        const v1::RevokeRelayRequest* request,
                                                        v1::RevokeRelayResponse* response) {
  return calls_.Dispatch(
      {context, Rpc::kRevokeRelay, {request->name(), request->reason()}, Check(*request)},
      [this, request, response](const identity::Principal&) { return Revoke(request->name(), *response); });
}

// The relay is cut off whatever the store says.
absl::Status EnrolmentService::Revoke(const std::string& name, v1::RevokeRelayResponse& response) {
  auto revoked = parts_.enrolment.Revoke(name, absl::Now());
  if (absl::IsNotFound(revoked.status())) return revoked.status();
  response.set_doors_ended(static_cast<uint32_t>(parts_.relays.CutOff(name)));
  if (revoked.ok()) *response.mutable_relay() = *std::move(revoked);
  return revoked.status();
}

}  // namespace postern::api
