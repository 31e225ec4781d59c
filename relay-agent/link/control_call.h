// The relay's end of one control stream. Events may be sent from any thread; what the gateway says, and that the stream
// has ended, comes to a mailbox. Keeps itself alive until gRPC is done with it.
#ifndef POSTERN_RELAY_AGENT_LINK_CONTROL_CALL_H_
#define POSTERN_RELAY_AGENT_LINK_CONTROL_CALL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <variant>

#include "common/net/mailbox.h"
#include "proto/postern/v1/relay.grpc.pb.h"

namespace postern::relay {

struct LineEnded {
  grpc::Status status;
};
struct LineTick {};
using LineNews = std::variant<v1::GatewayCommand, LineEnded, LineTick>;
using LineMailbox = net::Mailbox<LineNews>;

class ControlCall : public grpc::ClientBidiReactor<v1::RelayEvent, v1::GatewayCommand> {
 public:
  static std::shared_ptr<ControlCall> Start(const std::shared_ptr<grpc::Channel>& channel,
                                            std::shared_ptr<LineMailbox> news);

  // Asks for the next command; one at a time.
  void ReadNext();
  // Thread-safe. False when the stream has ended or the gateway reads too slowly.
  bool Send(v1::RelayEvent event);
  // Thread-safe, idempotent. LineEnded follows.
  void End();

 private:
  ControlCall(const std::shared_ptr<grpc::Channel>& channel, std::shared_ptr<LineMailbox> news)
      : stub_(v1::RelayLink::NewStub(channel)), news_(std::move(news)) {}

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  const std::unique_ptr<v1::RelayLink::Stub> stub_;
  const std::shared_ptr<LineMailbox> news_;
  grpc::ClientContext context_;
  v1::GatewayCommand incoming_;
  std::mutex mutex_;
  bool ended_ = false;
  bool writing_ = false;
  std::deque<v1::RelayEvent> outgoing_;
  std::shared_ptr<ControlCall> self_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_CONTROL_CALL_H_
