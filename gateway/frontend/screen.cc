#include "gateway/frontend/screen.h"

#include <utility>
#include <vector>

#include "gateway/frontend/prediction.h"
#include "gateway/frontend/refusal.h"
#include "gateway/policy/masks.h"

namespace postern::frontend {
namespace {

masking::Detector::Options OptionsOf(const policy::Detector& from) {
  masking::Detector::Options options;
  const auto add = [&](policy::DetectorKind wanted, masking::Kind kind) {
    if (from.Looks(wanted)) options.kinds.push_back(kind);
  };
  add(policy::DetectorKind::kCard, masking::Kind::kCard);
  add(policy::DetectorKind::kEmail, masking::Kind::kEmail);
  add(policy::DetectorKind::kIban, masking::Kind::kIban);
  add(policy::DetectorKind::kSsn, masking::Kind::kSsn);
  add(policy::DetectorKind::kPhone, masking::Kind::kPhone);
  add(policy::DetectorKind::kJwt, masking::Kind::kJwt);
  add(policy::DetectorKind::kApiKey, masking::Kind::kApiKey);
  add(policy::DetectorKind::kApiKey, masking::Kind::kPrivateKey);
  for (const policy::DetectorPattern& pattern : from.patterns) options.patterns.push_back(pattern.source);
  options.mask = from.action == policy::DetectorAction::kMask;
  return options;
}

// One for all that policy wants. The policy's loader has bounded and tried the patterns of all of them together; if they are
// not taken here all the same, every text is found, so that nothing passes unseen.
std::shared_ptr<const masking::Detector> DetectorOf(const std::vector<const policy::Detector*>& wanted) {
  if (wanted.empty()) return nullptr;
  std::vector<masking::Detector::Options> several;
  for (const policy::Detector* detector : wanted) several.push_back(OptionsOf(*detector));
  auto made = masking::Detector::Make(several);
  if (made.ok()) return *std::move(made);
  return *masking::Detector::Make({.kinds = {}, .patterns = {"(?s).+"}, .mask = true});
}

uint16_t CollationOf(sql::Charset charset) {
  switch (charset) {
    case sql::Charset::kUtf8mb3: return 33;
    case sql::Charset::kLatin1: return 8;
    case sql::Charset::kAscii: return 11;
    case sql::Charset::kBinary: return 63;
    case sql::Charset::kUtf8mb4:
    case sql::Charset::kUnsafe: return 45;
  }
  return 45;
}

}  // namespace

bool NeedsScreen(SessionState& s, const Errand& errand) {
  if (errand.rules != nullptr && s.detector_of != errand.rules->version) {
    s.detector_of = errand.rules->version;
    s.detector = DetectorOf(policy::DetectorsFor(*errand.rules, s.Facts()));
  }
  return errand.masks.in_force || s.detector != nullptr;
}

Screen::Screen(SessionState& s, const Errand& errand) : s_(s), errand_(errand), session_(s.Facts()) {}

masking::Verdict Screen::OnColumns(Columns columns, size_t result) {
  const policy::MaskPlan& plan = errand_.masks;
  std::vector<std::optional<policy::Mask>> masks(columns.size());
  if (!plan.in_force) return Let(columns, masks);
  if (plan.shows_warnings && columns.size() > 1) {  // one: SHOW COUNT(*) WARNINGS
    auto warnings = masking::RowMasks::ForWarnings(columns, {s_.mask_key, CollationOf(s_.dialect.charset)});
    if (!warnings.ok()) return Withhold("the warnings have other columns than warnings have");
    return {*std::move(warnings), {}};
  }
  const bool planned = plan.predicted && result == 0;
  if (planned) {
    if (std::string why = DifferenceFrom(plan, columns); !why.empty()) return Withhold(std::move(why));
    for (size_t i = 0; i < masks.size(); ++i) masks[i] = plan.outputs[i].mask;
  }
  if (std::string why = UnplannedMasked(*errand_.rules, session_, plan, planned, columns); !why.empty()) {
    return Withhold(std::move(why));
  }
  return Let(columns, masks);
}

std::optional<mysql::ErrPacket> Screen::AfterRow() {
  if (witness() == nullptr || !s_.login.task->budget().masked_values_overspent()) return std::nullopt;
  s_.Interrupt();
  return MaskedValuesUsedUp(s_, errand_).error;
}

masking::ValueWitness* Screen::witness() { return s_.login.task->budget().counts_masked_values() ? this : nullptr; }

void Screen::OnMasked(std::string_view value) { s_.login.task->budget().CountMasked(value); }

masking::Verdict Screen::Let(Columns columns, std::span<const std::optional<policy::Mask>> masks) const {
  auto compiled = masking::RowMasks::Compile(columns, masks, {s_.mask_key, CollationOf(s_.dialect.charset)}, s_.detector);
  if (compiled.ok()) return {*std::move(compiled), {}};
  const std::string why(compiled.status().message());
  return {nullptr, Contradiction(errand_, why).error};
}

masking::Verdict Screen::Withhold(std::string why) {
  contradiction_ = std::move(why);
  return {nullptr, Contradiction(errand_, contradiction_).error};
}

}  // namespace postern::frontend
