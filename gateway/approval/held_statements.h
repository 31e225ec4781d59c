// Approvals in memory. An approval goes
//
//   recording ──▶ pending ⇄ deciding ──▶ ended        deciding: a vote is with the journal; further votes queue behind it
//                    └────▶ ending ────▶ ended        ending: void or expired, with the journal; votes are refused
//
// A ticket that was approved goes on:
//
//   deciding ──▶ usable ⇄ using ──▶ ended             using: with the journal, then with the store
//                   └──▶ ending ──▶ ended
//
// Exactly one of vote, void and expiry takes it out of `pending`. A vote takes effect when its record is durable; if it
// cannot be written the approval is pending again and the voter is told. Once a deciding vote is with the journal, a
// void or an expiry that comes later waits for it: a grant or denial that became durable stands (the session that is
// gone simply never runs the statement), otherwise the void or expiry follows. Void and expiry take effect even if
// their record cannot be written: they refuse, which needs no proof. The store has each state soon after; only a use waits
// for it, so that no gateway that starts again finds a ticket unused that was used.
//
// Thread-safe. `resolved` and `done` run without the lock held, watchers with it, so that they see changes in order.
#ifndef POSTERN_GATEWAY_APPROVAL_HELD_STATEMENTS_H_
#define POSTERN_GATEWAY_APPROVAL_HELD_STATEMENTS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/approval/approvals.h"
#include "gateway/approval/history.h"
#include "gateway/approval/make_approvals.h"
#include "gateway/approval/shelf.h"

namespace postern::approval {

class HeldStatements : public Approvals {
 public:
  using Now = std::function<absl::Time()>;
  // Told of every new deadline.
  using Wake = std::function<void(absl::Time deadline)>;

  // `shelf` outlives this; null: nothing is kept.
  HeldStatements(recording::Journal& journal, ApprovalLimits limits, Now now, Wake wake, Shelf* shelf = nullptr);
  // Waits for the journal to answer for what it was given.
  ~HeldStatements() override;

  // What an earlier life kept, before all else. Tickets go on; what waited on the wire, or in a transaction, is void.
  void Restore(std::vector<v1::Approval> kept);

  std::string Hold(v1::Approval approval, absl::Duration wait, Resolved resolved) override;
  void Present(v1::Approval approval, absl::Duration wait, Told told) override;
  void Use(const std::string& id, User user, Used used) override;
  void SetPreview(const std::string& id, v1::ImpactPreview preview) override;
  void Void(const std::string& id, std::string_view because) override;
  void Vote(const std::string& id, const identity::Principal& reviewer, bool approve, std::string_view reason,
            Decided done) override;
  absl::StatusOr<v1::Approval> Get(const std::string& id) const override;
  std::vector<v1::Approval> List(v1::Approval::State state, size_t limit) const override;
  size_t pending() const override;
  uint64_t Watch(Watcher watcher) override;
  void Unwatch(uint64_t ticket) override;

  // Ends what is due; returns the next deadline.
  absl::Time ExpireDue();

 private:
  enum class Phase : uint8_t { kRecording, kPending, kDeciding, kUsable, kUsing, kEnding };
  struct Ballot {
    identity::Principal reviewer;
    bool approve = false;
    std::string reason;
    Decided done;
  };
  struct Ending {
    v1::ApprovalDecided::Verdict verdict;
    std::string because;
  };
  struct Held {
    v1::Approval approval;
    absl::Time expires;
    Resolved resolved;  // of a statement that waits
    Told told;          // of a ticket, until its request is recorded
    Phase phase = Phase::kRecording;
    std::optional<Ending> ending;  // waits for the journal's answer
    std::deque<Ballot> waiting;
  };
  // What is to be done once the lock is released.
  using Actions = std::vector<absl::AnyInvocable<void()>>;
  using Recorded = absl::AnyInvocable<void(absl::Status, Actions&)>;

  static void Run(Actions actions);
  absl::Status CheckNew(const v1::Approval& approval) const;
  static v1::Approval Begin(v1::Approval approval, absl::Time now, absl::Time expires);
  // Puts it in; on failure `held` is as it was.
  absl::Status Add(Held& held, Actions& actions);
  void RestoreOne(v1::Approval approval, Actions& actions);
  std::optional<Presented> FindTicket(const v1::Approval& approval) const;
  void OnTicketUse(const std::string& id, const std::string& statement_id, Used used, const absl::Status& status, Actions& actions);
  void OnTicketKept(const std::string& id, Used used, const absl::Status& status, Actions& actions);
  void MakeUsable(Held& held, Actions& actions);
  void Append(v1::Record record, Recorded recorded, Actions& actions);

  void OnRequested(const std::string& id, const absl::Status& status, Actions& actions);
  void Cast(Held& held, Ballot ballot, Actions& actions);
  bool IsStale(const Held& held) const;
  absl::Status CheckBallot(const Held& held, const Ballot& ballot) const;
  void OnBallot(const std::string& id, Ballot ballot, const absl::Status& status, Actions& actions);
  void Continue(Held& held, Actions& actions);
  void AskToEnd(Held& held, Ending ending, Actions& actions);
  void StartEnding(Held& held, Actions& actions);
  void Finish(const std::string& id, Ending ending, std::string reviewer, Actions& actions);
  static void RefuseLateVotes(Held& held, Actions& actions);
  void Remember(v1::Approval ended);
  void Show(const v1::Approval& approval);
  // To whom it concerns: watchers and the store.
  void Tell(const v1::Approval& approval);

  recording::Journal& journal_;
  const ApprovalLimits limits_;
  const Now now_;
  const Wake wake_;
  Shelf* const shelf_;

  mutable std::mutex mutex_;
  std::condition_variable answered_;
  size_t in_flight_ = 0;  // records the journal, and uses the store, has not answered for
  bool closing_ = false;
  std::map<std::string, Held> held_;
  std::map<std::string, size_t> held_of_agent_;
  std::map<std::string, std::string> ticket_of_;  // binding -> id, of live tickets and of denied ones that history has
  History history_;
  std::map<uint64_t, Watcher> watchers_;
  uint64_t next_ticket_ = 1;
};

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_HELD_STATEMENTS_H_
