#include "gateway/ctl/policy_answer.h"

#include <absl/time/time.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "common/config/units.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

using nlohmann::ordered_json;

ordered_json LimitsJson(const v1::PolicyAnswer::Limits& limits) {
  ordered_json json = ordered_json::object();
  if (limits.has_max_rows()) json["max_rows"] = limits.max_rows();
  if (limits.has_max_bytes()) json["max_bytes"] = limits.max_bytes();
  if (limits.has_max_affected_rows()) json["max_affected_rows"] = limits.max_affected_rows();
  if (limits.has_max_execution_time_ms()) json["max_execution_time_ms"] = limits.max_execution_time_ms();
  return json;
}

}  // namespace

std::string LimitsText(const v1::PolicyAnswer::Limits& limits) {
  std::vector<std::string> words;
  if (limits.has_max_rows()) words.push_back("max_rows " + std::to_string(limits.max_rows()));
  if (limits.has_max_bytes()) words.push_back("max_bytes " + config::BytesText(limits.max_bytes()));
  if (limits.has_max_affected_rows()) {
    words.push_back("max_affected_rows " + std::to_string(limits.max_affected_rows()));
  }
  if (limits.has_max_execution_time_ms()) {
    words.push_back("max_execution_time " + config::DurationText(absl::Milliseconds(limits.max_execution_time_ms())));
  }
  return Joined(words);
}

void TellAnswer(const v1::PolicyAnswer& answer, std::ostream& out) {
  Sheet sheet;
  sheet.Add("decision", Word(answer.decision()));
  sheet.Add("rule", answer.rule());
  if (!answer.reason().empty()) sheet.Add("reason", answer.reason());
  if (const std::string limits = LimitsText(answer.limits()); !limits.empty()) sheet.Add("limits", limits);
  if (answer.has_hold()) sheet.Add("reviewers", Joined(answer.hold().reviewers()));
  sheet.Add("policy", answer.policy_version());
  sheet.Print(out);
  if (!answer.facts().empty()) out << "\nWhat the statement does:\n" << Block(answer.facts(), "  ") << '\n';
  if (!answer.under_masks()) return;
  out << "\nColumns of the result:\n";
  for (const v1::PolicyAnswer::Output& output : answer.outputs()) {
    out << "  " << OneLine(output.name()) << ": " << (output.mask().empty() ? "as it is" : "masked, " + OneLine(output.mask()))
        << '\n';
  }
  for (const v1::PolicyAnswer::MaskedUse& use : answer.masked_uses()) {
    out << "  " << OneLine(use.column()) << ": masked, and used for " << OneLine(use.role())
        << " (masked_use: " << OneLine(use.masked_use()) << ")\n";
  }
  if (answer.catalog_generation() == 0) {
    out << "\nSaid without the target's schema: * and views are not followed, and what masks refuse is not decided.\n"
           "With --with-schema the gateway says it.\n";
  }
}

ordered_json AnswerJson(const v1::PolicyAnswer& answer) {
  ordered_json json = {{"decision", Word(answer.decision())},
                       {"rule", answer.rule()},
                       {"reason", answer.reason()},
                       {"limits", LimitsJson(answer.limits())},
                       {"policy_version", answer.policy_version()},
                       {"catalog_generation", answer.catalog_generation()},
                       {"outputs", ordered_json::array()},
                       {"masked_uses", ordered_json::array()}};
  if (answer.has_hold()) {
    json["hold"] = {{"reviewers", ordered_json::array()},
                    {"approvals", answer.hold().approvals()},
                    {"wait_seconds", answer.hold().wait_seconds()},
                    {"mode", answer.hold().mode()},
                    {"window_seconds", answer.hold().window_seconds()},
                    {"reason_required", answer.hold().reason_required()}};
    for (const std::string& group : answer.hold().reviewers()) json["hold"]["reviewers"].push_back(group);
  }
  for (const v1::PolicyAnswer::Output& output : answer.outputs()) {
    const ordered_json mask = output.mask().empty() ? ordered_json(nullptr) : ordered_json(output.mask());
    json["outputs"].push_back({{"name", output.name()}, {"mask", mask}});
  }
  for (const v1::PolicyAnswer::MaskedUse& use : answer.masked_uses()) {
    json["masked_uses"].push_back({{"column", use.column()}, {"role", use.role()}, {"masked_use", use.masked_use()}});
  }
  return json;
}

}  // namespace postern::ctl
