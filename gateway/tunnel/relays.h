// The relays that are connected, and what they tell of their targets.
//
// Thread-safe. gRPC's threads feed it; sessions open doors through it. A relay is known by its certificate's name, and
// may serve only the targets that the gateway's config grants to that name.
#ifndef POSTERN_GATEWAY_TUNNEL_RELAYS_H_
#define POSTERN_GATEWAY_TUNNEL_RELAYS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/tunnel/catalog_sink.h"
#include "gateway/tunnel/door.h"
#include "proto/postern/v1/admin.pb.h"
#include "proto/postern/v1/relay.pb.h"

namespace grpc {
class ServerContextBase;
class Service;
}  // namespace grpc

namespace postern::tunnel {

// Hears what relays prove. `recorded` must be called once the proof is durable; only then is the relay told to forget it.
class DoorEvents {
 public:
  virtual ~DoorEvents() = default;
  virtual void OnCloseProof(const std::string& relay, const v1::CloseProof& proof,
                            absl::AnyInvocable<void(absl::Status)> recorded) = 0;
};

class Relays {
 public:
  virtual ~Relays() = default;

  // Opens a door for a session. UNAVAILABLE: no relay, or the database cannot be reached; PERMISSION_DENIED: the server
  // refused; FAILED_PRECONDITION: the server is unsuitable; DEADLINE_EXCEEDED. Cancelled by `CancelOpen(session_id)`.
  virtual asio::awaitable<absl::StatusOr<std::unique_ptr<Door>>> Open(DoorRequest request) = 0;
  virtual void CancelOpen(const std::string& session_id) = 0;

  // Kills what the session's door runs (or its whole connection) from a second connection of the relay. `done` runs on
  // any thread.
  virtual void Kill(const std::string& session_id, v1::KillSession::Scope scope,
                    absl::AnyInvocable<void(absl::Status)> done) = 0;

  // Asks one of the target's relays for its schema. UNAVAILABLE: none is connected. What comes goes to the CatalogSink.
  virtual absl::Status RefreshCatalog(const std::string& target) = 0;

  // What the target's server is, if a connected relay has reached it.
  virtual std::optional<v1::ServerFacts> ServerOf(std::string_view target) const = 0;

  virtual std::vector<v1::RelayStatus> RelayStatuses() const = 0;
  virtual std::vector<v1::TargetStatus> TargetStatuses() const = 0;
  virtual size_t open_doors() const = 0;

  // The gRPC service to register with the server that relays dial. Owned by this object.
  virtual grpc::Service* service() = 0;

  // Ends the relay's streams, its doors with them; how many doors those were. It may dial again.
  virtual size_t CutOff(const std::string& relay) = 0;

  // Ends every stream; called before the gRPC server shuts down.
  virtual void Shutdown() = 0;
};

struct RelaysOptions {
  // How often each side says that it is there; two missed ones end the relay's streams.
  absl::Duration heartbeat_interval = absl::Seconds(5);
  absl::Duration kill_timeout = absl::Seconds(10);
  // Connected at once; further ones are told RESOURCE_EXHAUSTED.
  size_t relays = 256;
  // Where schemas go; null: relays are not asked for any. Outlives the Relays.
  CatalogSink* catalogs = nullptr;
  // For one report of a schema, from its first message to its last.
  absl::Duration catalog_timeout = absl::Minutes(3);
  // Who dials, in place of the certificate's name. Must not block.
  std::function<absl::StatusOr<std::string>(const grpc::ServerContextBase& call)> peer_name;
  // What a relay may serve beside what `grants` says. Must not block.
  std::function<bool(const std::string& relay, const std::string& target)> also_granted;
};

// `grants`: target name -> names of the relays that may serve it. `events` outlives the result. The executors of sessions
// outlive their doors.
std::unique_ptr<Relays> MakeRelays(std::map<std::string, std::vector<std::string>> grants, DoorEvents& events,
                                   RelaysOptions options = {});

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_RELAYS_H_
