#include "gateway/policy/load_masks.h"

#include <re2/re2.h>

#include <algorithm>
#include <iterator>

#include "common/config/cat.h"
#include "gateway/policy/load_names.h"

namespace postern::policy {
namespace {

using config::Section;

constexpr int64_t kHashDefault = 32;
constexpr config::Range<int64_t> kHashCharacters = {8, 64};  // of the 64 of an HMAC-SHA-256 in hex
constexpr config::Range<int64_t> kKept = {1, 64};
constexpr config::Range<int64_t> kDigits = {-18, 18};
constexpr size_t kMaxFixedBytes = 1024;
constexpr size_t kMaxPatternBytes = 1024;
constexpr int64_t kMaxPatternMemory = int64_t{1} << 20;  // of the compiled program

Mask Counted(Section& with, std::string_view key, MaskKind kind, config::Range<int64_t> range) {
  return {.kind = kind, .count = static_cast<uint32_t>(with.Int(key, range.min, range))};
}

// `with: { keep_last: 4 }`: exactly one key.
Mask ReadMaskWithArgument(Section& with) {
  if (with.Keys().size() != 1) {
    with.Report("", "expected one mask, such as { keep_last: 4 }");
    return {};
  }
  if (with.Has("hash")) return Counted(with, "hash", MaskKind::kHash, kHashCharacters);
  if (with.Has("keep_first")) return Counted(with, "keep_first", MaskKind::kKeepFirst, kKept);
  if (with.Has("keep_last")) return Counted(with, "keep_last", MaskKind::kKeepLast, kKept);
  if (with.Has("round")) {
    return {.kind = MaskKind::kRound, .digits = static_cast<int32_t>(with.Int("round", 0, kDigits))};
  }
  if (with.Has("date")) {
    return {.kind = with.RequiredWord<MaskKind>("date", {{"year", MaskKind::kDateYear}, {"month", MaskKind::kDateMonth}})};
  }
  Mask fixed{.kind = MaskKind::kFixed};
  if (!with.Has("fixed")) return fixed;  // the section reports the unknown key
  fixed.value = with.String("fixed");
  if (fixed.value.size() > kMaxFixedBytes) with.Report("fixed", "is longer than 1024 bytes");
  return fixed;
}

Mask ReadWith(Section& section) {
  if (section.IsMapping("with")) {
    Section with = section.Optional("with");
    return ReadMaskWithArgument(with);
  }
  if (section.IsNull("with")) return {.kind = MaskKind::kNull};
  const auto kind = section.RequiredWord<MaskKind>("with", {{"redact", MaskKind::kRedact},
                                                            {"null", MaskKind::kNull},
                                                            {"hash", MaskKind::kHash},
                                                            {"email", MaskKind::kEmail}});
  return {.kind = kind, .count = kind == MaskKind::kHash ? static_cast<uint32_t>(kHashDefault) : 0};
}

// RE2 takes time in proportion to the text whatever the pattern, but memory in proportion to the pattern.
void TryPattern(Section& section, const std::string& source) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternMemory);
  const re2::RE2 compiled(source, options);
  if (!compiled.ok()) {
    section.Report("re2", "is no pattern: " + compiled.error());
  } else if (re2::RE2::PartialMatch("", compiled)) {
    section.Report("re2", "matches the empty text, so it would match everything");
  }
}

DetectorPattern ReadPattern(Section& section) {
  DetectorPattern pattern;
  pattern.name = section.String("name");
  if (!IsPlainName(pattern.name)) section.Report("name", "expected at most 64 printable characters without blanks");
  pattern.source = section.String("re2");
  if (pattern.source.size() > kMaxPatternBytes) {
    section.Report("re2", config::Cat("is longer than ", kMaxPatternBytes, " bytes"));
  } else if (!pattern.source.empty()) {
    TryPattern(section, pattern.source);
  }
  return pattern;
}

void ReadKinds(Section& section, Detector& detector) {
  const std::vector<std::string> kinds = section.Strings("kinds", {});
  for (size_t i = 0; i < kinds.size(); ++i) {
    const auto* const found = std::find(std::begin(kDetectorKindNames), std::end(kDetectorKindNames), kinds[i]);
    if (found == std::end(kDetectorKindNames)) {
      section.ReportItem("kinds", i, "expected one of " + config::Join(kDetectorKindNames, ", "));
    } else {
      detector.kinds.set(static_cast<size_t>(found - std::begin(kDetectorKindNames)));
    }
  }
}

}  // namespace

MaskRule ReadMask(Section& section) {
  MaskRule rule;
  rule.who = ReadOptionalWho(section);
  rule.except_groups = ReadPatterns(section, "except_groups");
  if (!section.Has("columns")) section.Report("", "needs columns");
  rule.columns = ReadColumns(section);
  rule.mask = ReadWith(section);
  rule.use = section.Word<MaskedUse>("masked_use", MaskedUse::kRefuse,
                                     {{"refuse", MaskedUse::kRefuse},
                                      {"compare_equal", MaskedUse::kCompareEqual},
                                      {"any", MaskedUse::kAny}});
  return rule;
}

DetectorRule ReadDetector(Section& section) {
  DetectorRule rule;
  rule.who = ReadOptionalWho(section);
  ReadKinds(section, rule.detector);
  section.EachItem("patterns", [&](Section& pattern) { rule.detector.patterns.push_back(ReadPattern(pattern)); });
  if (section.Strings("kinds", {}).empty() && rule.detector.patterns.empty()) section.Report("", "needs kinds, patterns or both");
  rule.detector.action = section.RequiredWord<DetectorAction>(
      "action", {{"report", DetectorAction::kReport}, {"mask", DetectorAction::kMask}});
  return rule;
}

}  // namespace postern::policy
