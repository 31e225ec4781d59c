// Keeps what was lent for as long as it is needed: renews each lease, says when one ended before its time, and gives back what
// is needed no longer until the lender has confirmed it.
//
// One thread, which blocks on the lenders. Thread-safe.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_LEASE_KEEPER_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_LEASE_KEEPER_H_

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "relay-agent/credential/lease_ledger.h"
#include "relay-agent/credential/source.h"

namespace postern::relay {

class LeaseKeeper {
 public:
  using OnLost = std::function<void()>;

  // Without a ledger, leases of a process that is killed run out by themselves.
  explicit LeaseKeeper(std::optional<LeaseLedger> ledger);
  // What is not given back by then is left to the ledger.
  ~LeaseKeeper();

  // From now until GiveBack. `on_lost` is called on the keeper's thread, once, when the lease ended before. An error: the
  // lease could not be written down, and goes back.
  absl::Status Keep(const std::string& account, std::shared_ptr<CredentialSource> source, const Lease& lease, OnLost on_lost);
  // Only notes it.
  void GiveBack(const std::string& id);
  // The same with a lease of an earlier run.
  void GiveBackFound(const LeaseRecord& record, std::shared_ptr<CredentialSource> source);

  // Waits until nothing is left to be given back. False when that took longer.
  bool Settle(absl::Duration patience);

 private:
  struct Kept {
    std::shared_ptr<CredentialSource> source;
    OnLost on_lost;
    bool renewable = false;
    bool returning = false;
    absl::Time expires;
    absl::Time next;  // when something is to be done
    absl::Duration pause = absl::ZeroDuration();  // after a failure
  };
  using Leases = std::map<std::string, Kept>;

  void Work();
  void Do(std::unique_lock<std::mutex>& lock, Leases::iterator due);
  void Renew(std::unique_lock<std::mutex>& lock, const std::string& id, const std::shared_ptr<CredentialSource>& source);
  void Return(std::unique_lock<std::mutex>& lock, const std::string& id, const std::shared_ptr<CredentialSource>& source);
  void Lose(std::unique_lock<std::mutex>& lock, Leases::iterator lost);
  void SetTerms(Kept& kept, const Lease& lease);
  void TryLater(Kept& kept);

  const std::optional<LeaseLedger> ledger_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  Leases leases_;  // by id
  std::thread thread_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_LEASE_KEEPER_H_
