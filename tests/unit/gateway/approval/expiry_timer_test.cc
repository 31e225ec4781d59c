#include "gateway/approval/expiry_timer.h"

#include <catch2/catch.hpp>
#include <future>

#include "gateway/approval/make_approvals.h"
#include "tests/unit/gateway/approval/fake_journal.h"
#include "tests/unit/gateway/approval/people.h"

namespace postern::approval {
namespace {

TEST_CASE("a hold that nobody decides ends by itself, and not before its time") {
  FakeJournal journal;
  const auto approvals = MakeApprovals(journal, {});
  std::promise<Resolution> first;
  std::promise<Resolution> second;
  const absl::Time start = SteadyNow();
  approvals->Hold(Request(), absl::Hours(1), [&](Resolution r) { second.set_value(std::move(r)); });
  approvals->Hold(Request(), absl::Milliseconds(30), [&](Resolution r) { first.set_value(std::move(r)); });
  CHECK(first.get_future().get().verdict == v1::ApprovalDecided::VERDICT_EXPIRED);
  CHECK(SteadyNow() - start >= absl::Milliseconds(30));
  CHECK(approvals->pending() == 1);
  for (const auto& approval : approvals->List(v1::Approval::STATE_PENDING, 1)) approvals->Void(approval.id(), "x");
  CHECK(second.get_future().get().verdict == v1::ApprovalDecided::VERDICT_VOID);
}

}  // namespace
}  // namespace postern::approval
