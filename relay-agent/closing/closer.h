// One thread for each target, with the second connection: proves that closed doors' threads are gone, kills those that
// linger, stops statements on request, and runs whatever else needs that connection.
//
// The connection blocks, so order matters: a kill goes before proofs, and both before a chore, of which one waits at most.
// Thread-safe. A proof is made for every door given to Prove, whatever happens; proofs are told on the closer's thread.
#ifndef POSTERN_RELAY_AGENT_CLOSING_CLOSER_H_
#define POSTERN_RELAY_AGENT_CLOSING_CLOSER_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "proto/postern/v1/relay.pb.h"
#include "relay-agent/closing/door_record.h"
#include "relay-agent/closing/second_connection.h"
#include "relay-agent/mysql/target.h"

namespace postern::relay {

// How long a thread may take to go before it is killed, and after that; how long an unreachable database is tried.
struct ClosingPatience {
  absl::Duration before_kill = absl::Seconds(1);
  absl::Duration after_kill = absl::Seconds(5);
  absl::Duration unreachable = absl::Seconds(30);
  // The second connection is given back when nothing needed it for this long.
  absl::Duration idle = absl::Seconds(1);
};

class Closer {
 public:
  using OnProof = std::function<void(const DoorRecord& door, v1::CloseProof proof)>;
  // Whether a live door of this relay has that thread.
  using IsLive = std::function<bool(uint64_t thread_id)>;

  // The account outlives the closer.
  Closer(Target target, Account& account, OnProof on_proof, IsLive is_live, ClosingPatience patience = {});
  // Waits for a statement of its own that is under way; doors not yet proven are left to the ledger.
  ~Closer();

  // REQUIRES: our side of the door's connection is closed. A login that was lent for the door is held until the proof: its
  // thread is looked up with it, because no other user may see it. Null: the door is of an earlier run, or of the account's own.
  void Prove(DoorRecord door, std::shared_ptr<Login> lent);

  // KILL QUERY or KILL CONNECTION, with `lent` as in Prove. `done` runs on the closer's thread; at once, with RESOURCE_EXHAUSTED, when too many wait.
  void Kill(uint64_t thread_id, v1::KillSession::Scope scope, std::shared_ptr<Login> lent, absl::AnyInvocable<void(absl::Status)> done);

  using Chore = absl::AnyInvocable<void(SecondConnection&)>;
  // Another use of the second connection, on the closer's thread, when nothing else is due. While one waits, a further one
  // is dropped: chores look at the server, and one look is as good as two.
  void RunWhenFree(Chore chore);

  // Doors that wait for their proof.
  size_t pending() const;

 private:
  struct Pending {
    DoorRecord door;
    std::shared_ptr<Login> lent;
    absl::Time closed_at;
    absl::Time next_look;
    bool killed = false;
    absl::Time killed_at;
  };

  struct PendingKill {
    std::string sql;
    std::shared_ptr<Login> lent;
    absl::AnyInvocable<void(absl::Status)> done;
  };

  void Work();
  // Each does one thing of its kind, unlocked meanwhile; false when there was none.
  bool KillNext(std::unique_lock<std::mutex>& lock);
  bool LookAtDue(std::unique_lock<std::mutex>& lock, absl::Time now);
  bool DoChore(std::unique_lock<std::mutex>& lock);
  void Sleep(std::unique_lock<std::mutex>& lock, absl::Time now, absl::Time last_use);
  // REQUIRES: all have the same `lent`.
  void Look(std::vector<Pending>& due);
  // The account's own, or the one for what was lent.
  SecondConnection& ConnectionFor(const std::shared_ptr<Login>& lent);
  // Those of logins that nothing waits for any more; the thread's alone.
  void DropLentConnections();
  // Which of these are settled by what the server says; the others get their next look.
  void Judge(Pending& pending, const SecondConnection::Row* found, absl::Time now);
  void Conclude(const Pending& pending, v1::CloseProof::State state, std::string error);
  void TryLater(Pending& pending, absl::Time now, const absl::Status& why);
  void Linger(Pending& pending, absl::Time now, bool busy);

  const Target target_;
  const OnProof on_proof_;
  const IsLive is_live_;
  const ClosingPatience patience_;
  SecondConnection connection_;  // the thread's alone
  std::map<std::shared_ptr<Login>, std::unique_ptr<SecondConnection>> lent_connections_;  // likewise

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::deque<PendingKill> kills_;
  Chore chore_;  // empty when none waits
  std::vector<Pending> pending_;
  size_t looking_at_ = 0;
  std::vector<Pending> unsettled_;  // of the look under way; the thread's alone
  std::thread thread_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CLOSING_CLOSER_H_
