#include "gateway/policy/masks.h"

#include <algorithm>

#include "common/config/cat.h"
#include "gateway/policy/names.h"

namespace postern::policy {
namespace {

// The place in the order that masks.h tells.
int StrictnessOf(MaskKind kind) {
  switch (kind) {
    case MaskKind::kNull: return 0;
    case MaskKind::kRedact: return 1;
    case MaskKind::kFixed: return 2;
    case MaskKind::kHash: return 3;
    case MaskKind::kDateYear: return 4;
    case MaskKind::kDateMonth: return 5;
    case MaskKind::kRound: return 6;
    case MaskKind::kEmail: return 7;
    case MaskKind::kKeepFirst: return 8;
    case MaskKind::kKeepLast: return 9;
  }
  return 0;
}

bool AppliesTo(const MaskRule& rule, const SessionFacts& session) {
  if (!rule.who.Covers(session.agent, session.groups, session.target)) return false;
  return std::none_of(session.groups.begin(), session.groups.end(),
                      [&](const std::string& group) { return MatchesAny(rule.except_groups, group); });
}

bool Touches(const std::string& pattern, std::string_view name) { return name == "*" || MayBeSame(pattern, name); }

bool TouchesColumn(const MaskRule& rule, std::string_view schema, std::string_view table, std::string_view column) {
  return std::any_of(rule.columns.begin(), rule.columns.end(), [&](const ColumnPattern& pattern) {
    return Touches(pattern.column, column) && Touches(pattern.table, table) &&
           (schema.empty() || Touches(pattern.schema, schema));
  });
}

}  // namespace

int CompareStrictness(const Mask& a, const Mask& b) {
  if (a.kind != b.kind) return StrictnessOf(a.kind) < StrictnessOf(b.kind) ? -1 : 1;
  if (a.count != b.count) return a.count < b.count ? -1 : 1;
  if (a.digits != b.digits) return a.digits < b.digits ? -1 : 1;
  return a.value.compare(b.value);
}

std::optional<MaskFor> MaskOf(const Rules& rules, const SessionFacts& session, std::string_view schema,
                              std::string_view table, std::string_view column) {
  if (schema.empty()) schema = session.default_schema;
  std::optional<MaskFor> found;
  for (const MaskRule& rule : rules.masks) {
    if (!AppliesTo(rule, session) || !TouchesColumn(rule, schema, table, column)) continue;
    if (!found) found = MaskFor{rule.mask, rule.use};
    if (CompareStrictness(rule.mask, found->mask) < 0) found->mask = rule.mask;
    found->use = std::min(found->use, rule.use);
  }
  return found;
}

Rules MasksWithoutExceptions(const Rules& rules) {
  Rules masks;
  masks.masks = rules.masks;
  for (MaskRule& rule : masks.masks) rule.except_groups.clear();
  return masks;
}

bool AnyMasks(const Rules& rules, const SessionFacts& session) {
  return std::any_of(rules.masks.begin(), rules.masks.end(),
                     [&](const MaskRule& rule) { return AppliesTo(rule, session); });
}

std::vector<const Detector*> DetectorsFor(const Rules& rules, const SessionFacts& session) {
  std::vector<const Detector*> detectors;
  for (const DetectorRule& rule : rules.detectors) {
    if (rule.who.Covers(session.agent, session.groups, session.target)) detectors.push_back(&rule.detector);
  }
  return detectors;
}

std::string MaskText(const Mask& mask) {
  switch (mask.kind) {
    case MaskKind::kRedact: return "redact";
    case MaskKind::kNull: return "null";
    case MaskKind::kHash: return config::Cat("hash: ", mask.count);
    case MaskKind::kKeepFirst: return config::Cat("keep_first: ", mask.count);
    case MaskKind::kKeepLast: return config::Cat("keep_last: ", mask.count);
    case MaskKind::kEmail: return "email";
    case MaskKind::kDateYear: return "date: year";
    case MaskKind::kDateMonth: return "date: month";
    case MaskKind::kRound: return config::Cat("round: ", mask.digits);
    case MaskKind::kFixed: return "fixed";
  }
  return "redact";
}

}  // namespace postern::policy
