// The Approvals of a running gateway: decided in memory, kept in the store.
#ifndef POSTERN_GATEWAY_APPROVAL_MAKE_APPROVALS_H_
#define POSTERN_GATEWAY_APPROVAL_MAKE_APPROVALS_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "gateway/approval/approvals.h"
#include "gateway/recording/journal.h"
#include "gateway/store/approval_store.h"

namespace postern::approval {

// Every list has a bound. Past one of the first four, Hold resolves VOID at once and says why.
struct ApprovalLimits {
  size_t pending = 1000;
  size_t pending_per_agent = 16;
  uint64_t statement_bytes = 1u << 20;  // of an approval as a reviewer would see it
  uint32_t approvals_needed = 16;
  absl::Duration wait_max = absl::Hours(1);  // longer waits are cut to it
  size_t history = 10000;                    // ended approvals that Get and List still know,
  uint64_t history_bytes = 64u << 20;        // what they may take,
  absl::Duration history_age = absl::Hours(24 * 30);  // and since when
  size_t waiting_votes = 64;                 // on one approval, while another vote is being recorded
};

// `journal` and `store` outlive the result. What the store has goes on: tickets and history; what waited on the wire is void.
// Destroying it ends every statement that waits as VOID without a record: destroy it after the sessions and the API server
// are gone. `watcher`, if there is one, sees everything: what goes on is shown to it first, and what was voided by the start as well.
absl::StatusOr<std::unique_ptr<Approvals>> RestoreApprovals(recording::Journal& journal, store::ApprovalStore& store,
                                                            ApprovalLimits limits, Approvals::Watcher watcher = nullptr);
// The same without a store: nothing outlives it.
std::unique_ptr<Approvals> MakeApprovals(recording::Journal& journal, ApprovalLimits limits);

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_MAKE_APPROVALS_H_
