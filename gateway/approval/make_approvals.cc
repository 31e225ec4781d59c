#include "gateway/approval/make_approvals.h"

#include "gateway/approval/expiry_timer.h"
#include "gateway/approval/held_statements.h"

namespace postern::approval {
namespace {

// The timer ends before what it expires does.
class RunningApprovals final : public HeldStatements {
 public:
  RunningApprovals(recording::Journal& journal, ApprovalLimits limits)
      : HeldStatements(journal, limits, SteadyNow, [this](absl::Time deadline) { timer_.WakeBy(deadline); }),
        timer_([this] { return ExpireDue(); }) {}

 private:
  ExpiryTimer timer_;
};

}  // namespace

std::unique_ptr<Approvals> MakeApprovals(recording::Journal& journal, ApprovalLimits limits) {
  return std::make_unique<RunningApprovals>(journal, limits);
}

}  // namespace postern::approval
