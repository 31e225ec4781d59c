// The gateway's end of one control stream: what a connected relay says and is told.
//
// Commands are queued and written one at a time; events are read one at a time and handed to LineEvents on gRPC's
// threads. Keeps itself alive until gRPC is done with it.
#ifndef POSTERN_GATEWAY_TUNNEL_RELAY_LINE_H_
#define POSTERN_GATEWAY_TUNNEL_RELAY_LINE_H_

#include <absl/time/time.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "proto/postern/v1/relay.pb.h"

namespace postern::tunnel {

class RelayLine;

// Must live until gRPC's server has shut down.
class LineEvents {
 public:
  virtual ~LineEvents() = default;
  // One at a time for a line, none that is read after its end; but the line may end while this runs.
  virtual void OnEvent(const std::shared_ptr<RelayLine>& line, v1::RelayEvent event) = 0;
  // Once for a line, after its last event or while that is handled.
  virtual void OnEnded(const std::shared_ptr<RelayLine>& line) = 0;
};

class RelayLine : public grpc::ServerBidiReactor<v1::RelayEvent, v1::GatewayCommand>,
                  public std::enable_shared_from_this<RelayLine> {
 public:
  static std::shared_ptr<RelayLine> Start(grpc::CallbackServerContext* call, std::string name, LineEvents& events);

  const std::string& name() const { return name_; }
  absl::Time connected_at() const { return connected_at_; }
  absl::Time last_heard() const { return absl::FromUnixMillis(last_heard_ms_); }

  // Thread-safe. False when the line has ended. A relay that reads too slowly to keep the queue short is let go.
  bool Send(v1::GatewayCommand command);
  bool ended() const;
  // Thread-safe, idempotent. `at_once` does not wait for the relay to read what was written.
  void End(grpc::Status status, bool at_once);

 private:
  RelayLine(grpc::CallbackServerContext* call, std::string name, LineEvents& events);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  using Reactor = grpc::ServerBidiReactor<v1::RelayEvent, v1::GatewayCommand>;

  grpc::CallbackServerContext* const call_;
  const std::string name_;
  const absl::Time connected_at_;
  LineEvents& events_;
  std::atomic<int64_t> last_heard_ms_;
  v1::RelayEvent incoming_;
  mutable std::mutex mutex_;
  bool ended_ = false;
  bool writing_ = false;
  std::deque<v1::GatewayCommand> outgoing_;
  std::shared_ptr<RelayLine> self_;
};

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_RELAY_LINE_H_
