// From an agent's text to a decision: read it as the server will, ask the policy, write down both. Nothing runs here.
#ifndef POSTERN_GATEWAY_FRONTEND_JUDGE_H_
#define POSTERN_GATEWAY_FRONTEND_JUDGE_H_

#include <string>
#include <string_view>

#include "common/mysql/commands.h"
#include "common/sql/facts/facts.h"
#include "common/sql/parse_error.h"
#include "gateway/catalog/catalog.h"
#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

struct Judged {
  // decision and record are filled in; the payload is the caller's.
  Errand errand;
  // What goes to the server in place of the agent's text. Empty unless something may be forwarded.
  std::string forwarded;
  // What it was read under: default schema, dialect, and the target's schema if that is known.
  std::string schema;
  sql::Dialect dialect;
  catalog::CatalogPtr catalog;
  // Of the one statement; of the first where a batch was allowed.
  sql::Facts facts;
  // Set when the text was not read.
  std::optional<sql::ParseError> error;
  bool is_batch = false;
  // Of a batch: one of them may change what later statements mean.
  bool moves_settings = false;
};

// `text` is what the agent sent with `command`. Several statements are read only from COM_QUERY and only where the session
// may send them; then one decision covers all: the strictest.
Judged Judge(SessionState& s, mysql::Command command, uint8_t agent_sequence, std::string_view text);

// For an EXECUTE: decides under the policy of now, the default schema of then, and the target's schema of now.
// Sets the errand's decision and masks.
void JudgePrepared(const SessionState& s, Errand& errand, PreparedStatement& prepared);

// For a statement that was read and decided earlier and touches no table.
policy::Decision JudgeAgain(const SessionState& s, const policy::Rules& rules, const sql::Facts& facts,
                            const std::string& schema);

// The schema named by COM_INIT_DB, as USE would be decided.
void JudgeUse(SessionState& s, Errand& errand, std::string_view schema);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_JUDGE_H_
