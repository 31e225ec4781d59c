// The relay as a whole: its targets, the doors into them, and its links to the gateways.
#ifndef POSTERN_RELAY_AGENT_LINK_RELAY_H_
#define POSTERN_RELAY_AGENT_LINK_RELAY_H_

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <asio/thread_pool.hpp>
#include <condition_variable>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/net/io_threads.h"
#include "relay-agent/catalog/probe.h"
#include "relay-agent/closing/closer.h"
#include "relay-agent/closing/ledger.h"
#include "relay-agent/credential/account.h"
#include "relay-agent/link/catalog_reporter.h"
#include "relay-agent/link/door_session.h"
#include "relay-agent/link/doors.h"
#include "relay-agent/link/gateway_link.h"
#include "relay-agent/link/outbox.h"

namespace postern::relay {

struct RelayOptions {
  std::vector<std::string> gateways;
  std::map<std::string, Target> targets;
  std::string ledger_folder;
  std::string lease_folder;
  LinkOptions link;
  ClosingPatience closing;
  CatalogOptions catalog;
  absl::Duration probe_interval = absl::Seconds(10);
  size_t threads = 2;
};

class Relay : private LinkDuties {
 public:
  // Opens the ledger, sweeps what a killed relay left, and dials. FAILED_PRECONDITION when the ledger is unusable.
  static absl::StatusOr<std::unique_ptr<Relay>> Start(RelayOptions options);
  // Stop(), if that was not called.
  ~Relay() override;

  // Closes every door, waits up to `patience` until all are proven and the gateways have the proofs, and ends the links.
  void Stop(absl::Duration patience);

  size_t open_doors() const { return doors_.size(); }

 private:
  // Of a target and an agent; no agent stands for all that have no account of their own.
  using AccountKey = std::pair<std::string, std::string>;

  Relay(RelayOptions options, Ledger ledger, LeaseLedger leases);
  void AddAccount(const AccountKey& key, const std::shared_ptr<CredentialSource>& source);
  // Which account the agent's sessions stand on.
  AccountKey AccountOf(const Target& target, const std::string& agent) const;

  v1::Hello Introduction() override;
  void OnWelcome(const std::string& gateway) override;
  void OnOpen(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
              v1::OpenSession request) override;
  void OnKill(const std::string& gateway, const v1::KillSession& request) override;
  void OnRefreshCatalog(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
                        const v1::RefreshCatalog& request) override;
  void OnProofReceived(const std::string& gateway, const v1::CloseProofReceived& received) override;
  void OnResend(const std::string& gateway) override;
  void OnLost(const std::string& gateway) override;

  // What an earlier run left: doors to prove closed, and leases to give back.
  void Sweep();
  void SweepLeases();
  void OnProof(const DoorRecord& door, v1::CloseProof proof);
  absl::Status Admit(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
                     v1::OpenSession request);
  void OnDoorFailed(DoorSession& session, const std::string& session_id, const std::exception_ptr& failure);
  void ProbeTarget(const std::string& target);
  void OnProbed(ProbeResult result);
  void ProbeFromTimeToTime();
  bool Send(const std::string& gateway, v1::RelayEvent event);

  const RelayOptions options_;
  const Ledger ledger_;
  const LeaseLedger leases_;
  LeaseKeeper keeper_;  // outlives every login
  std::map<AccountKey, std::unique_ptr<Account>> accounts_;
  Doors doors_;
  Outbox outbox_;
  net::IoThreads threads_;
  asio::thread_pool fetching_;

  std::mutex mutex_;
  std::condition_variable changed_;  // a proof was made or confirmed, or the relay stops
  bool stopping_ = false;
  std::map<std::string, v1::TargetReport> reports_;
  std::map<std::string, std::vector<std::string>> warned_grants_;

  std::map<std::string, std::shared_ptr<GatewayLink>> links_;
  std::map<AccountKey, std::unique_ptr<Closer>> closers_;
  std::map<std::string, std::unique_ptr<CatalogReporter>> reporters_;  // by target
  std::thread prober_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_RELAY_H_
