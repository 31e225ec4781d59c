// What a decision knows about the session, beside what the statement does. Plain value, any thread.
#ifndef POSTERN_GATEWAY_POLICY_SESSION_FACTS_H_
#define POSTERN_GATEWAY_POLICY_SESSION_FACTS_H_

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "common/sql/dialect.h"

namespace postern::policy {

struct SessionFacts {
  std::string agent;
  std::vector<std::string> groups;
  std::string target;
  std::string default_schema;  // empty: none selected
  // The server's setting, once it is known. Unknown counts as the stricter reading on each side: names that allow match
  // letter by letter, names that deny match in any letter case.
  std::optional<int> lower_case_table_names;
  // The lexical modes statements are read under now; a statement that would change them is refused.
  sql::SqlMode sql_mode;
  // What a statement changes can be rolled back: a transaction is open, or autocommit is off.
  bool can_undo = false;
  // When the statement came. Unknown counts as the stricter reading on each side: a rule with a window then denies and holds,
  // but lets nothing.
  absl::Time now = absl::InfinitePast();
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_SESSION_FACTS_H_
