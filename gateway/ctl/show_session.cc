#include "gateway/ctl/show_session.h"

#include <ostream>

#include "gateway/ctl/outcome_text.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

constexpr size_t kStatementColumns = 72;

// "tsk_…: nightly report, asked for by bot, sponsored by ann".
std::string TaskText(const v1::TaskInfo& task) {
  if (task.implicit()) return task.id() + ", of this session alone";
  std::string text = task.id() + ": " + task.reason() + ", asked for by " + task.requester();
  if (!task.sponsor().empty()) text += ", sponsored by " + task.sponsor();
  return text;
}

std::string DoorWord(const v1::Session& session) {
  if (!session.door_opened()) return "never opened";
  const std::string proof = Word(session.close_proof());
  if (!proof.empty()) return "closed: " + proof;
  return session.state() == v1::Session::STATE_LIVE ? "open" : "closed: no proof yet";
}

void ShowFacts(const v1::Session& session, std::ostream& out) {
  Sheet sheet;
  sheet.Add("id", session.id());
  sheet.Add("state",
            Word(session.state()) + (session.close_reason().empty() ? "" : " (" + session.close_reason() + ")"));
  sheet.Add("agent", session.agent());
  sheet.Add("target", session.target());
  if (session.has_task()) sheet.Add("task", TaskText(session.task()));
  sheet.Add("from", session.client_address() + ", connection " + std::to_string(session.connection_id()));
  sheet.Add("opened", TableTime(session.opened_at_unix_ms()));
  if (session.closed_at_unix_ms() != 0) {
    const auto lasted = absl::Milliseconds(session.closed_at_unix_ms() - session.opened_at_unix_ms());
    sheet.Add("closed", TableTime(session.closed_at_unix_ms()) + ", after " + Span(lasted));
  }
  sheet.Add("statements", std::to_string(session.statements()) + ", of them " + std::to_string(session.refused()) +
                              " refused and " + std::to_string(session.held()) + " held");
  sheet.Add("door", DoorWord(session));
  sheet.Print(out);
}

void ShowStatement(const v1::StatementLine& line, std::ostream& out) {
  const v1::Statement& statement = line.statement();
  out << "  " << TableTime(line.at_unix_ms()) << "  " << OneLine(statement.statement_id()) << "  "
      << OneLine(statement.command()) << '\n'
      << "      " << Shortened(statement.text(), kStatementColumns) << '\n'
      << "      " << DecisionText(statement) << "; "
      << (line.has_outcome() ? OutcomeText(line.outcome()) : "no outcome yet") << '\n';
}

void ShowDoors(const v1::SessionDetail& detail, std::ostream& out) {
  if (detail.doors_opened().empty()) {
    out << "\nNo door: no database connection was opened for this session.\n";
    return;
  }
  out << "\nDoors\n";
  for (const v1::DoorOpened& door : detail.doors_opened()) {
    out << "  opened by relay " << OneLine(door.relay()) << " as database thread " << door.thread_id() << " in "
        << Span(absl::Milliseconds(door.took_ms())) << '\n';
  }
  for (const v1::DoorClosed& door : detail.doors_closed()) {
    out << "  closed by relay " << OneLine(door.relay()) << ", database thread " << door.proof().thread_id() << "\n"
        << "      " << OneLine(ProofText(door.proof())) << '\n';
  }
  if (detail.doors_closed_size() < detail.doors_opened_size()) {
    out << (detail.session().state() == v1::Session::STATE_LIVE
                ? "  still open\n"
                : "  closed, but the relay has not proven yet that the database thread is gone\n");
  }
}

}  // namespace

std::string ProofText(const v1::CloseProof& proof) {
  const std::string when = proof.proven_at_unix_ms() == 0
                               ? ""
                               : " (looked up at " + TableTime(proof.proven_at_unix_ms()) + ", " +
                                     Span(absl::Milliseconds(proof.took_ms())) + " after the close)";
  if (proof.state() == v1::CloseProof::STATE_GONE) {
    return "proof: gone. Looked up from another connection, the thread is not there" + when;
  }
  if (proof.state() == v1::CloseProof::STATE_KILLED) {
    return "proof: killed. The thread lingered, was killed, and then was not there" + when;
  }
  return "NOT PROVEN: the thread may still be there: " + (proof.error().empty() ? "no reason told" : proof.error());
}

void ListSessions(const google::protobuf::RepeatedPtrField<v1::Session>& sessions, std::ostream& out) {
  Table table(
      {"ID", "STATE", "AGENT", "TARGET", "TASK", "FROM", "OPENED", "STATEMENTS", "REFUSED", "HELD", "DOOR", "ENDED BY"});
  for (const v1::Session& session : sessions) {
    table.Add({session.id(), Word(session.state()), session.agent(), session.target(),
               session.task().implicit() ? "-" : session.task().id(), session.client_address(),
               TableTime(session.opened_at_unix_ms()), std::to_string(session.statements()),
               std::to_string(session.refused()), std::to_string(session.held()), DoorWord(session),
               session.close_reason()});
  }
  table.Print(out);
}

void ShowSession(const v1::SessionDetail& detail, std::ostream& out) {
  ShowFacts(detail.session(), out);
  if (!detail.statements().empty()) {
    out << "\nStatements\n";
    for (const v1::StatementLine& line : detail.statements()) ShowStatement(line, out);
    const auto shown = static_cast<uint64_t>(detail.statements_size());
    if (shown < detail.session().statements()) {
      out << "  (the newest " << shown << "; `posternctl sessions replay` has all)\n";
    }
  }
  ShowDoors(detail, out);
}

}  // namespace postern::ctl
