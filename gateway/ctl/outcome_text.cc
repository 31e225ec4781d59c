#include "gateway/ctl/outcome_text.h"

#include <absl/time/time.h>

#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

std::string Micros(uint64_t us) {
  if (us < 10'000) return std::to_string(us) + "us";
  return Span(absl::Microseconds(us));
}

std::string Timing(const v1::Outcome& outcome) {
  std::string text = "in " + Micros(outcome.total_us());
  std::string parts;
  const auto part = [&parts](const char* name, uint64_t us) {
    if (us > 0) parts += (parts.empty() ? "" : ", ") + std::string(name) + " " + Micros(us);
  };
  part("held", outcome.held_us());
  part("opening the door", outcome.open_us());
  part("server", outcome.server_us());
  return parts.empty() ? text : text + " (" + parts + ")";
}

std::string ErrorText(const v1::Outcome& outcome) {
  std::string text;
  if (outcome.error_code() != 0) text = " " + std::to_string(outcome.error_code());
  if (!outcome.sql_state().empty()) text += " (" + OneLine(outcome.sql_state()) + ")";
  if (!outcome.error().empty()) text += ": " + OneLine(outcome.error());
  return text;
}

}  // namespace

std::string DecisionText(const v1::Statement& statement) {
  std::string text =
      statement.decision() == v1::Statement::DECISION_UNSPECIFIED ? "no decision" : Word(statement.decision());
  if (!statement.rule().empty()) text += " by rule " + OneLine(statement.rule());
  if (!statement.reason().empty()) text += " (" + OneLine(statement.reason()) + ")";
  return text;
}

std::string OutcomeText(const v1::Outcome& outcome) {
  std::string text;
  if (outcome.result() == v1::Outcome::RESULT_OK) {
    text = "ok: " + Count(outcome.rows(), "row");
    if (outcome.affected_rows() > 0) text += ", " + std::to_string(outcome.affected_rows()) + " affected";
    if (outcome.warnings() > 0) text += ", " + Count(outcome.warnings(), "warning");
  } else if (outcome.result() == v1::Outcome::RESULT_ERROR) {
    text = "server error" + ErrorText(outcome);
  } else if (outcome.result() == v1::Outcome::RESULT_REFUSED) {
    text = "refused" + ErrorText(outcome);
  } else {
    text = "broken off, the server may or may not have finished it" + ErrorText(outcome);
  }
  return text + ", " + Timing(outcome);
}

}  // namespace postern::ctl
