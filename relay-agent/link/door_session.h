// One agent session on the relay: a connection to the database, a stream to the gateway, and bytes between them. One
// coroutine tells the story; door_session.cc has it, pump.cc the middle.
//
// Everything runs on one executor with one thread, except Close, which any thread may call.
#ifndef POSTERN_RELAY_AGENT_LINK_DOOR_SESSION_H_
#define POSTERN_RELAY_AGENT_LINK_DOOR_SESSION_H_

#include <absl/time/time.h>
#include <grpcpp/channel.h>

#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>

#include "common/net/mailbox.h"
#include "proto/postern/v1/relay.pb.h"
#include "relay-agent/closing/closer.h"
#include "relay-agent/closing/ledger.h"
#include "relay-agent/link/doors.h"
#include "relay-agent/link/tunnel_call.h"
#include "relay-agent/mysql/packet_boundary.h"
#include "relay-agent/mysql/server_connection.h"

namespace postern::relay {

class DoorSession : public std::enable_shared_from_this<DoorSession> {
 public:
  // What a session needs of its relay; all of it outlives the session.
  struct Surroundings {
    const Target& target;
    Account& account;        // of the session's agent
    std::string of_agent;    // whose own that account is; empty: the target's
    std::string role;        // taken before the agent's first statement, unless it is empty
    asio::thread_pool& fetching;  // where a credential may be waited for
    Doors& doors;
    const Ledger& ledger;
    Closer& closer;
  };

  DoorSession(asio::any_io_executor executor, Surroundings around, std::string gateway,
              std::shared_ptr<grpc::Channel> channel, v1::OpenSession request);

  // The story. REQUIRES: the session is in `doors`, and called once, on the executor.
  asio::awaitable<void> Run();

  // Ends it, wherever it is. Thread-safe, idempotent; only posts.
  void Close();

 private:
  asio::awaitable<ConnectionResult> Connect();
  asio::awaitable<LoginResult> FetchLogin(absl::Time deadline);
  ConnectionWish Wish() const;
  absl::Status WriteDown(const ServerConnection& connection);
  asio::awaitable<bool> Announce(const ServerConnection& connection);
  asio::awaitable<void> TellFailure(ConnectionFailure failure);
  asio::awaitable<void> Pump();
  asio::awaitable<void> ServerToGateway();
  asio::awaitable<void> GatewayToServer();
  asio::awaitable<absl::Status> Forward(link::Received received);
  asio::awaitable<absl::Status> Reset(v1::Reset reset);
  asio::awaitable<void> SayClosed(std::string reason);
  // Hangs up, and sees to it that the gateway can read this before the stream ends.
  asio::awaitable<void> SayLast(v1::Chunk chunk);

  std::shared_ptr<Login> Lent() const { return login_ != nullptr && login_->lent() ? login_ : nullptr; }
  // Our side of the database connection ends; from then on its thread is the closer's business.
  void HangUp();
  // On any thread.
  void OnLeaseLost();
  void StartWatchdog(absl::Duration patience);

  const asio::any_io_executor executor_;
  const Surroundings around_;
  const std::string gateway_;
  const std::shared_ptr<grpc::Channel> channel_;
  const v1::OpenSession request_;
  const absl::Time started_at_;

  ServerSocket socket_;
  asio::steady_timer watchdog_;
  bool timed_out_ = false;
  bool closing_ = false;
  std::shared_ptr<Login> login_;      // until the door is the closer's, or did not open
  std::optional<DoorRecord> record_;  // once the connection is open, until it is the closer's
  PinnedSession pinned_;
  mysql::Capabilities capabilities_ = 0;
  std::shared_ptr<TunnelCall> stream_;
  // A quit of ours may follow only on a whole packet of the gateway's: between two it ends the connection, inside one it
  // would become part of a statement.
  PacketBoundary boundary_;
  bool mid_write_ = false;
  // While a reset runs, what the server says is for it, and it alone writes to the stream.
  std::optional<net::Mailbox<absl::StatusOr<std::string>>> reset_inbox_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_DOOR_SESSION_H_
