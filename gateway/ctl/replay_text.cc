#include "gateway/ctl/replay_text.h"

#include <absl/strings/str_format.h>

#include <ostream>

#include "gateway/ctl/outcome_text.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/show_session.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

// Under the "+12.345678  " of the event.
constexpr std::string_view kIndent = "                ";

std::string ParameterText(const google::protobuf::RepeatedPtrField<v1::Parameter>& parameters) {
  std::string text;
  for (const v1::Parameter& parameter : parameters) {
    text += text.empty() ? "" : ", ";
    if (!parameter.name().empty()) text += OneLine(parameter.name()) + "=";
    text += parameter.is_null() ? "NULL" : "'" + OneLine(parameter.value()) + "'";
  }
  return text;
}

void Tell(const v1::SessionOpened& event, std::ostream& out) {
  out << "session opened by " << OneLine(event.agent()) << " for " << OneLine(event.target()) << " from "
      << OneLine(event.client_address()) << (event.tls() ? " over TLS" : " without TLS") << ", "
      << OneLine(event.identity_kind()) << " " << OneLine(event.identity_id()) << '\n';
  const v1::TaskInfo& task = event.task();
  if (task.id().empty() || task.implicit()) return;
  out << kIndent << "task " << OneLine(task.id()) << ": " << OneLine(task.reason()) << ", asked for by "
      << OneLine(task.requester()) << '\n';
}

void Tell(const v1::Statement& event, std::ostream& out) {
  out << OneLine(event.command()) << " " << OneLine(event.statement_id()) << ": " << DecisionText(event) << '\n'
      << Block(event.text(), kIndent) << '\n';
  if (!event.forwarded().empty() && event.forwarded() != event.text()) {
    out << kIndent << "forwarded as:\n" << Block(event.forwarded(), kIndent) << '\n';
  }
  if (!event.preview_of().empty()) out << kIndent << "asked by the gateway, to show what " << OneLine(event.preview_of()) << " would change\n";
  if (!event.parameters().empty()) out << kIndent << "parameters: " << ParameterText(event.parameters()) << '\n';
}

void Tell(const v1::Outcome& event, std::ostream& out) {
  out << "outcome of " << OneLine(event.statement_id()) << ": " << OutcomeText(event) << '\n';
}

void Tell(const v1::ApprovalRequested& event, std::ostream& out) {
  out << "held: " << OneLine(event.approval_id()) << " by rule " << OneLine(event.rule()) << ", "
      << Count(event.approvals_needed(), "approval") << " needed\n";
}

void Tell(const v1::ApprovalDecided& event, std::ostream& out) {
  out << OneLine(event.approval_id()) << " " << Word(event.verdict());
  if (!event.reviewer().empty()) out << " by " << OneLine(event.reviewer());
  if (!event.reason().empty()) out << ": " << OneLine(event.reason());
  out << '\n';
}

void Tell(const v1::TicketUsed& event, std::ostream& out) {
  out << "approval " << OneLine(event.approval_id()) << " is used by " << OneLine(event.statement_id()) << ", asked for by "
      << OneLine(event.asked_by()) << '\n';
}

void Tell(const v1::DoorOpened& event, std::ostream& out) {
  out << "door opened by relay " << OneLine(event.relay()) << ": database thread " << event.thread_id() << ", "
      << OneLine(Word(event.server().vendor())) << " " << OneLine(event.server().version()) << '\n';
}

void Tell(const v1::DoorClosed& event, std::ostream& out) {
  out << "door closed by relay " << OneLine(event.relay()) << ": database thread " << event.proof().thread_id() << ", "
      << OneLine(ProofText(event.proof())) << '\n';
}

void Tell(const v1::SessionClosed& event, std::ostream& out) {
  out << "session closed: " << OneLine(event.reason()) << ", " << Count(event.statements(), "statement") << '\n';
}

}  // namespace

void TellRecord(const v1::Record& record, int64_t start_unix_us, std::ostream& out) {
  out << absl::StrFormat("%+13.6f  ", static_cast<double>(record.at_unix_us() - start_unix_us) / 1e6);
  switch (record.event_case()) {
    case v1::Record::kSessionOpened:
      return Tell(record.session_opened(), out);
    case v1::Record::kStatement:
      return Tell(record.statement(), out);
    case v1::Record::kOutcome:
      return Tell(record.outcome(), out);
    case v1::Record::kApprovalRequested:
      return Tell(record.approval_requested(), out);
    case v1::Record::kApprovalDecided:
      return Tell(record.approval_decided(), out);
    case v1::Record::kTicketUsed:
      return Tell(record.ticket_used(), out);
    case v1::Record::kDoorOpened:
      return Tell(record.door_opened(), out);
    case v1::Record::kDoorClosed:
      return Tell(record.door_closed(), out);
    case v1::Record::kSessionClosed:
      return Tell(record.session_closed(), out);
    case v1::Record::kGatewayStarted:
    case v1::Record::kGatewayStopped:
    case v1::Record::kLoginRefused:
    case v1::Record::kAdminAction:
    case v1::Record::kTaskRequested:
    case v1::Record::kTaskOpened:
    case v1::Record::kTaskEnded:
    case v1::Record::kCheckpoint:
    case v1::Record::kKeyRotated:
    case v1::Record::kSegmentRetired:
    case v1::Record::EVENT_NOT_SET:
      out << "an event of another kind; `--output json` has it whole\n";
  }
}

}  // namespace postern::ctl
