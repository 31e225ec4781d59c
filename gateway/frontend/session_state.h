// What one session knows. Touched only on the session's thread.
#ifndef POSTERN_GATEWAY_FRONTEND_SESSION_STATE_H_
#define POSTERN_GATEWAY_FRONTEND_SESSION_STATE_H_

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/mysql/capabilities.h"
#include "common/mysql/flow/response_walker.h"
#include "common/mysql/message/command.h"
#include "common/sql/dialect.h"
#include "common/sql/facts/facts.h"
#include "gateway/frontend/agent_channel.h"
#include "gateway/frontend/prepared.h"
#include "gateway/frontend/registration.h"
#include "gateway/frontend/services.h"
#include "gateway/frontend/watchdog.h"
#include "gateway/identity/principal.h"
#include "gateway/masking/result_masker.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/session_facts.h"
#include "gateway/policy/rules.h"
#include "gateway/tasks/open_task.h"
#include "gateway/tunnel/door.h"

namespace postern::frontend {

struct SessionState;

// How other threads reach a session, from its login on. `state` is touched on the session's thread only.
struct SessionHandle {
  SessionState* state = nullptr;
  // An end asked for before the session began.
  std::string end_reason;
};

// Who came in, to where, and on what terms: the outcome of a login.
struct LoggedIn {
  std::string session_id;
  identity::Principal who;
  std::string target;
  std::string schema;
  uint32_t connection_id = 0;
  mysql::Capabilities capabilities = 0;
  uint16_t collation = 0;
  // How it wants to learn of decisions about its statements, if it said so.
  std::optional<policy::HoldMode> hold_mode;
  // That of its password, or one of its own.
  tasks::Membership task;
  std::shared_ptr<SessionHandle> handle;
  std::unique_ptr<Registration> registration;
};

// Why a session ends, as the record says it, and what a waiting agent is told.
struct Ending {
  std::string reason;
  uint16_t error_code = 0;
  std::string error_message;
};

// What an agent is told when its session ends for one of the reasons that come from outside.
Ending EndingFor(const std::string& reason);

// The database, or the relay before it, did not do in time what takes it no time.
Ending ServerStalled();

// A statement that only prepares the session; postpone.h.
struct Postponed {
  std::string forwarded;
  sql::Facts facts;
};

// transaction.h
struct Transaction {
  uint64_t number = 0;  // grows with the end of each
  absl::Time since;
  uint64_t statements = 0;  // that ran in it
  std::vector<std::string> tickets;
};

// What the session's coroutine is waiting for, so that an interruption knows what to stop.
enum class Waiting { kNothing, kApproval, kDoor, kReply };

struct SessionState {
  SessionState(const Services& the_services, std::shared_ptr<AgentChannel> the_channel, LoggedIn the_login);
  // Others find no session any more, and nobody is told that the agent has gone.
  ~SessionState();
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;

  const Services& services;
  const std::shared_ptr<AgentChannel> channel;
  const LoggedIn login;

  // How the server reads text now.
  sql::Dialect dialect;
  std::optional<int> lower_case_table_names;
  std::string schema;
  uint16_t status_flags = mysql::server_status::kAutocommit;
  bool multi_statements = false;
  Transaction transaction;
  // Variables that a SET has changed, and the SHA-256 of what it set them to; of those that no other field follows.
  std::map<std::string, std::string> settings;

  // The target's schema did not come in time after somebody changed it: until it does, nobody reads by it.
  bool schema_is_stale = false;

  // What was answered already and runs once there is a door.
  std::vector<Postponed> postponed;

  std::unique_ptr<tunnel::Door> door;
  mysql::ResponseWalker walker{mysql::ResponseWalker::Options{}};
  // Behind the walker, where masks or detectors are in force.
  std::optional<masking::ResultMasker> masker;
  // What hashes of masked values are keyed with for this agent.
  const masking::HashKey mask_key;
  // Looks through values; null where policy wants none. As of the policy `detector_of`.
  std::shared_ptr<const masking::Detector> detector;
  std::string detector_of;
  PreparedStatements prepared;

  Waiting waiting = Waiting::kNothing;
  std::string waiting_approval;
  // Set once; the session ends after the command under way was answered.
  std::optional<Ending> ending;
  // A COM_CHANGE_USER to act on once this session has ended.
  std::string change_user;
  Watchdog step;
  Watchdog lifetime;
  uint64_t statements = 0;

  bool in_transaction() const { return (status_flags & mysql::server_status::kInTransaction) != 0; }
  policy::SessionFacts Facts() const;
  // Whether the rules mask any column for the session.
  bool UnderMasks(const policy::Rules& rules) const;

  // The step that `step` was armed for is over. Not Calm(): once the session ends, its last words have the deadline.
  void StepDone() {
    if (!ending) step.Calm();
  }
  // Ends the session: stops what is waited for, so that the coroutine comes to its end. Only the first reason counts.
  void End(Ending why);
  // KILL QUERY: stops what is waited for, and nothing else.
  void Interrupt();
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_SESSION_STATE_H_
