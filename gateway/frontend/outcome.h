// How a command ended, for the record.
#ifndef POSTERN_GATEWAY_FRONTEND_OUTCOME_H_
#define POSTERN_GATEWAY_FRONTEND_OUTCOME_H_

#include <absl/status/status.h>

#include <asio/awaitable.hpp>

#include "common/mysql/flow/response_walker.h"
#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::frontend {

v1::Outcome OutcomeOf(const mysql::ReplySummary& reply);

// What masks and detectors did to the reply. Where columns are masked, the server's own error text is not for the record either.
void DescribeScreening(const SessionState& s, const Errand& errand, const std::string& contradiction, v1::Outcome& outcome);

// Records the outcome, with the times of the errand, behind the statement's own record: whatever ends was begun.
void Conclude(SessionState& s, Errand& errand, v1::Outcome outcome);

// A reply that broke off: answers 1158 if the protocol has room for an ERR, records, ends the session.
asio::awaitable<void> BreakOff(SessionState& s, Errand& errand, absl::Status why);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_OUTCOME_H_
