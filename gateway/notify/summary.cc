#include <absl/strings/str_cat.h>

#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/words.h"
#include "gateway/notify/message.h"

namespace postern::notify {
namespace {

// Slack shows ten facts at most.
constexpr size_t kMostFacts = 10;
// Of one value. Slack refuses a message with a field over 2,000, and `&` becomes five there: agents must not keep a message away.
constexpr size_t kMostCharacters = 300;

std::string Headline(const Notice& notice) {
  const std::string what = notice.approval.kind() == v1::Approval::KIND_TASK ? "A task" : "A statement";
  switch (notice.event) {
    case Event::kRequested: return what + " waits for approval";
    case Event::kApproved: return what + " was approved";
    case Event::kDenied: return what + " was denied";
    case Event::kExpired: return what + "'s approval has expired";
    case Event::kVoid: return what + " no longer waits for approval";
  }
  return what;
}

void Add(Summary& summary, std::string label, std::string_view value) {
  if (!value.empty()) summary.facts.emplace_back(std::move(label), ctl::Shortened(value, kMostCharacters));
}

std::string Needed(const v1::Approval& approval) {
  return absl::StrCat(ctl::Count(approval.approvals_needed(), "approval"), " of ", ctl::Joined(approval.reviewers()));
}

}  // namespace

Summary Summarise(const Notice& notice) {
  const v1::Approval& approval = notice.approval;
  Summary summary{.headline = Headline(notice), .facts = {}};
  Add(summary, "Agent", approval.agent());
  Add(summary, "Target", approval.target());
  Add(summary, "Reason", approval.task().reason());
  // "update shop.orders"; what is done stands before each.
  Add(summary, "Does", approval.objects().empty() ? approval.verb() : ctl::Joined(approval.objects()));
  Add(summary, "Statement", NormalisedText(approval));
  Add(summary, "Rule", approval.rule());
  if (notice.event == Event::kRequested) {
    Add(summary, "Needs", Needed(approval));
    Add(summary, "Until", ctl::IsoMillis(approval.expires_at_unix_ms()));
  } else if (notice.event == Event::kApproved || notice.event == Event::kDenied) {
    for (const v1::Vote& vote : approval.votes()) {
      if (vote.approve() == (notice.event == Event::kApproved) && summary.facts.size() < kMostFacts) {
        Add(summary, "By", absl::StrCat(vote.reviewer(), vote.reason().empty() ? "" : ": ", vote.reason()));
      }
    }
  } else {
    Add(summary, "Why", approval.ended_because());
  }
  return summary;
}

std::string LinkTo(const Notice& notice, const std::string& console) {
  return console.empty() ? "" : absl::StrCat(console, "/#/approvals/", notice.approval.id());
}

std::string Body(Format format, const Notice& notice, const std::string& console) {
  switch (format) {
    case Format::kJson: return JsonBody(notice, console);
    case Format::kSlack: return SlackBody(notice, console);
    case Format::kTeams: return TeamsBody(notice, console);
  }
  return "";
}

}  // namespace postern::notify
