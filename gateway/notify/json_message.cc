#include <nlohmann/json.hpp>

#include "gateway/ctl/words.h"
#include "gateway/notify/message.h"

namespace postern::notify {
namespace {

using nlohmann::ordered_json;

ordered_json TextOrNull(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

ordered_json TimeOrNull(int64_t unix_ms) { return unix_ms == 0 ? ordered_json(nullptr) : ordered_json(ctl::IsoMillis(unix_ms)); }

template <class Names>
ordered_json List(const Names& names) {
  ordered_json list = ordered_json::array();
  for (const std::string& name : names) list.push_back(name);
  return list;
}

ordered_json TaskJson(const v1::TaskInfo& task) {
  return {{"id", task.id()},
          {"implicit", task.implicit()},
          {"reason", TextOrNull(task.reason())},
          {"requester", TextOrNull(task.requester())},
          {"sponsor", TextOrNull(task.sponsor())},
          {"run_id", TextOrNull(task.run_id())}};
}

ordered_json VotesJson(const v1::Approval& approval) {
  ordered_json votes = ordered_json::array();
  for (const v1::Vote& vote : approval.votes()) {
    votes.push_back({{"reviewer", vote.reviewer()},
                     {"approve", vote.approve()},
                     {"reason", TextOrNull(vote.reason())},
                     {"at", TimeOrNull(vote.at_unix_ms())}});
  }
  return votes;
}

}  // namespace

std::string JsonBody(const Notice& notice, const std::string& console) {
  const v1::Approval& approval = notice.approval;
  const ordered_json body = {
      {"id", notice.id()},
      {"event", EventWord(notice.event)},
      {"at", ctl::IsoMillis(absl::ToUnixMillis(notice.at))},
      {"approval",
       {{"id", approval.id()},
        {"url", TextOrNull(LinkTo(notice, console))},
        {"kind", TextOrNull(ctl::Word(approval.kind()))},
        {"state", TextOrNull(ctl::Word(approval.state()))},
        {"mode", TextOrNull(ctl::Word(approval.mode()))},
        {"agent", approval.agent()},
        {"target", approval.target()},
        {"schema", TextOrNull(approval.schema())},
        {"session_id", TextOrNull(approval.session_id())},
        {"statement_id", TextOrNull(approval.statement_id())},
        {"task", TaskJson(approval.task())},
        {"rule", approval.rule()},
        {"verb", TextOrNull(approval.verb())},
        {"objects", List(approval.objects())},
        {"columns", List(approval.columns())},
        {"digest", TextOrNull(approval.digest())},
        {"normalised_statement", TextOrNull(NormalisedText(approval))},
        {"in_transaction", approval.in_transaction()},
        {"reviewers", List(approval.reviewers())},
        {"approvals_needed", approval.approvals_needed()},
        {"votes", VotesJson(approval)},
        {"created_at", TimeOrNull(approval.created_at_unix_ms())},
        {"expires_at", TimeOrNull(approval.expires_at_unix_ms())},
        {"usable_until", TimeOrNull(approval.usable_until_unix_ms())},
        {"ended_because", TextOrNull(approval.ended_because())}}}};
  return body.dump(-1, ' ', true);
}

}  // namespace postern::notify
