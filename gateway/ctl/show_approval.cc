#include "gateway/ctl/show_approval.h"

#include <ostream>

#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

constexpr size_t kStatementColumns = 60;
constexpr std::string_view kIndent = "    ";

std::string Expiry(const v1::Approval& approval, absl::Time now) {
  if (approval.state() != v1::Approval::STATE_PENDING) return "";
  const absl::Duration left = absl::FromUnixMillis(approval.expires_at_unix_ms()) - now;
  return left > absl::ZeroDuration() ? "in " + Span(left) : "now";
}

bool IsTask(const v1::Approval& approval) { return approval.kind() == v1::Approval::KIND_TASK; }

// What would run or open.
std::string Subject(const v1::Approval& approval) {
  return IsTask(approval) ? "task: " + approval.task().reason() : approval.statement();
}

size_t Approving(const v1::Approval& approval) {
  size_t count = 0;
  for (const v1::Vote& vote : approval.votes()) count += vote.approve() ? 1 : 0;
  return count;
}

// What stands where: a pending one says how many votes are in, an ended one why it ended.
std::string StateText(const v1::Approval& approval) {
  std::string text = Word(approval.state());
  if (approval.state() == v1::Approval::STATE_PENDING) {
    return text + " (" + std::to_string(Approving(approval)) + " of " + std::to_string(approval.approvals_needed()) +
           " votes)";
  }
  if (!approval.ended_because().empty()) text += ": " + approval.ended_because();
  return text;
}

void ShowFacts(const v1::Approval& approval, absl::Time now, std::ostream& out) {
  Sheet sheet;
  sheet.Add("id", approval.id());
  sheet.Add("state", StateText(approval));
  sheet.Add("agent", approval.agent());
  sheet.Add("target", approval.target() + (approval.schema().empty() ? "" : ", schema " + approval.schema()));
  if (approval.has_task() && !approval.task().implicit()) {
    sheet.Add("task", approval.task().id() + ": " + approval.task().reason());
    sheet.Add("requester", approval.task().requester());
    if (!approval.task().sponsor().empty()) sheet.Add("sponsor", approval.task().sponsor());
  }
  if (IsTask(approval)) {
    sheet.Add("stays open", Span(absl::Seconds(approval.task_ttl_seconds())));
  } else {
    sheet.Add("verb", approval.verb());
    sheet.Add("objects", Joined(approval.objects()));
  }
  sheet.Add("rule", approval.rule());
  sheet.Add("reviewers", approval.reviewers().empty() ? "any reviewer" : "members of " + Joined(approval.reviewers()));
  if (!IsTask(approval)) sheet.Add("transaction", approval.in_transaction() ? "inside one: others may wait for its locks" : "no");
  sheet.Add("asked", TableTime(approval.created_at_unix_ms()));
  const std::string expiry = Expiry(approval, now);
  sheet.Add("expires", TableTime(approval.expires_at_unix_ms()) + (expiry.empty() ? "" : " (" + expiry + ")"));
  if (!IsTask(approval)) {
    sheet.Add("session", approval.session_id());
    sheet.Add("statement", approval.statement_id());
  }
  sheet.Print(out);
}

void ShowParameters(const v1::Approval& approval, std::ostream& out) {
  if (approval.parameters().empty()) return;
  Table table({"PARAMETER", "TYPE", "VALUE"});
  int number = 0;
  for (const v1::Parameter& parameter : approval.parameters()) {
    const std::string position = std::to_string(++number);
    table.Add({parameter.name().empty() ? position : position + " " + parameter.name(), parameter.type(),
               parameter.is_null() ? "NULL" : "'" + parameter.value() + "'"});
  }
  out << '\n';
  table.Print(out);
}

void ShowVotes(const v1::Approval& approval, std::ostream& out) {
  if (approval.votes().empty()) return;
  Table table({"REVIEWER", "VOTE", "AT", "REASON"});
  for (const v1::Vote& vote : approval.votes()) {
    table.Add({vote.reviewer(), vote.approve() ? "approve" : "deny", TableTime(vote.at_unix_ms()), vote.reason()});
  }
  out << '\n';
  table.Print(out);
}

}  // namespace

void ShowApproval(const v1::Approval& approval, absl::Time now, std::ostream& out) {
  ShowFacts(approval, now, out);
  if (!IsTask(approval)) {
    out << "\nThis statement, exactly (" << Count(approval.statement().size(), "byte")
        << "; what is not plain text is shown as an escape):\n\n"
        << Block(approval.statement(), kIndent) << '\n';
    ShowParameters(approval, out);
  }
  ShowVotes(approval, out);
}

void ListApprovals(const google::protobuf::RepeatedPtrField<v1::Approval>& approvals, absl::Time now,
                   std::ostream& out) {
  Table table({"ID", "STATE", "AGENT", "TARGET", "ASKED", "EXPIRES", "RULE", "STATEMENT"});
  for (const v1::Approval& approval : approvals) {
    table.Add({approval.id(), Word(approval.state()), approval.agent(), approval.target(),
               Span(now - absl::FromUnixMillis(approval.created_at_unix_ms())) + " ago", Expiry(approval, now),
               approval.rule(), Shortened(Subject(approval), kStatementColumns)});
  }
  table.Print(out);
}

void AnnounceApproval(const v1::Approval& approval, absl::Time now, std::ostream& out) {
  out << TableTime(absl::ToUnixMillis(now)) << "  " << OneLine(approval.id()) << "  " << OneLine(StateText(approval))
      << "  " << OneLine(approval.agent()) << " at " << OneLine(approval.target()) << ", rule "
      << OneLine(approval.rule()) << ": " << Shortened(Subject(approval), kStatementColumns) << std::endl;
}

}  // namespace postern::ctl
