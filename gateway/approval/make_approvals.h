// The Approvals of a running gateway: in memory, since a held statement cannot outlive the connection that waits for
// it; what was asked and decided is in the journal.
#ifndef POSTERN_GATEWAY_APPROVAL_MAKE_APPROVALS_H_
#define POSTERN_GATEWAY_APPROVAL_MAKE_APPROVALS_H_

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "gateway/approval/approvals.h"
#include "gateway/recording/journal.h"

namespace postern::approval {

// Every list has a bound. Past one of the first four, Hold resolves VOID at once and says why.
struct ApprovalLimits {
  size_t pending = 1000;
  size_t pending_per_agent = 16;
  uint64_t statement_bytes = 1u << 20;  // of an approval as a reviewer would see it
  uint32_t approvals_needed = 16;
  absl::Duration wait_max = absl::Hours(1);  // longer waits are cut to it
  size_t history = 10000;                    // ended approvals that Get and List still know,
  uint64_t history_bytes = 64u << 20;        // and what they may take
  size_t waiting_votes = 64;                 // on one approval, while another vote is being recorded
};

// `journal` outlives the result. Destroying it ends every pending approval as VOID without a record: destroy it after
// the sessions and the API server are gone.
std::unique_ptr<Approvals> MakeApprovals(recording::Journal& journal, ApprovalLimits limits);

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_MAKE_APPROVALS_H_
