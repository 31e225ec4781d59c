#include "gateway/approval/make_approvals.h"

#include <optional>
#include <utility>

#include "gateway/approval/expiry_timer.h"
#include "gateway/approval/held_statements.h"
#include "gateway/approval/shelf.h"

namespace postern::approval {
namespace {

// A base, so that it outlives what keeps approvals on it.
struct HasShelf {
  explicit HasShelf(store::ApprovalStore* store) {
    if (store != nullptr) shelf.emplace(*store);
  }
  std::optional<Shelf> shelf;
};

// The timer ends before what it expires does.
class RunningApprovals final : private HasShelf, public HeldStatements {
 public:
  RunningApprovals(recording::Journal& journal, store::ApprovalStore* store, ApprovalLimits limits,
                   std::vector<v1::Approval> kept, Watcher watcher)
      : HasShelf(store),
        HeldStatements(
            journal, limits, SteadyNow, [this](absl::Time deadline) { timer_.WakeBy(deadline); }, shelf ? &*shelf : nullptr),
        timer_([this] { return ExpireDue(); }) {
    if (watcher) Watch(std::move(watcher));
    Restore(std::move(kept));
    timer_.WakeBy(absl::InfinitePast());
  }

 private:
  ExpiryTimer timer_;
};

}  // namespace

std::unique_ptr<Approvals> MakeApprovals(recording::Journal& journal, ApprovalLimits limits) {
  return std::make_unique<RunningApprovals>(journal, nullptr, limits, std::vector<v1::Approval>(), nullptr);
}

absl::StatusOr<std::unique_ptr<Approvals>> RestoreApprovals(recording::Journal& journal, store::ApprovalStore& store,
                                                            ApprovalLimits limits, Approvals::Watcher watcher) {
  auto kept = store.LoadAll();
  if (!kept.ok()) return kept.status();
  return std::make_unique<RunningApprovals>(journal, &store, limits, *std::move(kept), std::move(watcher));
}

}  // namespace postern::approval
