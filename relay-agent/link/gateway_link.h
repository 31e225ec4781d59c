// The relay's connection to one gateway: dials, registers, follows what it is told, and dials again when it is lost.
//
// Runs on one executor; Send, Start and Stop may be called from any thread. Certificates are read anew at each dial.
#ifndef POSTERN_RELAY_AGENT_LINK_GATEWAY_LINK_H_
#define POSTERN_RELAY_AGENT_LINK_GATEWAY_LINK_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "relay-agent/link/backoff.h"
#include "relay-agent/link/control_call.h"

namespace postern::relay {

// What a link does on the relay's behalf. Called on the link's executor; outlives the link.
class LinkDuties {
 public:
  virtual ~LinkDuties() = default;
  virtual v1::Hello Introduction() = 0;
  virtual void OnWelcome(const std::string& gateway) = 0;
  virtual void OnOpen(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
                      v1::OpenSession request) = 0;
  virtual void OnKill(const std::string& gateway, const v1::KillSession& request) = 0;
  virtual void OnRefreshCatalog(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
                                const v1::RefreshCatalog& request) = 0;
  virtual void OnProofReceived(const std::string& gateway, const v1::CloseProofReceived& received) = 0;
  // Every so often while connected: what was not confirmed is to be sent again.
  virtual void OnResend(const std::string& gateway) = 0;
  virtual void OnLost(const std::string& gateway) = 0;
};

struct LinkOptions {
  // For a gateway's address; called at each dial.
  using Credentials = std::function<absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>>(const std::string& gateway)>;
  Credentials credentials;
  std::string server_name;  // empty: the host dialled
  absl::Duration first_wait = absl::Milliseconds(250);
  absl::Duration longest_wait = absl::Seconds(15);
  absl::Duration welcome_timeout = absl::Seconds(10);
  absl::Duration resend_interval = absl::Seconds(20);
};

class GatewayLink : public std::enable_shared_from_this<GatewayLink> {
 public:
  GatewayLink(asio::any_io_executor executor, std::string address, LinkDuties& duties, LinkOptions options);

  void Start();
  // Ends the stream and the dialling; the future is ready when nothing of the link runs any more.
  std::shared_future<void> Stop();

  // False when not connected.
  bool Send(v1::RelayEvent event);

 private:
  asio::awaitable<void> Run(std::shared_ptr<GatewayLink> self);
  // One connection, from the dial to its end.
  asio::awaitable<void> Serve();
  void Obey(const std::shared_ptr<grpc::Channel>& channel, v1::GatewayCommand command);
  void OnTick();
  void ArmTick();
  asio::awaitable<void> WaitBeforeDialling();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Dial() const;

  const asio::any_io_executor executor_;
  const std::string address_;
  LinkDuties& duties_;
  const LinkOptions options_;
  const std::shared_ptr<LineMailbox> news_;
  asio::steady_timer timer_;
  Backoff backoff_;
  std::atomic<bool> stopping_{false};
  std::promise<void> ended_;
  std::shared_future<void> ended_future_;

  std::mutex mutex_;
  std::shared_ptr<ControlCall> control_;
  bool welcome_ = false;  // under mutex_

  // Of the connection that is being served.
  absl::Duration heartbeat_interval_;
  absl::Time began_;
  absl::Time last_heard_;
  absl::Time next_heartbeat_;
  absl::Time next_resend_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_GATEWAY_LINK_H_
