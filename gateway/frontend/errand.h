// One command on its way: what it is, what was decided, what goes to the server, and when things happened.
#ifndef POSTERN_GATEWAY_FRONTEND_ERRAND_H_
#define POSTERN_GATEWAY_FRONTEND_ERRAND_H_

#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/mysql/capabilities.h"
#include "common/mysql/commands.h"
#include "common/sql/facts/facts.h"
#include "gateway/frontend/session_state.h"
#include "gateway/masking/row_masks.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/mask_plan.h"
#include "gateway/policy/rules.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::frontend {

// What only the reading of a held statement knows.
struct ForReview {
  std::vector<std::string> columns;
  sql::Dialect dialect;       // it was read in
  std::string digest;         // equal for statements that differ only in values
  std::string schema_digest;  // of the target's schema it was read by; empty where none was known
};

struct Errand {
  const mysql::CommandInfo* command = nullptr;
  // In its packet.
  uint64_t statements = 1;
  // Its record was handed to the journal.
  bool recorded = false;
  // Of the agent's last packet: the answer is numbered from the next.
  uint8_t agent_sequence = 0;
  policy::Decision decision;
  // The snapshot that decided; null where no policy was asked.
  policy::RulesPtr rules;
  // What the reply may come to.
  policy::StatementLimits limits;
  // Of its result.
  policy::MaskPlan masks;
  // Of the target's schema it was read by; 0 where none was known.
  uint64_t catalog_generation = 0;
  // It names tables or routines.
  bool touches_schema = false;
  // Running it may change the target's schema.
  bool changes_schema = false;
  // Running it may end the open transaction.
  bool may_end_transaction = false;
  // Filled in where it is held.
  ForReview review;
  // The approved ticket that lets it run, to be used.
  std::string ticket;
  // Of a FETCH: those of the EXECUTE that opened the cursor.
  std::shared_ptr<const masking::RowMasks> cursor_masks;
  // What the journal will hold of it; also what a reviewer is shown.
  v1::Statement record;
  // The payload for a server with these capabilities. Called after everything else was settled; the same each time.
  std::function<std::string(mysql::Capabilities)> payload;
  // Payloads without a reply that go right before it.
  std::vector<std::string> ahead;

  // Its reply goes through the masker.
  bool screened = false;

  absl::Time arrived;
  absl::Duration held;
  absl::Duration opening;
  absl::Duration at_server;
  // It was killed because it ran longer than limits.statement_timeout.
  bool timed_out = false;

  uint8_t answer_sequence() const { return static_cast<uint8_t>(agent_sequence + 1); }
};

// An errand for a command with nothing decided yet: an id, the time, the record's first lines.
Errand NewErrand(const SessionState& s, mysql::Command command, uint8_t agent_sequence);

// Sets what was decided and writes it into the record, with the version of the policy that was asked.
void SetDecision(Errand& errand, policy::Decision decision, const policy::Rules& rules);
// The same where no policy was asked, or the one that was asked before.
void SetDecision(Errand& errand, policy::Decision decision);

// Adds verb and objects to a record; several statements are joined.
void DescribeFacts(v1::Statement& record, const sql::Facts& facts);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_ERRAND_H_
