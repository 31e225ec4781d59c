// Microsoft Teams: a message with an Adaptive Card. What agents wrote stands in TextRuns only: TextBlocks and facts are Markdown.
#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include "gateway/notify/message.h"

namespace postern::notify {
namespace {

using nlohmann::ordered_json;

ordered_json Line(const std::string& label, const std::string& value) {
  ordered_json runs = ordered_json::array();
  runs.push_back({{"type", "TextRun"}, {"text", absl::StrCat(label, ": ")}, {"weight", "Bolder"}});
  runs.push_back({{"type", "TextRun"}, {"text", value}});
  return {{"type", "RichTextBlock"}, {"spacing", "Small"}, {"inlines", std::move(runs)}};
}

}  // namespace

std::string TeamsBody(const Notice& notice, const std::string& console) {
  const Summary summary = Summarise(notice);
  ordered_json lines = ordered_json::array();
  lines.push_back({{"type", "TextBlock"}, {"text", summary.headline}, {"size", "Medium"}, {"weight", "Bolder"}, {"wrap", true}});
  for (const auto& [label, value] : summary.facts) lines.push_back(Line(label, value));
  ordered_json card = {{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                       {"type", "AdaptiveCard"},
                       {"version", "1.4"},
                       {"body", std::move(lines)}};
  if (const std::string link = LinkTo(notice, console); !link.empty()) {
    card["actions"] = ordered_json::array({{{"type", "Action.OpenUrl"}, {"title", "Open it in the console"}, {"url", link}}});
  }
  ordered_json attachments = ordered_json::array();
  attachments.push_back({{"contentType", "application/vnd.microsoft.card.adaptive"}, {"contentUrl", nullptr}, {"content", std::move(card)}});
  const ordered_json body = {{"type", "message"}, {"attachments", std::move(attachments)}};
  return body.dump(-1, ' ', true);
}

}  // namespace postern::notify
