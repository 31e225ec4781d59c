#include "relay-agent/joining/join.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <chrono>
#include <memory>
#include <utility>

#include "common/link/callback_threads.h"
#include "common/tls/pem_files.h"
#include "proto/postern/v1/enrolment.grpc.pb.h"
#include "relay-agent/joining/join_token.h"
#include "relay-agent/joining/new_key.h"

namespace postern::relay {
namespace {

constexpr std::chrono::seconds kPatience(20);
constexpr int kMaxAnswerBytes = 1 << 20;

std::unique_ptr<v1::RelayJoin::Stub> StubOver(const Enrolling& enrolling,
                                              const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  link::KeepCallbackThreads();
  grpc::ChannelArguments args;
  if (!enrolling.server_name.empty()) args.SetSslTargetNameOverride(enrolling.server_name);
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  args.SetUserAgentPrefix("postern-relay/" POSTERN_VERSION);
  return v1::RelayJoin::NewStub(grpc::CreateCustomChannel(enrolling.gateway, credentials, args));
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

template <class Request, class Answer>
absl::Status Call(grpc::Status (v1::RelayJoin::Stub::*rpc)(grpc::ClientContext*, const Request&, Answer*),
                  v1::RelayJoin::Stub& stub, const Request& request, Answer& answer) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  return FromGrpc((stub.*rpc)(&context, request, &answer));
}

// Whoever answers: nothing is told to it, and what it says is checked against the token.
std::shared_ptr<grpc::ChannelCredentials> AnyGateway() {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  return grpc::experimental::TlsCredentials(options);
}

absl::StatusOr<std::string> TrustNamedBy(const std::string& token, const Enrolling& enrolling) {
  v1::GatewayTrust trust;
  const auto stub = StubOver(enrolling, AnyGateway());
  if (absl::Status asked = Call(&v1::RelayJoin::Stub::GetTrust, *stub, v1::GetTrustRequest(), trust); !asked.ok()) {
    return absl::Status(asked.code(), absl::StrCat(enrolling.gateway, " was not reached: ", asked.message()));
  }
  if (absl::Status pinned = CheckPin(token, trust.gateway_ca()); !pinned.ok()) return pinned;
  return trust.gateway_ca();
}

// The name is the gateway's to give; a relay that calls itself otherwise would be looked for in vain.
absl::Status Keep(const Enrolling& enrolling, const NewKey& key, const v1::RelayCertificate& given,
                  const IdentityFolder& folder) {
  if (given.name() != enrolling.name) {
    return absl::FailedPreconditionError(absl::StrCat("the token is for relay ", given.name(), ", and relay.yaml says name: ",
                                                      enrolling.name, "; the token is used up, ask for a new one"));
  }
  return folder.Save(enrolling.gateway, key.key, given.certificate(), given.gateway_ca());
}

}  // namespace

absl::StatusOr<v1::RelayCertificate> Join(const Enrolling& enrolling, const std::string& token, const IdentityFolder& folder) {
  const auto trust = TrustNamedBy(token, enrolling);
  if (!trust.ok()) return trust.status();
  const auto key = MakeKey(enrolling.name);
  if (!key.ok()) return key.status();
  v1::JoinRequest request;
  request.set_token(token);
  request.set_certificate_request(key->request);
  v1::RelayCertificate given;
  const auto stub = StubOver(enrolling, grpc::SslCredentials({*trust, "", ""}));
  if (absl::Status joined = Call(&v1::RelayJoin::Stub::Join, *stub, request, given); !joined.ok()) return joined;
  if (absl::Status kept = Keep(enrolling, *key, given, folder); !kept.ok()) return kept;
  return given;
}

absl::StatusOr<v1::RelayCertificate> Renew(const Enrolling& enrolling, const IdentityFolder& folder) {
  const auto current = tls::ReadPemFiles(folder.FilesFor(enrolling.gateway));
  if (!current.ok()) return current.status();
  const auto key = MakeKey(enrolling.name);
  if (!key.ok()) return key.status();
  v1::RenewRequest request;
  request.set_certificate_request(key->request);
  v1::RelayCertificate given;
  const auto stub = StubOver(enrolling, grpc::SslCredentials({current->ca, current->key, current->certificate}));
  if (absl::Status renewed = Call(&v1::RelayJoin::Stub::Renew, *stub, request, given); !renewed.ok()) return renewed;
  if (absl::Status kept = Keep(enrolling, *key, given, folder); !kept.ok()) return kept;
  return given;
}

}  // namespace postern::relay
