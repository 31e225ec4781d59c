#include "gateway/policy/load_rule.h"

#include <algorithm>
#include <limits>

#include "common/config/cat.h"
#include "gateway/policy/load_names.h"

namespace postern::policy {
namespace {

using config::Cat;
using config::Section;

constexpr config::Range<int64_t> kCounts = {0, std::numeric_limits<int64_t>::max()};

VerbSet ReadVerbs(Section& section, const Rule& rule) {
  const bool may_lack = rule.effect != Effect::kDeny &&
                        (section.Has("routines") || section.Has("functions") || section.Has("session"));
  const std::vector<std::string> words =
      may_lack && !section.Has("verbs") ? std::vector<std::string>() : section.Strings("verbs");
  VerbSet verbs;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "*" && rule.effect != Effect::kDeny) {
      section.ReportItem("verbs", i, "only a deny may say *; name the verbs or groups");
    } else if (words[i] != "*" && !sql::IsVerbPattern(words[i])) {
      section.ReportItem("verbs", i, Cat("unknown verb \"", words[i].substr(0, 64), "\""));
    } else if (i < sql::kVerbCount) {
      verbs.Add(words[i]);
    }
  }
  return verbs;
}

// tx_isolation is another name of transaction_isolation, and the reader of SQL says the latter.
std::string CanonicalVariable(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name == "tx_isolation") return "transaction_isolation";
  return name == "tx_read_only" ? "transaction_read_only" : name;
}

bool IsVariableName(std::string_view name) {
  return name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

std::vector<std::string> ReadSettings(Section& section) {
  std::vector<std::string> names = section.Strings("session", {});
  if (section.Has("session") && names.empty()) section.Report("session", "is empty; leave it out");
  for (size_t i = 0; i < names.size(); ++i) {
    names[i] = CanonicalVariable(names[i]);
    if (!IsVariableName(names[i])) section.ReportItem("session", i, "expected the name of a system variable");
  }
  return names;
}

std::optional<uint64_t> ReadCount(Section& section, std::string_view key) {
  const int64_t count = section.Int(key, -1, kCounts);
  return count < 0 ? std::nullopt : std::optional<uint64_t>(static_cast<uint64_t>(count));
}

StatementLimits ReadLimits(Section& section) {
  StatementLimits limits;
  limits.max_rows = ReadCount(section, "max_rows");
  limits.max_affected_rows = ReadCount(section, "max_affected_rows");
  const uint64_t bytes = section.Bytes("max_bytes", 0);
  if (section.Has("max_bytes")) limits.max_bytes = bytes;
  const absl::Duration time =
      section.Duration("max_execution_time", absl::InfiniteDuration(), {absl::Milliseconds(1), absl::Hours(24)});
  if (time != absl::InfiniteDuration()) limits.max_execution_time = time;
  return limits;
}

// Columns alone mean the tables they are in.
void ReadConditions(Section& section, Rule& rule) {
  rule.conditions.require_where = section.Bool("require_where", false);
  rule.conditions.require_limit = section.Bool("require_limit", false);
  rule.limits = ReadLimits(section);
  rule.calls = ReadCalls(section);
  rule.session = ReadSettings(section);
  if (!rule.objects.empty() || rule.conditions.columns.size() > kMaxPatterns) return;
  for (const ColumnPattern& column : rule.conditions.columns) rule.objects.Add({"", column.schema, column.table});
}

}  // namespace

HoldTerms ReadReviewers(Section& section) {
  HoldTerms hold;
  hold.reviewers = section.Strings("reviewers");
  std::sort(hold.reviewers.begin(), hold.reviewers.end());
  hold.reviewers.erase(std::unique(hold.reviewers.begin(), hold.reviewers.end()), hold.reviewers.end());
  hold.approvals_needed = static_cast<uint32_t>(section.Int("approvals", 1, {1, 16}));
  hold.wait = section.Duration("wait", hold.wait, {absl::Seconds(1), absl::Hours(24)});
  hold.reason_required = section.Word<bool>("reason", false, {{"optional", false}, {"required", true}});
  return hold;
}

namespace {

HoldTerms ReadHold(Section& section) {
  HoldTerms hold = ReadReviewers(section);
  hold.mode = section.Word<HoldMode>("mode", hold.mode, {{"wait", HoldMode::kWait}, {"ticket", HoldMode::kTicket}});
  hold.window = section.Duration("window", hold.window, {absl::Seconds(1), absl::Hours(24 * 7)});
  hold.preview = section.Bool("preview", hold.preview);
  return hold;
}

void ReadBody(Section& body, Rule& rule) {
  rule.objects = ReadObjects(body);
  rule.conditions.columns = ReadColumns(body);
  if (rule.effect != Effect::kDeny) {
    ReadConditions(body, rule);
  } else if (!rule.objects.empty() && !rule.conditions.columns.empty()) {
    body.Report("columns", "a deny names objects or columns, not both: write two rules");
  }
  rule.verbs = ReadVerbs(body, rule);
  if (rule.effect == Effect::kHold) rule.hold = ReadHold(body);
}

void ReadEffect(Section& section, Rule& rule) {
  int effects = 0;
  for (const Effect effect : {Effect::kAllow, Effect::kHold, Effect::kDeny}) {
    Section body = section.Optional(EffectName(effect));
    if (!section.Has(EffectName(effect))) continue;
    ++effects;
    rule.effect = effect;
    if (body.present()) ReadBody(body, rule);
  }
  if (effects != 1) section.Report("", "needs one of allow, hold and deny");
}

std::string ReadRuleName(Section& section, std::set<std::string>& names) {
  std::string name = section.String("name");
  if (!IsPlainName(name)) section.Report("name", "expected at most 64 printable characters without blanks");
  if (IsBuiltin(name)) section.Report("name", "is the name of a built-in rule");
  if (!name.empty() && !names.insert(name).second) section.Report("name", "stands here twice");
  return name;
}

void ReadDays(Section& section, TimeWindow& window) {
  if (!section.Has("days")) return;
  window.days.reset();
  const std::vector<std::string> days = section.Strings("days");
  for (size_t i = 0; i < days.size(); ++i) {
    if (const auto day = ParseDay(days[i])) {
      window.days.set(*day);
    } else {
      section.ReportItem("days", i, "expected mon, tue, wed, thu, fri, sat or sun");
    }
  }
}

std::optional<TimeWindow> ReadWindow(Section& rule) {
  Section section = rule.Optional("when");
  if (!section.present()) return std::nullopt;
  TimeWindow window;
  ReadDays(section, window);
  const std::string hours = section.String("hours", "00:00-24:00");
  if (section.Has("hours") && !ParseHours(hours, window)) {
    section.Report("hours", "expected hours such as \"06:00-22:00\" or, over midnight, \"22:00-06:00\"; a day ends at 24:00");
  }
  const auto zone = FindTimeZone(section.String("timezone", "UTC"));
  if (!zone) section.Report("timezone", "expected a name of the tz database, such as Europe/Berlin");
  window.zone = zone.value_or(absl::UTCTimeZone());
  if (!section.Has("days") && !section.Has("hours")) section.Report("", "needs days, hours or both");
  return window;
}

}  // namespace

Rule ReadRule(Section& section, std::set<std::string>& names) {
  Rule rule;
  rule.name = ReadRuleName(section, names);
  rule.who = ReadWho(section);
  rule.when = ReadWindow(section);
  ReadEffect(section, rule);
  rule.multi_statements = section.Bool("multi_statements", false);
  if (rule.multi_statements && rule.effect == Effect::kDeny) {
    section.Report("multi_statements", "says nothing with deny");
  }
  return rule;
}

}  // namespace postern::policy
