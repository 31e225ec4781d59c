#include "gateway/frontend/session_state.h"

#include <absl/time/clock.h>

#include <utility>

#include "gateway/policy/masks.h"

namespace postern::frontend {
namespace {

// How long an agent may take to receive the last answer of a session that was ended.
constexpr absl::Duration kLastWords = absl::Seconds(2);

}  // namespace

Ending EndingFor(const std::string& reason) {
  if (reason == "idle") return {reason, 4031, "The session was idle for too long and was closed"};
  if (reason == "deadline") return {reason, 3024, "The session's time is over: its task or its token has ended"};
  if (reason == "task ended") return {reason, 3169, "The session was ended with its task"};
  if (reason == "shutdown") return {reason, 1053, "The gateway is shutting down; connect again"};
  return {reason, 3169, "The session was ended: " + reason};
}

Ending ServerStalled() {
  return {.reason = "server stalled", .error_code = 1158, .error_message = "The database does not answer"};
}

SessionState::SessionState(const Services& the_services, std::shared_ptr<AgentChannel> the_channel, LoggedIn the_login)
    : services(the_services),
      channel(std::move(the_channel)),
      login(std::move(the_login)),
      schema(login.schema),
      multi_statements((login.capabilities & mysql::capability::kMultiStatements) != 0),
      mask_key(services.mask_keys.KeyFor(login.who.name)),
      step(channel->executor()),
      lifetime(channel->executor()) {}

SessionState::~SessionState() {
  login.handle->state = nullptr;
  channel->Release();
}

policy::SessionFacts SessionState::Facts() const {
  policy::SessionFacts facts;
  facts.agent = login.who.name;
  facts.groups = login.who.groups;
  facts.target = login.target;
  facts.default_schema = schema;
  facts.lower_case_table_names = lower_case_table_names;
  facts.sql_mode = dialect.mode;
  facts.can_undo = in_transaction() || (status_flags & mysql::server_status::kAutocommit) == 0;
  facts.now = absl::Now();
  return facts;
}

bool SessionState::UnderMasks(const policy::Rules& rules) const {
  return !rules.masks.empty() && policy::AnyMasks(rules, Facts());
}

void SessionState::End(Ending why) {
  if (ending) return;
  ending = std::move(why);
  switch (waiting) {
    case Waiting::kNothing:
      break;
    case Waiting::kApproval:
      services.approvals.Void(waiting_approval, ending->reason);
      break;
    case Waiting::kDoor:
      services.relays.CancelOpen(login.session_id);
      break;
    case Waiting::kReply:
      door->Close();
      break;
  }
  channel->Interrupt();
  step.Arm(kLastWords, [gone = channel] { gone->Close(); });
}

void SessionState::Interrupt() {
  switch (waiting) {
    case Waiting::kNothing:
    case Waiting::kDoor:
      break;
    case Waiting::kApproval:
      services.approvals.Void(waiting_approval, "killed");
      break;
    case Waiting::kReply:
      services.relays.Kill(login.session_id, v1::KillSession::SCOPE_QUERY, [](const absl::Status&) {});
      break;
  }
}

}  // namespace postern::frontend
