// Slack's incoming webhooks. What agents wrote stands in plain_text objects only, where no markup, mention or link is looked
// for, and not in `text`, which is mrkdwn and what a phone announces.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include <nlohmann/json.hpp>

#include "gateway/notify/message.h"

namespace postern::notify {
namespace {

using nlohmann::ordered_json;

// The three characters that Slack takes for its own in any text.
std::string Escaped(const std::string& text) { return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}}); }

ordered_json PlainText(const std::string& text) { return {{"type", "plain_text"}, {"text", text}, {"emoji", false}}; }

}  // namespace

std::string SlackBody(const Notice& notice, const std::string& console) {
  const Summary summary = Summarise(notice);
  ordered_json fields = ordered_json::array();
  for (const auto& [label, value] : summary.facts) fields.push_back(PlainText(absl::StrCat(label, "\n", Escaped(value))));
  ordered_json blocks = ordered_json::array();
  blocks.push_back({{"type", "header"}, {"text", PlainText(summary.headline)}});
  blocks.push_back({{"type", "section"}, {"fields", std::move(fields)}});
  if (const std::string link = LinkTo(notice, console); !link.empty()) {
    const std::string markup = absl::StrCat("<", Escaped(link), "|Open it in the console>");
    blocks.push_back({{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", markup}, {"verbatim", true}}}});
  }
  const ordered_json body = {{"text", absl::StrCat("Postern: ", summary.headline, " (", notice.approval.id(), ")")},
                             {"blocks", std::move(blocks)}};
  return body.dump(-1, ' ', true);
}

}  // namespace postern::notify
