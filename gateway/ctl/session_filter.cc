#include "gateway/ctl/session_filter.h"

#include <absl/status/status.h>

#include <CLI/App.hpp>

#include "common/config/units.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

// "2026-01-31T09:00:00Z", or how long ago: "24h". 0 for nothing.
absl::StatusOr<int64_t> UnixMs(const std::string& option, const std::string& text, absl::Time now) {
  if (text.empty()) return 0;
  if (const auto ago = config::ParseDuration(text)) return absl::ToUnixMillis(now - *ago);
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return absl::ToUnixMillis(time);
  return absl::InvalidArgumentError(option + " wants a time such as 2026-01-31T09:00:00Z, or how long ago, such as 24h");
}

}  // namespace

void AddOptions(CLI::App& command, SessionFilter& filter) {
  command.add_option("--agent", filter.agent, "Of this agent");
  command.add_option("--target", filter.target, "At this target");
  command.add_option("--task", filter.task_id, "Of this task");
  command.add_option("--state", filter.state, "live, closing, closed or all (the default)")
      ->check(CLI::IsMember({"live", "closing", "closed", "all"}));
  command.add_option("--since", filter.since, "Opened then or later: 2026-01-31T09:00:00Z, or 24h for a day ago");
  command.add_option("--until", filter.until, "Opened before");
  command.add_option("--verb", filter.verb, "With a statement of this verb, such as select or drop_table");
  command.add_option("--object", filter.object, "... on this object, such as shop.orders");
  command.add_option("--decision", filter.decision, "... that was decided so: allow, hold or deny")
      ->check(CLI::IsMember({"allow", "hold", "deny"}));
  command.add_option("--text", filter.text, "... with these words in it");
}

absl::StatusOr<v1::ListSessionsRequest> ToRequest(const SessionFilter& filter, absl::Time now) {
  v1::ListSessionsRequest request;
  request.set_agent(filter.agent);
  request.set_target(filter.target);
  request.set_task_id(filter.task_id);
  request.set_limit(filter.limit);
  request.set_state(static_cast<v1::Session::State>(
      EnumFromWord(*v1::Session::State_descriptor(), filter.state).value_or(v1::Session::STATE_UNSPECIFIED)));
  request.set_verb(filter.verb);
  request.set_object(filter.object);
  request.set_decision(static_cast<v1::Statement::Decision>(
      EnumFromWord(*v1::Statement::Decision_descriptor(), filter.decision).value_or(v1::Statement::DECISION_UNSPECIFIED)));
  request.set_text(filter.text);
  const auto since = UnixMs("--since", filter.since, now);
  if (!since.ok()) return since.status();
  const auto until = UnixMs("--until", filter.until, now);
  if (!until.ok()) return until.status();
  request.set_since_unix_ms(*since);
  request.set_until_unix_ms(*until);
  return request;
}

}  // namespace postern::ctl
