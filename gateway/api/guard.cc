#include "gateway/api/guard.h"

#include <absl/time/clock.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/api/bearer_token.h"
#include "gateway/api/call_certificate.h"
#include "gateway/api/connections.h"

namespace postern::api {
namespace {

// What failures are counted by. Only a peer on the network has an address in front of which stands what kind it is.
std::string SourceOf(const grpc::CallbackServerContext& context) {
  const std::string peer = context.peer();
  const auto& metadata = context.client_metadata();
  if (peer.find(':') != std::string::npos || metadata.count(kCallerAddress) != 1) return SourceAddress(peer);
  const grpc::string_ref address = metadata.find(kCallerAddress)->second;
  return {address.data(), address.size()};
}

absl::Status NoProof() {
  return absl::UnauthenticatedError(
      "no access token: send the metadata `authorization: Bearer pat_…` (posternctl: --token-file or POSTERN_TOKEN)");
}

absl::Status WrongKind(const RpcRule& rule) {
  return absl::PermissionDeniedError(
      std::string(rule.name) +
      " is for people: an agent's token opens the MySQL port, and its own tasks. Use a token made with "
      "`posternctl tokens create --role …`");
}

absl::Status WrongRole(const RpcRule& rule, const identity::Principal& who) {
  return absl::PermissionDeniedError(std::string(rule.name) + " needs role " + rule.roles.Names() + "; " + who.name +
                                     " has " + RoleNames(who.roles) + ". Ask an admin for a token with that role");
}

}  // namespace

std::string SourceAddress(std::string_view peer) {
  const size_t start = peer.find(':');
  const size_t end = peer.rfind(':');
  if (start == std::string_view::npos || end <= start) return std::string(peer);
  return std::string(peer.substr(start + 1, end - start - 1));
}

void Guard::Prepare(const grpc::CallbackServerContext& context, identity::Authenticator::Ready ready) {
  const std::optional<std::string_view> token = BearerToken(context.client_metadata());
  if (!token.has_value()) return ready();
  authenticator_.Prepare(*token, absl::Now(), std::move(ready));
}

absl::StatusOr<identity::Principal> Guard::Authorize(const grpc::CallbackServerContext& context, Rpc rpc,
                                                     const Intent& intent) {
  const RpcRule& rule = RuleOf(rpc);
  const std::string source = SourceOf(context);
  const std::optional<std::string_view> token = BearerToken(context.client_metadata());
  identity::Proof proof{.secret = token.value_or(""), .source = source};
  // A token is enough: what certificate its bearer's connection has is no matter then.
  if (!token) proof.certificate = CertificateOf(context);
  if (!token && proof.certificate == nullptr) return NoProof();
  absl::StatusOr<identity::Principal> who = authenticator_.Authenticate(proof, absl::Now());
  if (absl::IsResourceExhausted(who.status())) {
    return absl::ResourceExhaustedError(
        "too many wrong access tokens from this address; wait a minute, then try again");
  }
  if (!who.ok()) {
    audit_.NotKnown(rule.name, source, who.status());
    return absl::UnauthenticatedError(
        "this access token or certificate is unknown, expired or revoked; ask an admin for a new one (posternctl tokens create)");
  }
  connections_.Prove(context.peer());
  absl::Status refusal;
  if (who->kind != v1::PRINCIPAL_KIND_PERSON) {
    const bool own_things = who->kind == v1::PRINCIPAL_KIND_AGENT && rule.roles.agent;
    if (!own_things) refusal = WrongKind(rule);
  } else if (!rule.roles.Admits(who->roles)) {
    refusal = WrongRole(rule, *who);
  }
  if (refusal.ok()) return who;
  audit_.Refused(who->name, rule.name, intent, refusal);
  return refusal;
}

}  // namespace postern::api
