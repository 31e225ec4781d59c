#include "gateway/api/relay_join_service.h"

#include <absl/time/clock.h>
#include <grpcpp/server_context.h>

#include <string_view>
#include <utility>

#include "common/observability/log.h"
#include "gateway/api/call_certificate.h"
#include "gateway/api/guard.h"
#include "gateway/api/status.h"
#include "gateway/enrolment/enrolment.h"
#include "gateway/tunnel/peer_name.h"
#include "gateway/tunnel/relays.h"

namespace postern::api {
namespace {

constexpr std::string_view kJoin = "RelayJoin/Join";

}  // namespace

grpc::ServerUnaryReactor* RelayJoinService::Run(grpc::CallbackServerContext* context,
                                                absl::AnyInvocable<absl::Status()> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Workers::Task task = [reactor, work = std::move(work)]() mutable { reactor->Finish(ToGrpc(work())); };
  if (!workers_.Post(task)) {
    reactor->Finish(ToGrpc(absl::ResourceExhaustedError("the gateway has too many calls waiting; try again")));
  }
  return reactor;
}

grpc::ServerUnaryReactor* RelayJoinService::GetTrust(grpc::CallbackServerContext* context, const v1::GetTrustRequest*,
                                                     v1::GatewayTrust* response) {
  return Run(context, [this, response] {
    auto gateway_ca = parts_.enrolment.GatewayCa();
    if (gateway_ca.ok()) response->set_gateway_ca(*std::move(gateway_ca));
    return gateway_ca.status();
  });
}

grpc::ServerUnaryReactor* RelayJoinService::Join(grpc::CallbackServerContext* context, const v1::JoinRequest* request,
                                                 v1::RelayCertificate* response) {
  return Run(context, [this, request, response, source = SourceAddress(context->peer())] {
    return Admit(*request, source, *response);
  });
}

// A certificate that could not be put on record is not handed out; its token is used up all the same.
absl::Status RelayJoinService::Admit(const v1::JoinRequest& request, const std::string& source,
                                     v1::RelayCertificate& given) {
  auto joined = parts_.enrolment.Join(request, source, absl::Now());
  // Told, but neither logged nor recorded: whoever knocks all the time shall not fill the disk.
  if (absl::IsResourceExhausted(joined.status())) return joined.status();
  if (!joined.ok()) {
    log::Info("a relay was not let in", {{"source", source}, {"why", joined.status()}});
    audit_.Refused("relay", kJoin, {"", "from " + source}, joined.status());
    return joined.status();
  }
  // Whoever used the name before is not this relay.
  parts_.relays.CutOff(joined->name());
  if (absl::Status recorded = audit_.Allowed(joined->name(), kJoin, {joined->name(), "from " + source}); !recorded.ok()) {
    return recorded;
  }
  log::Info("relay joined", {{"relay", joined->name()}, {"source", source}});
  given = *std::move(joined);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* RelayJoinService::Renew(grpc::CallbackServerContext* context, const v1::RenewRequest* request,
                                                  v1::RelayCertificate* response) {
  const auto names = tunnel::CertificateOf(*context);
  const auto certificate = CertificateOf(*context);
  const bool ours = certificate != nullptr && parts_.enrolment.Signed(*certificate);
  const std::string uri = ours && names.ok() && names->uris.size() == 1 ? names->uris.front() : "";
  return Run(context, [this, uri, request, response] { return Extend(uri, *request, *response); });
}

absl::Status RelayJoinService::Extend(const std::string& uri, const v1::RenewRequest& request,
                                      v1::RelayCertificate& given) {
  auto renewed = parts_.enrolment.Renew(uri, request, absl::Now());
  if (!renewed.ok()) return renewed.status();
  log::Info("relay's certificate renewed", {{"relay", renewed->name()}});
  given = *std::move(renewed);
  return absl::OkStatus();
}

}  // namespace postern::api
