#include "gateway/policy/load_rules.h"

#include <openssl/sha.h>

#include <algorithm>
#include <set>

#include "common/config/cat.h"
#include "common/config/document.h"
#include "common/sql/facts/facts.h"
#include "common/sql/facts/verb.h"

namespace postern::policy {
namespace {

using config::Cat;
using config::Section;

constexpr size_t kMaxRules = 2000;

std::string ShortHash(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string out;
  for (size_t i = 0; i < 6; ++i) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 15];
  }
  return out;
}

// A star stands at the end or nowhere.
bool IsNamePattern(std::string_view pattern) {
  const size_t star = pattern.find('*');
  return !pattern.empty() && (star == std::string_view::npos || star == pattern.size() - 1);
}

std::vector<std::string> ReadPatterns(Section& section, std::string_view key) {
  std::vector<std::string> patterns = section.Strings(key, {});
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (!IsNamePattern(patterns[i])) section.ReportItem(key, i, "a * may stand only at the end");
  }
  return patterns;
}

Who ReadWho(Section& section) {
  Who who;
  who.agents = ReadPatterns(section, "agents");
  who.groups = ReadPatterns(section, "groups");
  if (who.agents.empty() && who.groups.empty()) section.Report("", "needs agents, groups or both");
  if (section.Strings("targets").empty()) return who;
  who.targets = ReadPatterns(section, "targets");
  return who;
}

bool IsKind(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(sql::ObjectKind::kVariable); ++i) {
    if (sql::ObjectKindName(static_cast<sql::ObjectKind>(i)) == name) return true;
  }
  return false;
}

std::optional<ObjectPattern> ParseObject(std::string_view text) {
  if (text == "*") return ObjectPattern{"", "*", "*"};
  const bool outside = text.starts_with('@');
  if (outside) text.remove_prefix(1);
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view first = text.substr(0, dot);
  const std::string_view second = text.substr(dot + 1);
  if (!IsNamePattern(first) || !IsNamePattern(second)) return std::nullopt;
  if (outside && !IsKind(first)) return std::nullopt;
  if (outside) return ObjectPattern{std::string(first), "", std::string(second)};
  if (second.find('.') != std::string_view::npos) return std::nullopt;
  return ObjectPattern{"", std::string(first), std::string(second)};
}

std::vector<ObjectPattern> ReadObjects(Section& section) {
  std::vector<ObjectPattern> objects;
  const std::vector<std::string> texts = section.Strings("objects", {});
  if (section.Has("objects") && texts.empty()) section.Report("objects", "is empty; leave it out");
  for (size_t i = 0; i < texts.size(); ++i) {
    std::optional<ObjectPattern> object = ParseObject(texts[i]);
    if (!object) {
      section.ReportItem("objects", i, "expected schema.table, schema.*, * or @kind.name");
    } else {
      objects.push_back(*std::move(object));
    }
  }
  return objects;
}

std::vector<std::string> ReadVerbs(Section& section, Effect effect) {
  std::vector<std::string> verbs = section.Strings("verbs");
  for (size_t i = 0; i < verbs.size(); ++i) {
    if (verbs[i] == "*" && effect != Effect::kDeny) {
      section.ReportItem("verbs", i, "only a deny may say *; name the verbs or groups");
    } else if (verbs[i] != "*" && !sql::IsVerbPattern(verbs[i])) {
      section.ReportItem("verbs", i, Cat("unknown verb \"", verbs[i].substr(0, 64), "\""));
    }
  }
  return verbs;
}

HoldTerms ReadHold(Section& section) {
  HoldTerms hold;
  hold.reviewers = section.Strings("reviewers");
  std::sort(hold.reviewers.begin(), hold.reviewers.end());
  hold.reviewers.erase(std::unique(hold.reviewers.begin(), hold.reviewers.end()), hold.reviewers.end());
  hold.approvals_needed = static_cast<uint32_t>(section.Int("approvals", 1, {1, 16}));
  hold.wait = section.Duration("wait", absl::Minutes(10), {absl::Seconds(1), absl::Hours(24)});
  return hold;
}

void ReadEffect(Section& section, Rule& rule) {
  int effects = 0;
  for (const Effect effect : {Effect::kAllow, Effect::kHold, Effect::kDeny}) {
    Section body = section.Optional(EffectName(effect));
    if (!section.Has(EffectName(effect))) continue;
    ++effects;
    rule.effect = effect;
    if (!body.present()) continue;
    rule.verbs = ReadVerbs(body, effect);
    rule.objects = ReadObjects(body);
    if (effect == Effect::kHold) rule.hold = ReadHold(body);
  }
  if (effects != 1) section.Report("", "needs one of allow, hold and deny");
}

std::string ReadRuleName(Section& section, std::set<std::string>& names) {
  std::string name = section.String("name");
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '"'; });
  if (!printable || name.size() > 64) section.Report("name", "expected at most 64 printable characters without blanks");
  if (IsBuiltin(name)) section.Report("name", "is the name of a built-in rule");
  if (!name.empty() && !names.insert(name).second) section.Report("name", "stands here twice");
  return name;
}

Rule ReadRule(Section& section, std::set<std::string>& names) {
  Rule rule;
  rule.name = ReadRuleName(section, names);
  rule.who = ReadWho(section);
  ReadEffect(section, rule);
  rule.multi_statements = section.Bool("multi_statements", false);
  if (rule.multi_statements && rule.effect == Effect::kDeny) {
    section.Report("multi_statements", "says nothing with deny");
  }
  return rule;
}

AccessEntry ReadAccess(Section& section) {
  AccessEntry entry;
  entry.who = ReadWho(section);
  enum class Open { kAutomatic };
  section.RequiredWord<Open>("open", {{"automatic", Open::kAutomatic}});
  AccessTerms& terms = entry.terms;
  terms.max_ttl = section.Duration("max_ttl", terms.max_ttl, {absl::Seconds(1), absl::Hours(24 * 30)});
  terms.idle = section.Duration("idle", terms.idle, {absl::Seconds(1), absl::Hours(24 * 30)});
  terms.connections = static_cast<uint32_t>(section.Int("connections", terms.connections, {1, 100'000}));
  return entry;
}

void ReadPolicy(Section& root, Rules& rules) {
  root.RequiredInt("version", {1, 1});
  std::set<std::string> names;
  root.EachItem("rules", [&](Section& section) { rules.rules.push_back(ReadRule(section, names)); });
  root.EachItem("access", [&](Section& section) { rules.access.push_back(ReadAccess(section)); });
  if (rules.rules.size() > kMaxRules) root.Report("rules", Cat("more than ", kMaxRules, " rules"));
  if (rules.access.size() > kMaxRules) root.Report("access", Cat("more than ", kMaxRules, " entries"));
  std::sort(rules.rules.begin(), rules.rules.end(), [](const Rule& a, const Rule& b) { return a.name < b.name; });
}

config::Loaded<RulesPtr> Read(config::Document document) {
  auto rules = std::make_shared<Rules>();
  {
    Section root = document.root();
    ReadPolicy(root, *rules);
  }
  rules->text = document.text();
  rules->version = ShortHash(rules->text);
  return config::Loaded<RulesPtr>::From(std::move(rules), document.TakeProblems());
}

const config::DocumentLimits kLimits = {.max_bytes = kMaxPolicyBytes, .max_depth = 16};

}  // namespace

config::Loaded<RulesPtr> LoadRules(const std::string& path) { return Read(config::Document::FromFile(path, kLimits)); }

config::Loaded<RulesPtr> ParseRules(std::string_view text, const std::string& name) {
  return Read(config::Document::FromText(text, name, kLimits));
}

}  // namespace postern::policy
