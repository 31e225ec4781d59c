#include "gateway/api/server.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/channel.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "gateway/api/connections.h"
#include "gateway/api/first_look.h"
#include "gateway/api/port.h"

namespace postern::api {
namespace {

constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kMinPingIntervalMs = 10'000;

// A record holds a statement's own bytes and those forwarded.
constexpr int kInProcessMessageBytes = 40 << 20;

std::shared_ptr<grpc::ServerCredentials> Credentials(const ServerOptions& options) {
  const auto seconds = static_cast<unsigned>(std::max<int64_t>(1, absl::ToInt64Seconds(options.refresh)));
  auto files = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(options.key, options.certificate,
                                                                                    options.client_ca, seconds);
  grpc::experimental::TlsServerCredentialsOptions tls(std::move(files));
  tls.watch_root_certs();
  tls.watch_identity_key_cert_pairs();
  // People have tokens, relays certificates: a certificate is optional, but a wrong one ends the handshake.
  tls.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(tls);
}

void SetLimits(grpc::ServerBuilder& builder, const ServerOptions& options, const ConnectionLimits& connections) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(options.metadata_bytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.streams_per_connection);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(connections.to_prove)));
  builder.SetResourceQuota(grpc::ResourceQuota("api").Resize(options.buffer_bytes));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // An idle relay pings every 30 s or so; GOAWAY too_many_pings would cut its sessions.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
}

}  // namespace

absl::Status CheckTlsFiles(const ServerOptions& options) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr) return absl::ResourceExhaustedError("api.tls: out of memory");
  if (SSL_CTX_use_certificate_chain_file(context.get(), options.certificate.c_str()) != 1) {
    return absl::InvalidArgumentError("api.tls.certificate: no PEM certificate chain: " + options.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), options.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return absl::InvalidArgumentError("api.tls.key: no PEM private key of that certificate: " + options.key);
  }
  if (!options.client_ca.empty() && SSL_CTX_load_verify_file(context.get(), options.client_ca.c_str()) != 1) {
    return absl::InvalidArgumentError("api.tls.client_ca: no PEM certificate: " + options.client_ca);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ApiServer>> ApiServer::Start(const ServerOptions& options, Connections& connections,
                                                            std::shared_ptr<FirstLook> first_look,
                                                            const std::vector<grpc::Service*>& services) {
  if (absl::Status files = CheckTlsFiles(options); !files.ok()) return files;
  auto port = std::make_unique<Port>(connections);
  if (absl::Status bound = port->Listen(options.host, options.port); !bound.ok()) {
    return absl::Status(bound.code(), absl::StrCat("api.listen: ", bound.message()));
  }
  grpc::ServerBuilder builder;
  const std::shared_ptr<grpc::ServerCredentials> credentials = Credentials(options);
  credentials->SetAuthMetadataProcessor(std::move(first_look));
  std::shared_ptr<grpc::experimental::ExternalConnectionAcceptor> door =
      builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials);
  SetLimits(builder, options, connections.limits());
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::UnavailableError("api: gRPC could not start its server");
  port->Start([door](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    door->HandleNewConnection(&connection);
  });
  return std::unique_ptr<ApiServer>(new ApiServer(std::move(port), std::move(server)));
}

ApiServer::ApiServer(std::unique_ptr<Port> port, std::unique_ptr<grpc::Server> server)
    : port_(std::move(port)), server_(std::move(server)) {}

int ApiServer::port() const { return port_->number(); }

ApiServer::~ApiServer() { Shutdown(absl::ZeroDuration()); }

std::shared_ptr<grpc::Channel> ApiServer::InProcess() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kInProcessMessageBytes);
  return server_->InProcessChannel(arguments);
}

void ApiServer::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  port_->Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  server_.reset();
}

}  // namespace postern::api
