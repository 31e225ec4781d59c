#include "gateway/api/access_service.h"

#include <absl/time/clock.h>
#include <openssl/crypto.h>

#include <utility>

#include "common/observability/log.h"
#include "gateway/api/requests.h"
#include "gateway/frontend/live_sessions.h"
#include "gateway/identity/tokens.h"
#include "gateway/tasks/tasks.h"

namespace postern::api {
namespace {

// What the new token is for, in the record: an auditor must see a role handed out.
std::string Describe(const v1::CreateTokenRequest& request) {
  std::string text = v1::PrincipalKind_Name(request.kind());
  for (const int role : request.roles()) text += " " + v1::Role_Name(static_cast<v1::Role>(role));
  for (const std::string& group : request.groups()) text += " group=" + group;
  for (const std::string& target : request.targets()) text += " target=" + target;
  return text + " ttl_seconds=" + std::to_string(request.ttl_seconds());
}

}  // namespace

grpc::ServerUnaryReactor* AccessService::WhoAmI(grpc::CallbackServerContext* context, const v1::WhoAmIRequest*,
                                                v1::WhoAmIResponse* response) {
  return calls_.Answer({context, Rpc::kWhoAmI, {}, {}}, [response](const identity::Principal& who) {
    response->set_name(who.name);
    response->mutable_groups()->Assign(who.groups.begin(), who.groups.end());
    response->mutable_roles()->Assign(who.roles.begin(), who.roles.end());
    response->set_expires_at_unix_ms(absl::ToUnixMillis(who.expires_at));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AccessService::CreateToken(grpc::CallbackServerContext* context,
                                                     const v1::CreateTokenRequest* request,
                                                     v1::CreateTokenResponse* response) {
  return calls_.Dispatch(
      {context, Rpc::kCreateToken, {request->name(), Describe(*request)}, Check(*request)},
      [this, request, response](const identity::Principal& who) { return Create(who, *request, *response); });
}

// The id is known only once the token exists: a second record ties it to the first, and without it the token is taken
// back.
absl::Status AccessService::Create(const identity::Principal& who, const v1::CreateTokenRequest& request,
                                   v1::CreateTokenResponse& response) {
  absl::StatusOr<identity::NewToken> made = parts_.tokens.Create(request, who.name, absl::Now());
  if (!made.ok()) return made.status();
  const absl::Status recorded =
      calls_.audit().Allowed(who.name, RuleOf(Rpc::kCreateToken).name, {made->token.id(), "created for " + request.name()});
  if (recorded.ok()) {
    *response.mutable_token() = std::move(made->token);
    response.set_secret(made->secret);
  } else if (const auto taken_back = parts_.tokens.Revoke(made->token.id(), absl::Now()); !taken_back.ok()) {
    log::Error("an unrecorded token could not be revoked", {{"id", made->token.id()}, {"why", taken_back.status()}});
  }
  OPENSSL_cleanse(made->secret.data(), made->secret.size());
  return recorded;
}

grpc::ServerUnaryReactor* AccessService::ListTokens(grpc::CallbackServerContext* context,
                                                    const v1::ListTokensRequest* request,
                                                    v1::ListTokensResponse* response) {
  return calls_.Answer({context, Rpc::kListTokens, {}, {}}, [this, request, response](const identity::Principal&) {
    for (v1::Token& token : parts_.tokens.List(request->include_ended(), absl::Now())) {
      *response->add_tokens() = std::move(token);
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AccessService::RevokeToken(grpc::CallbackServerContext* context,
                                                     const v1::RevokeTokenRequest* request,
                                                     v1::RevokeTokenResponse* response) {
  return calls_.Dispatch({context, Rpc::kRevokeToken, {request->id(), ""}, Check(*request)},
                         [this, request, response](const identity::Principal&) {
                           const auto revoked = parts_.tokens.Revoke(request->id(), absl::Now());
                           if (absl::IsNotFound(revoked.status())) return revoked.status();
                           // Even if the store failed: no login with it succeeds now, and nothing of it may go on.
                           watches_.EndByIdentity(request->id());
                           parts_.tasks.EndByIdentity(request->id());
                           const size_t ended = parts_.live.EndByIdentity(request->id(), "revoked");
                           response->set_sessions_ended(static_cast<uint32_t>(ended));
                           return revoked.status();
                         });
}

}  // namespace postern::api
