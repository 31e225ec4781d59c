// The way to the gateway: a TLS channel with the certificate if there is one, the token on every call, a deadline on all but watches.
#ifndef POSTERN_GATEWAY_CTL_CLIENT_H_
#define POSTERN_GATEWAY_CTL_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>

#include "gateway/ctl/settings.h"

namespace postern::ctl {

using Connect = std::function<std::shared_ptr<grpc::Channel>(const Settings&)>;

// TLS with the settings' CA; the name in the certificate is checked.
std::shared_ptr<grpc::Channel> ConnectTls(const Settings& settings);

class Client {
 public:
  Client(Settings settings, const Connect& connect) : settings_(std::move(settings)), channel_(connect(settings_)) {}

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::string& api() const { return settings_.api; }

  std::unique_ptr<grpc::ClientContext> Call() const;
  // For streams that last until somebody ends them.
  std::unique_ptr<grpc::ClientContext> Stream() const;

 private:
  Settings settings_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_CLIENT_H_
