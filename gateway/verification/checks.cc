#include "gateway/verification/checks.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <map>
#include <utility>

#include "common/text/utf8.h"

namespace postern::verification {
namespace {

constexpr size_t kMostBytes = 400;

// Of another's words as much as fits a line.
std::string Quote(std::string_view words) {
  std::string line = text::ValidUtf8(text::CutUtf8(words, kMostBytes));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return line;
}

std::string Quote(const absl::Status& status) { return Quote(std::string_view(status.message().data(), status.message().size())); }

// "key=value" within the bracket that ends a refusal.
std::string ValueOf(std::string_view refusal, std::string_view key) {
  const size_t bracket = refusal.rfind("[postern ");
  if (bracket == std::string_view::npos) return {};
  const std::string wanted = " " + std::string(key) + "=";
  const size_t at = refusal.find(wanted, bracket);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = refusal.substr(at + wanted.size());
  return std::string(rest.substr(0, rest.find_first_of(" ]")));
}

bool ShowsValue(const mysql::TextReply& reply, const std::string& value) {
  for (const mysql::TextReply::Row& row : reply.rows()) {
    for (const auto& cell : row) {
      if (cell && cell->find(value) != std::string::npos) return true;
    }
  }
  return false;
}

// What the record says was done to the result of a statement: masks and detectors.
std::string MasksOf(const std::string& statement, const std::vector<v1::Record>& records) {
  std::string id;
  for (const v1::Record& record : records) {
    if (record.has_statement() && record.statement().text() == statement) id = record.statement().statement_id();
    if (!record.has_outcome() || id.empty() || record.outcome().statement_id() != id) continue;
    std::string masks;
    for (const std::string& mask : record.outcome().masks()) absl::StrAppend(&masks, masks.empty() ? "" : ", ", mask);
    for (const auto& [kind, count] : record.outcome().detected()) absl::StrAppend(&masks, masks.empty() ? "" : ", ", kind, ": ", count);
    return masks;
  }
  return {};
}

// The records of a session, by what they are about.
struct Told {
  explicit Told(const std::vector<v1::Record>& records) {
    for (const v1::Record& record : records) {
      if (record.has_session_opened()) opened = &record;
      if (record.has_statement()) statements.push_back(&record.statement());
      if (record.has_outcome()) outcomes[record.outcome().statement_id()] = &record.outcome();
      if (record.has_approval_requested()) requested[record.approval_requested().approval_id()] = record.approval_requested().statement_id();
      if (record.has_approval_decided()) decided[record.approval_decided().approval_id()] = record.approval_decided().verdict();
      if (record.has_door_opened()) ++doors_opened;
      if (record.has_door_closed() && record.door_closed().proof().state() != v1::CloseProof::STATE_UNPROVEN) ++doors_proven;
      if (record.has_session_closed()) closed = true;
    }
  }

  const v1::Record* opened = nullptr;
  std::vector<const v1::Statement*> statements;
  std::map<std::string, const v1::Outcome*> outcomes;
  std::map<std::string, std::string> requested;
  std::map<std::string, v1::ApprovalDecided::Verdict> decided;
  size_t doors_opened = 0;
  size_t doors_proven = 0;
  bool closed = false;
};

std::string MissingStatements(const Expected& expected, const Told& told) {
  if (told.statements.size() != expected.statements.size()) {
    return absl::StrCat(told.statements.size(), " statements are in the record, ", expected.statements.size(), " were sent");
  }
  for (size_t i = 0; i < expected.statements.size(); ++i) {
    if (told.statements[i]->text() != expected.statements[i]) return absl::StrCat("statement ", i + 1, " of the record is not what was sent");
    if (!told.outcomes.contains(told.statements[i]->statement_id())) return absl::StrCat("statement ", i + 1, " has no outcome in the record");
  }
  return {};
}

std::string MissingApproval(const Expected& expected, const Told& told) {
  const auto requested = told.requested.find(expected.approval_id);
  if (requested == told.requested.end()) return "the request for approval is not in the record";
  const auto held = std::find_if(told.statements.begin(), told.statements.end(),
                                 [&](const v1::Statement* one) { return one->statement_id() == requested->second; });
  if (held == told.statements.end() || (*held)->decision() != v1::Statement::DECISION_HOLD) return "the record does not say that the write was held";
  if (told.outcomes.at((*held)->statement_id())->result() != v1::Outcome::RESULT_REFUSED) return "the record does not say that the held write was refused";
  const auto decided = told.decided.find(expected.approval_id);
  if (decided == told.decided.end()) return "the end of the approval is not in the record";
  return decided->second == v1::ApprovalDecided::VERDICT_VOID ? "" : "the record says that somebody decided the approval";
}

}  // namespace

Judgement Passed(std::string detail) { return {.passed = true, .detail = std::move(detail)}; }
Judgement Failed(std::string detail) { return {.passed = false, .detail = std::move(detail)}; }

std::string ApprovalOf(std::string_view refusal) {
  return ValueOf(refusal, "decision") == "held" ? ValueOf(refusal, "approval") : std::string();
}

std::string Problem(const Reply& reply) {
  if (!reply.ok()) return Quote(reply.status());
  return reply->error() ? Quote(reply->error()->message) : "";
}

Judgement JudgeConnection(const v1::Task& task) {
  const uint64_t proven = task.doors_gone() + task.doors_killed();
  std::string doors = absl::StrCat(proven, " of ", task.doors(), task.doors() == 1 ? " connection" : " connections", " proven closed");
  if (task.doors() == 0) return Failed("no connection to the database was opened, so none was seen to close");
  if (task.sessions_live() > 0) return Failed(absl::StrCat(task.sessions_live(), " sessions live on after the task's end"));
  if (proven < task.doors()) return Failed(absl::StrCat("only ", doors, " after the task's end"));
  if (task.state() != v1::Task::STATE_ENDED) return Failed("the task did not end");
  if (task.doors_killed() > 0) absl::StrAppend(&doors, "; ", task.doors_killed(), " had to be killed");
  return Passed(std::move(doors));
}

Judgement JudgeHeld(const Reply& reply) {
  if (!reply.ok()) return Failed("the write was not answered: " + Problem(reply));
  if (!reply->error()) return Failed(absl::StrCat("the write was let through and ran; it met ", reply->affected_rows(), " rows, and was rolled back"));
  if (ApprovalOf(reply->error()->message).empty()) return Failed("the write was refused, not held: " + Problem(reply));
  return Passed("held");
}

Judgement JudgeTakenBack(const v1::Approval& approval) {
  if (approval.used_at_unix_ms() != 0) return Failed("the held write was approved and ran");
  if (approval.state() != v1::Approval::STATE_VOID) return Failed("the held write could not be taken back");
  return Passed("held by rule " + Quote(approval.rule()) + ", taken back, and never ran");
}

Judgement JudgeMasked(const MaskedCanary& canary, const Reply& reply, const std::vector<v1::Record>& records) {
  if (const std::string problem = Problem(reply); !problem.empty()) return Failed("the query was refused: " + problem);
  if (reply->rows().empty()) return Failed("the query brought back no row, so no masked value was seen");
  if (ShowsValue(*reply, canary.expect_not)) return Failed("the value came back in the clear");
  const std::string masks = MasksOf(canary.sql, records);
  if (masks.empty()) return Failed("the value did not come back, and neither does the record name a mask that was applied");
  return Passed(Quote(masks));
}

std::string Missing(const Expected& expected, const std::vector<v1::Record>& records) {
  const Told told(records);
  if (told.opened == nullptr) return "the opening of the session is not in the record";
  const v1::SessionOpened& opened = told.opened->session_opened();
  if (opened.agent() != expected.agent || opened.target() != expected.target) return "the record tells another agent or target";
  for (const v1::Record& record : records) {
    if (record.task_id() != expected.task_id) return "a record of the session does not name its task";
  }
  if (std::string missing = MissingStatements(expected, told); !missing.empty()) return missing;
  if (!expected.approval_id.empty()) {
    if (std::string missing = MissingApproval(expected, told); !missing.empty()) return missing;
  }
  if (expected.door_proven && told.doors_opened == 0) return "the connection to the database is not in the record";
  if (expected.door_proven && told.doors_proven < told.doors_opened) return "the proof of close is not in the record";
  return told.closed ? "" : "the end of the session is not in the record";
}

}  // namespace postern::verification
