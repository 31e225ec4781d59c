#include "gateway/ctl/show_approval.h"

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

constexpr size_t kStatementColumns = 60;
constexpr size_t kValueColumns = 30;
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

// Of a ticket that was approved: whether it ran.
std::string TicketText(const v1::Approval& approval) {
  if (approval.used_at_unix_ms() != 0) {
    return "used " + TableTime(approval.used_at_unix_ms()) + " by " + approval.used_by_statement_id();
  }
  if (approval.state() == v1::Approval::STATE_APPROVED) return "not used yet; good until " + TableTime(approval.usable_until_unix_ms());
  return "the agent sends the statement again, within " + Span(absl::Seconds(approval.window_seconds())) + " of its approval";
}

std::string TransactionText(const v1::Approval& approval, absl::Time now) {
  if (!approval.in_transaction()) return "no";
  std::string text = "inside one: others may wait for its locks";
  if (approval.transaction_since_unix_ms() == 0) return text;
  return text + "; open for " + Span(now - absl::FromUnixMillis(approval.transaction_since_unix_ms())) + ", " +
         Count(approval.transaction_statements(), "statement") + " so far";
}

std::string SimilarText(const v1::SimilarDecisions& similar) {
  std::string text = std::to_string(similar.approved()) + " approved, " + std::to_string(similar.denied()) + " denied";
  if (similar.latest_approval_id().empty()) return text;
  text += std::string("; last ") + (similar.latest_approved() ? "approved" : "denied") + " by " + similar.latest_reviewer();
  return similar.latest_reason().empty() ? text : text + ": " + similar.latest_reason();
}

std::string LabelsText(const v1::TaskInfo& task) {
  std::map<std::string, std::string> sorted(task.labels().begin(), task.labels().end());
  std::string text;
  for (const auto& [name, value] : sorted) text += (text.empty() ? "" : ", ") + name + "=" + value;
  return text;
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
    if (!approval.task().run_id().empty()) sheet.Add("run", approval.task().run_id());
    if (!approval.task().labels().empty()) sheet.Add("labels", LabelsText(approval.task()));
  }
  if (IsTask(approval)) {
    sheet.Add("stays open", Span(absl::Seconds(approval.task_ttl_seconds())));
  } else {
    sheet.Add("verb", approval.verb());
    sheet.Add("objects", Joined(approval.objects()));
    if (!approval.columns().empty()) sheet.Add("columns", Joined(approval.columns()));
  }
  sheet.Add("rule", approval.rule());
  sheet.Add("reviewers", approval.reviewers().empty() ? "any reviewer" : "members of " + Joined(approval.reviewers()));
  if (approval.reason_required()) sheet.Add("reason", "required to approve");
  if (!IsTask(approval)) sheet.Add("transaction", TransactionText(approval, now));
  if (approval.mode() == v1::Approval::MODE_TICKET) sheet.Add("ticket", TicketText(approval));
  if (!IsTask(approval) && !approval.digest().empty()) sheet.Add("similar", SimilarText(approval.similar()));
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

void ShowRows(const google::protobuf::RepeatedPtrField<std::string>& columns,
              const google::protobuf::RepeatedPtrField<v1::PreviewRow>& rows, std::ostream& out) {
  if (rows.empty()) return;
  Table table(std::vector<std::string>(columns.begin(), columns.end()));
  for (const v1::PreviewRow& row : rows) {
    std::vector<std::string> cells;
    for (const v1::PreviewValue& value : row.values()) cells.push_back(value.is_null() ? "NULL" : Shortened(value.value(), kValueColumns));
    cells.resize(static_cast<size_t>(columns.size()));
    table.Add(std::move(cells));
  }
  table.Print(out);
}

void ShowPreview(const v1::Approval& approval, std::ostream& out) {
  if (!approval.has_preview()) return;
  const v1::ImpactPreview& preview = approval.preview();
  out << "\nWhat it would change: ";
  if (!preview.missing().empty()) {
    out << "not known, since " << OneLine(preview.missing()) << '\n';
    return;
  }
  out << (preview.rows_capped() ? "more than " : "") << Count(preview.rows(), "row") << " at " << TableTime(preview.taken_at_unix_ms());
  if (preview.approximate()) out << ", approximately: it has a LIMIT and no order";
  out << '\n';
  if (!preview.sample().empty()) out << "\nRows as they are now" << (preview.masks().empty() ? "" : ", masked") << ":\n";
  ShowRows(preview.columns(), preview.sample(), out);
  if (!preview.plan().empty()) out << "\nHow the server would find them:\n";
  ShowRows(preview.plan_columns(), preview.plan(), out);
  if (preview.masks().empty()) return;
  out << "\nMasked:\n";
  for (const std::string& mask : preview.masks()) out << "  " << OneLine(mask) << '\n';
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
    ShowPreview(approval, out);
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
