// Relays as they are connected now: which lines there are, what they serve, which doors are opening or open through them.
//
// One mutex guards the maps; streams and callbacks are never called under it, but a line may be asked whether it has
// ended. Verbs have their own files: open.cc,
// kill.cc, line_events.cc, status.cc, catalogs.cc. Lives until gRPC's server has shut down.
#ifndef POSTERN_GATEWAY_TUNNEL_CONNECTED_RELAYS_H_
#define POSTERN_GATEWAY_TUNNEL_CONNECTED_RELAYS_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "common/net/mailbox.h"
#include "gateway/tunnel/catalog_stream.h"
#include "gateway/tunnel/relay_line.h"
#include "gateway/tunnel/relays.h"
#include "gateway/tunnel/tunnel_stream.h"

namespace postern::tunnel {

class ConnectedRelays : public Relays, private LineEvents {
 public:
  ConnectedRelays(std::map<std::string, std::vector<std::string>> grants, DoorEvents& events, RelaysOptions options);
  ~ConnectedRelays() override;

  asio::awaitable<absl::StatusOr<std::unique_ptr<Door>>> Open(DoorRequest request) override;
  void CancelOpen(const std::string& session_id) override;
  void Kill(const std::string& session_id, v1::KillSession::Scope scope,
            absl::AnyInvocable<void(absl::Status)> done) override;
  absl::Status RefreshCatalog(const std::string& target) override;
  std::optional<v1::ServerFacts> ServerOf(std::string_view target) const override;
  std::vector<v1::RelayStatus> RelayStatuses() const override;
  std::vector<v1::TargetStatus> TargetStatuses() const override;
  size_t open_doors() const override;
  grpc::Service* service() override;
  size_t CutOff(const std::string& relay) override;
  void Shutdown() override;

  // For the service.
  grpc::ServerBidiReactor<v1::RelayEvent, v1::GatewayCommand>* Register(grpc::CallbackServerContext* call);
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Tunnel(grpc::CallbackServerContext* call);
  grpc::ServerReadReactor<v1::CatalogChunk>* ReportCatalog(grpc::CallbackServerContext* call, v1::CatalogReceived* answer);

 private:
  // A relay that has said Hello and was welcomed.
  struct Relay {
    std::shared_ptr<RelayLine> line;
    std::string version;
    std::vector<std::string> targets;
    std::map<std::string, v1::TargetReport, std::less<>> reports;
  };

  // What becomes of a request to open; another relay may be worth a try.
  struct OpenOutcome {
    absl::Status status;
    bool try_another = false;
    std::shared_ptr<TunnelStream> stream;
    v1::Opened opened;
  };

  // A session that waits for its tunnel. INVARIANT: whoever takes it out of `openings_` puts the one outcome.
  struct Opening {
    explicit Opening(asio::any_io_executor executor) : outcome(std::move(executor)) {}
    std::string nonce;
    std::shared_ptr<RelayLine> line;
    net::Mailbox<OpenOutcome> outcome;
  };

  struct OpenDoor {
    std::shared_ptr<TunnelStream> stream;
    std::shared_ptr<RelayLine> line;
  };

  struct PendingKill {
    std::shared_ptr<RelayLine> line;
    absl::Time deadline;
    absl::AnyInvocable<void(absl::Status)> done;
  };

  // A schema on its way; the target is empty until it is said.
  struct Report {
    std::string relay;
    std::string target;
    std::weak_ptr<CatalogStream> stream;
  };
  static constexpr ptrdiff_t kMaxReportsOfRelay = 1024;

  using Lock = std::lock_guard<std::mutex>;

  // LineEvents, and one function per kind of event.
  void OnEvent(const std::shared_ptr<RelayLine>& line, v1::RelayEvent event) override;
  void OnEnded(const std::shared_ptr<RelayLine>& line) override;
  void OnHello(const std::shared_ptr<RelayLine>& line, const v1::Hello& hello);
  void OnCloseProof(const std::shared_ptr<RelayLine>& line, const v1::CloseProof& proof);
  void OnTargetReport(const std::shared_ptr<RelayLine>& line, v1::TargetReport report);
  void OnOpenRefused(const std::shared_ptr<RelayLine>& line, const v1::OpenRefused& refused);
  void OnKillResult(const std::shared_ptr<RelayLine>& line, const v1::KillResult& result);

  // Tunnels, before and after they belong to a session.
  void OnTunnelFirst(const std::shared_ptr<TunnelStream>& stream, const v1::Chunk& first);
  void OnTunnelOpened(const std::shared_ptr<TunnelStream>& stream, const v1::Opened& opened);
  void OnTunnelOpenFailed(const std::shared_ptr<TunnelStream>& stream, const v1::OpenFailed& failed);
  void OnTunnelDone(const TunnelStream* stream);

  // Takes the opening that this relay was asked for under this nonce.
  std::shared_ptr<Opening> TakeOpening(const std::string& session_id, const std::string& nonce,
                                       const std::string& relay);
  // Puts the outcome unless another came first.
  void Settle(const std::string& session_id, const std::shared_ptr<Opening>& opening, OpenOutcome outcome);
  asio::awaitable<OpenOutcome> OpenThrough(std::shared_ptr<RelayLine> line, const DoorRequest& request);
  // Asks the relays one after the other. REQUIRES: the session is in `wishes_`.
  asio::awaitable<OpenOutcome> OpenThroughAny(const DoorRequest& request);
  std::vector<std::shared_ptr<RelayLine>> LinesFor(const std::string& target);
  bool Granted(const std::string& relay, const std::string& target) const;
  bool IsWelcome(const std::shared_ptr<RelayLine>& line) const;

  void AskForCatalogs(const std::shared_ptr<RelayLine>& line, const std::vector<std::string>& targets);
  absl::StatusOr<std::unique_ptr<IncomingCatalog>> AdmitReport(const std::shared_ptr<CatalogStream>& stream,
                                                               const v1::CatalogBegin& begin);

  // The pulse: heartbeats out, silent lines ended, late kills, late reports and nameless tunnels given up.
  void Beat();
  void BeatOnce(absl::Time now, absl::Time& next_heartbeat);

  struct Service;

  const std::map<std::string, std::vector<std::string>> grants_;
  DoorEvents& events_;
  const RelaysOptions options_;
  const std::unique_ptr<Service> service_;

  mutable std::mutex mutex_;
  bool shut_down_ = false;
  std::map<std::string, Relay, std::less<>> relays_;  // by name
  std::vector<std::weak_ptr<RelayLine>> lines_;       // all, welcomed or not
  std::vector<std::weak_ptr<TunnelStream>> strangers_;
  std::vector<Report> reports_;
  // By session, for as long as its Open lasts: whether it was cancelled. Between two relays there is no Opening to cancel.
  std::map<std::string, bool> wishes_;
  std::map<std::string, std::shared_ptr<Opening>> openings_;  // by session
  std::map<std::string, OpenDoor> doors_;                     // by session
  std::map<uint64_t, PendingKill> kills_;                     // by request id
  uint64_t next_kill_ = 1;
  size_t next_line_ = 0;

  std::condition_variable stop_;
  std::thread pulse_;
};

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_CONNECTED_RELAYS_H_
