#include "gateway/policy/load_rules.h"

#include <openssl/sha.h>

#include <algorithm>
#include <limits>
#include <set>

#include "common/config/cat.h"
#include "common/config/document.h"
#include "gateway/policy/load_masks.h"
#include "gateway/policy/load_names.h"
#include "gateway/policy/load_rule.h"
#include "gateway/policy/rule_index.h"

namespace postern::policy {
namespace {

using config::Cat;
using config::Section;

constexpr size_t kMaxRules = 2000;  // RuleBits hold as many
constexpr size_t kMaxDetectors = 64;
constexpr size_t kMaxDetectorPatterns = 64;  // of all of them: each is a look at every text that is shown
constexpr int64_t kMaxMaskedValues = 1'000'000;  // the gateway remembers each one of an open task

BudgetTerms ReadBudgets(Section& access) {
  BudgetTerms terms;
  Section section = access.Optional("budgets");
  if (!section.present()) return terms;
  const auto read = [&](std::string_view key, std::optional<uint64_t>& limit) {
    const int64_t count = section.Int(key, 0, {1, std::numeric_limits<int64_t>::max()});
    if (section.Has(key)) limit = static_cast<uint64_t>(count);
  };
  read("statements", terms.statements);
  read("rows", terms.rows);
  const uint64_t bytes = section.Bytes("bytes", 1);
  if (section.Has("bytes")) terms.bytes = bytes;
  const int64_t masked_values = section.Int("masked_values", 0, {1, kMaxMaskedValues});
  if (section.Has("masked_values")) terms.masked_values = static_cast<uint64_t>(masked_values);
  if (!terms.any()) section.Report("", "needs statements, rows, bytes or masked_values");
  return terms;
}

AccessEntry ReadAccess(Section& section) {
  AccessEntry entry;
  entry.who = ReadWho(section);
  AccessTerms& terms = entry.terms;
  terms.open = section.RequiredWord<Open>(
      "open", {{"automatic", Open::kAutomatic}, {"approval", Open::kApproval}, {"refused", Open::kRefused}});
  if (terms.open == Open::kRefused) return entry;
  if (terms.open == Open::kApproval) terms.approval = ReadReviewers(section);
  terms.max_ttl = section.Duration("max_ttl", terms.max_ttl, {absl::Seconds(1), absl::Hours(24 * 30)});
  terms.idle = section.Duration("idle", terms.idle, {absl::Seconds(1), absl::Hours(24 * 30)});
  terms.connections = static_cast<uint32_t>(section.Int("connections", terms.connections, {1, 100'000}));
  terms.budget = ReadBudgets(section);
  return entry;
}

void ReadPolicy(Section& root, Rules& rules) {
  root.RequiredInt("version", {1, 1});
  std::set<std::string> names;
  root.EachItem("rules", [&](Section& section) { rules.rules.push_back(ReadRule(section, names)); });
  root.EachItem("access", [&](Section& section) { rules.access.push_back(ReadAccess(section)); });
  root.EachItem("masks", [&](Section& section) { rules.masks.push_back(ReadMask(section)); });
  root.EachItem("detectors", [&](Section& section) { rules.detectors.push_back(ReadDetector(section)); });
  const auto bound = [&](std::string_view key, size_t entries, size_t most) {
    if (entries > most) root.Report(key, Cat("more than ", most, " entries"));
  };
  bound("rules", rules.rules.size(), kMaxRules);
  bound("access", rules.access.size(), kMaxRules);
  bound("masks", rules.masks.size(), kMaxRules);
  bound("detectors", rules.detectors.size(), kMaxDetectors);
  size_t patterns = 0;
  for (const DetectorRule& rule : rules.detectors) patterns += rule.detector.patterns.size();
  if (patterns > kMaxDetectorPatterns) root.Report("detectors", Cat("have more than ", kMaxDetectorPatterns, " patterns in all"));
  std::sort(rules.rules.begin(), rules.rules.end(), [](const Rule& a, const Rule& b) { return a.name < b.name; });
}

config::Loaded<RulesPtr> Read(config::Document document) {
  auto rules = std::make_shared<Rules>();
  {
    Section root = document.root();
    ReadPolicy(root, *rules);
  }
  IndexRules(*rules);
  rules->text = document.text();
  rules->version = VersionOf(rules->text);
  return config::Loaded<RulesPtr>::From(std::move(rules), document.TakeProblems());
}

const config::DocumentLimits kLimits = {.max_bytes = kMaxPolicyBytes, .max_depth = 16};

}  // namespace

std::string VersionOf(std::string_view text) {
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

config::Loaded<RulesPtr> LoadRules(const std::string& path) { return Read(config::Document::FromFile(path, kLimits)); }

config::Loaded<RulesPtr> ParseRules(std::string_view text, const std::string& name) {
  return Read(config::Document::FromText(text, name, kLimits));
}

}  // namespace postern::policy
