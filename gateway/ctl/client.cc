#include "gateway/ctl/client.h"

#include <absl/time/clock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

namespace postern::ctl {
namespace {

// A statement may be as long as a MySQL packet, with parameters beside it.
constexpr int kMaxMessageBytes = 128 << 20;
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;

}  // namespace

std::shared_ptr<grpc::Channel> ConnectTls(const Settings& settings) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // A watch with nothing to say must still notice that the gateway is gone.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // The address given is the address dialled, whatever proxies the environment names for the web.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!settings.server_name.empty()) arguments.SetSslTargetNameOverride(settings.server_name);
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = settings.ca_pem;
  tls.pem_cert_chain = settings.certificate_pem;
  tls.pem_private_key = settings.key_pem;
  return grpc::CreateCustomChannel(settings.api, grpc::SslCredentials(tls), arguments);
}

std::unique_ptr<grpc::ClientContext> Client::Stream() const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!settings_.token.empty()) context->AddMetadata("authorization", "Bearer " + settings_.token);
  return context;
}

std::unique_ptr<grpc::ClientContext> Client::Call() const {
  std::unique_ptr<grpc::ClientContext> context = Stream();
  context->set_deadline(absl::ToChronoTime(absl::Now() + settings_.timeout));
  return context;
}

}  // namespace postern::ctl
