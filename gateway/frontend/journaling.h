// What a session writes into the journal.
#ifndef POSTERN_GATEWAY_FRONTEND_JOURNALING_H_
#define POSTERN_GATEWAY_FRONTEND_JOURNALING_H_

#include <absl/status/status.h>

#include <asio/awaitable.hpp>
#include <string>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"
#include "gateway/recording/journal.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::frontend {

// A record of a session and its task, stamped with the present time; of neither if they are empty.
v1::Record NewRecord(const std::string& session_id, const std::string& task_id);
v1::Record NewRecord(const SessionState& s);

// Completes, on the caller's executor, when the record is durable or could not be made so.
asio::awaitable<absl::Status> Record(recording::Journal& journal, v1::Record record);

// The errand's statement, counted: nothing of it runs before this came back OK.
asio::awaitable<absl::Status> RecordStatement(SessionState& s, Errand& errand);
// For a statement that will not run, or that we answer ourselves.
void RecordStatementLater(SessionState& s, Errand& errand);

// For what may be lost with the machine (outcomes, ends): written in order, not waited for. A failure shows in the
// journal's health, and the next statement is refused.
void RecordLater(recording::Journal& journal, const v1::Record& record);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_JOURNALING_H_
