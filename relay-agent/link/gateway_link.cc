#include "relay-agent/link/gateway_link.h"

#include <absl/time/clock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>

#include "common/link/callback_threads.h"
#include "common/observability/log.h"

namespace postern::relay {
namespace {

constexpr int kMaxMessageBytes = 256 * 1024;
// How much of a stream may be on its way to us while we do not read it.
constexpr int kStreamWindowBytes = 256 * 1024;
constexpr absl::Duration kDefaultHeartbeat = absl::Seconds(5);

grpc::ChannelArguments ChannelArgs(const std::string& server_name) {
  grpc::ChannelArguments args;
  if (!server_name.empty()) args.SetSslTargetNameOverride(server_name);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  args.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  args.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamWindowBytes);
  args.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  args.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetMaxReceiveMessageSize(kMaxMessageBytes);
  args.SetUserAgentPrefix("postern-relay/" POSTERN_VERSION);
  return args;
}

}  // namespace

GatewayLink::GatewayLink(asio::any_io_executor executor, std::string address, LinkDuties& duties, LinkOptions options)
    : executor_(executor),
      address_(std::move(address)),
      duties_(duties),
      options_(std::move(options)),
      news_(std::make_shared<LineMailbox>(executor)),
      timer_(executor),
      backoff_(options_.first_wait, options_.longest_wait),
      ended_future_(ended_.get_future().share()) {}

void GatewayLink::Start() { asio::co_spawn(executor_, Run(shared_from_this()), asio::detached); }

std::shared_future<void> GatewayLink::Stop() {
  stopping_ = true;
  asio::post(executor_, [self = shared_from_this()] {
    self->timer_.cancel();
    std::lock_guard lock(self->mutex_);
    if (self->control_ != nullptr) self->control_->End();
  });
  return ended_future_;
}

bool GatewayLink::Send(v1::RelayEvent event) {
  std::lock_guard lock(mutex_);
  return control_ != nullptr && welcome_ && control_->Send(std::move(event));
}

asio::awaitable<void> GatewayLink::Run(std::shared_ptr<GatewayLink> /*keeps it alive*/) {
  while (!stopping_) {
    co_await Serve();
    if (!stopping_) co_await WaitBeforeDialling();
  }
  ended_.set_value();
}

asio::awaitable<void> GatewayLink::WaitBeforeDialling() {
  timer_.expires_after(absl::ToChronoMilliseconds(backoff_.Next()));
  co_await timer_.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> GatewayLink::Dial() const {
  link::KeepCallbackThreads();
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = options_.credentials(address_);
  if (!credentials.ok()) return credentials.status();
  return grpc::CreateCustomChannel(address_, *credentials, ChannelArgs(options_.server_name));
}

asio::awaitable<void> GatewayLink::Serve() {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = Dial();
  if (!channel.ok()) {
    log::Error("gateway not dialled", {{"gateway", address_}, {"error", channel.status()}});
    co_return;
  }
  began_ = last_heard_ = next_heartbeat_ = absl::Now();
  next_resend_ = began_ + options_.resend_interval;
  heartbeat_interval_ = kDefaultHeartbeat;
  {
    std::lock_guard lock(mutex_);
    welcome_ = false;
    control_ = ControlCall::Start(*channel, news_);
    v1::RelayEvent hello;
    *hello.mutable_hello() = duties_.Introduction();
    control_->Send(std::move(hello));
    if (stopping_) control_->End();
  }
  ArmTick();
  grpc::Status ended;
  for (bool over = false; !over;) {
    LineNews news = co_await news_->Take();
    if (auto* command = std::get_if<v1::GatewayCommand>(&news)) {
      last_heard_ = absl::Now();
      Obey(*channel, std::move(*command));
      control_->ReadNext();
    } else if (auto* end = std::get_if<LineEnded>(&news)) {
      ended = std::move(end->status);
      over = true;
    } else {
      OnTick();
    }
  }
  timer_.cancel();
  const bool was_welcome = welcome_;
  {
    std::lock_guard lock(mutex_);
    control_ = nullptr;
    welcome_ = false;
  }
  log::Warning(was_welcome ? "gateway lost" : "gateway not reached",
               {{"gateway", address_}, {"reason", ended.error_message()}});
  duties_.OnLost(address_);
}

void GatewayLink::ArmTick() {
  timer_.expires_after(absl::ToChronoMilliseconds(std::min(heartbeat_interval_, absl::Seconds(1)) / 2));
  timer_.async_wait([news = news_](const asio::error_code& cancelled) {
    if (!cancelled) news->Put(LineTick{});
  });
}

void GatewayLink::OnTick() {
  const absl::Time now = absl::Now();
  const absl::Duration patience = welcome_ ? heartbeat_interval_ * 2.5 : options_.welcome_timeout;
  if (now - last_heard_ > patience) {
    log::Warning("gateway silent", {{"gateway", address_}});
    return control_->End();
  }
  if (welcome_ && now >= next_heartbeat_) {
    next_heartbeat_ = now + heartbeat_interval_;
    v1::RelayEvent beat;
    beat.mutable_heartbeat()->set_sent_at_unix_ms(absl::ToUnixMillis(now));
    Send(std::move(beat));
  }
  if (welcome_ && now >= next_resend_) {
    next_resend_ = now + options_.resend_interval;
    duties_.OnResend(address_);
  }
  ArmTick();
}

void GatewayLink::Obey(const std::shared_ptr<grpc::Channel>& channel, v1::GatewayCommand command) {
  switch (command.command_case()) {
    case v1::GatewayCommand::kWelcome: {
      const uint32_t interval_ms = command.welcome().heartbeat_interval_ms();
      if (interval_ms > 0) heartbeat_interval_ = absl::Milliseconds(std::clamp<uint32_t>(interval_ms, 50, 60'000));
      {
        std::lock_guard lock(mutex_);
        welcome_ = true;
      }
      backoff_.Reset();
      log::Info("gateway connected", {{"gateway", address_}, {"version", command.welcome().version()}});
      return duties_.OnWelcome(address_);
    }
    case v1::GatewayCommand::kOpenSession:
      return duties_.OnOpen(address_, channel, std::move(*command.mutable_open_session()));
    case v1::GatewayCommand::kKillSession: return duties_.OnKill(address_, command.kill_session());
    case v1::GatewayCommand::kCloseProofReceived:
      return duties_.OnProofReceived(address_, command.close_proof_received());
    case v1::GatewayCommand::kRefreshCatalog:
      return duties_.OnRefreshCatalog(address_, channel, command.refresh_catalog());
    case v1::GatewayCommand::kHeartbeat:
    case v1::GatewayCommand::COMMAND_NOT_SET: return;  // the latter of a newer gateway
  }
}

}  // namespace postern::relay
