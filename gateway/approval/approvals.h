// Held statements and the people who decide them.
//
// An approval belongs to one waiting statement of one live session: it is granted at most once, by people who may, before it
// expires, and becomes void when the statement stops waiting for any other reason. Thread-safe. Every change is
// in the journal before it takes effect.
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

class Approvals {
 public:
  using Resolved = absl::AnyInvocable<void(Resolution)>;
  // A watcher is called on any thread with each changed approval; it must not block and must not call back into Approvals.
  using Watcher = absl::AnyInvocable<void(const v1::Approval&)>;

  virtual ~Approvals() = default;

  // Puts a statement on hold. `approval` comes filled in but for id (made here when empty), state, votes and times; it lives
  // for `wait`. Records the request, then lists it; `resolved` runs exactly once, on any thread, unless the request could
  // not be recorded, in which case it runs with VERDICT_VOID and the reason. Returns the approval's id.
  virtual std::string Hold(v1::Approval approval, absl::Duration wait, Resolved resolved) = 0;

  // The statement no longer waits (agent gone, killed, session ended). No effect once decided.
  virtual void Void(const std::string& id, std::string_view because) = 0;

  // A reviewer's vote. NOT_FOUND, FAILED_PRECONDITION (no longer pending), PERMISSION_DENIED (not in a reviewer group,
  // or the one who asked), INVALID_ARGUMENT (a denial without a reason).
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
