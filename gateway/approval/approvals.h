// Held statements and the people who decide them.
//
// An approval is granted at most once, by people who may, before it expires. It belongs to one waiting statement of one live
// session, and becomes void when that stops waiting for any other reason; or it is a ticket, bound to what would run, which
// the same statement sent again uses up. Thread-safe. Every change is in the journal before it takes effect.
#ifndef POSTERN_GATEWAY_APPROVAL_APPROVALS_H_
#define POSTERN_GATEWAY_APPROVAL_APPROVALS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/identity/principal.h"
#include "proto/postern/v1/approval.pb.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::approval {

// How a hold ended, for the session that waits.
struct Resolution {
  v1::ApprovalDecided::Verdict verdict = v1::ApprovalDecided::VERDICT_UNSPECIFIED;
  std::string reviewer;
  std::string reason;
};

// What a statement that needs a ticket is told.
struct Presented {
  enum class Answer : uint8_t {
    kWaits,    // for reviewers; the ticket may have just been made
    kMayUse,   // approved: Use it
    kDenied,   // by the last vote
    kRefused,  // no ticket could be made
  };
  Answer answer = Answer::kRefused;
  v1::Approval approval;
  std::string why;  // of kRefused
};

class Approvals {
 public:
  using Resolved = absl::AnyInvocable<void(Resolution)>;
  // A watcher is called on any thread with each changed approval; it must not block and must not call back into Approvals.
  using Watcher = absl::AnyInvocable<void(const v1::Approval&)>;

  virtual ~Approvals() = default;

  // Puts a statement on hold. `approval` comes filled in but for id (made here when empty), state, votes and times; it lives
  // for `wait`. Records the request, then lists it; `resolved` runs exactly once, on any thread, unless the request could
  // not be recorded, in which case it runs with VERDICT_VOID and the reason. Returns the approval's id, empty if a limit refused it.
  virtual std::string Hold(v1::Approval approval, absl::Duration wait, Resolved resolved) = 0;

  // Looks for the live ticket of `approval.binding()`, or for its denial within the window; where there is none, puts in
  // `approval`, as Hold does, to be decided within `wait`. `told` runs once, on any thread.
  // REQUIRES: the binding and window_seconds are set.
  using Told = absl::AnyInvocable<void(Presented)>;
  virtual void Present(v1::Approval approval, absl::Duration wait, Told told) = 0;

  // Uses up an approved ticket for the statement that is about to run. OK for one call in all, once that is in the journal and
  // in the store; FAILED_PRECONDITION for every other: used, void or over. UNAVAILABLE: it could not be written down; do not
  // run. `used` runs once, on any thread.
  struct User {
    std::string session_id;
    std::string statement_id;
  };
  using Used = absl::AnyInvocable<void(absl::Status)>;
  virtual void Use(const std::string& id, User user, Used used) = 0;

  // Shows reviewers of a pending approval what it would change. A vote to approve past its stale_at ends the approval as void.
  virtual void SetPreview(const std::string& id, v1::ImpactPreview preview) = 0;

  // The statement no longer waits (agent gone, killed, session ended), or the ticket's transaction is over. No effect once it
  // has ended or is used.
  virtual void Void(const std::string& id, std::string_view because) = 0;

  // A reviewer's vote. NOT_FOUND, FAILED_PRECONDITION (no longer pending), PERMISSION_DENIED (not in a reviewer group,
  // or the one who asked), INVALID_ARGUMENT (no reason for a denial, or where policy wants one).
  // `done` gets the approval after the vote is recorded.
  using Decided = absl::AnyInvocable<void(absl::StatusOr<v1::Approval>)>;
  virtual void Vote(const std::string& id, const identity::Principal& reviewer, bool approve, std::string_view reason,
                    Decided done) = 0;

  virtual absl::StatusOr<v1::Approval> Get(const std::string& id) const = 0;
  // Newest first.
  virtual std::vector<v1::Approval> List(v1::Approval::State state, size_t limit) const = 0;
  virtual size_t pending() const = 0;

  // Calls the watcher with every pending approval, then with each change. Returns a ticket for Unwatch, after which the
  // watcher is not called again.
  virtual uint64_t Watch(Watcher watcher) = 0;
  virtual void Unwatch(uint64_t ticket) = 0;
};

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_APPROVALS_H_
