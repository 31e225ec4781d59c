#include "gateway/masking/detectors/detector.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "gateway/masking/detectors/scanners.h"

namespace postern::masking {
namespace {

Looked LookCloser(std::string_view text, size_t at, Trigger trigger, const Detector& wanted) {
  switch (trigger) {
    case Trigger::kDigit:
      return LookAtNumber(text, at, wanted);
    case Trigger::kAt:
      return LookAtAddress(text, at);
    case Trigger::kJay:
      return LookAtJwt(text, at);
    case Trigger::kKeyLetter:
      return LookAtApiKey(text, at);
    case Trigger::kHyphen: {
      Looked key = wanted.Wants(Kind::kPrivateKey) ? LookAtPrivateKey(text, at) : Looked{{}, at + 1};
      if (!key.found && wanted.Wants(Kind::kApiKey)) key = LookAtApiKey(text, at);
      return key;
    }
    case Trigger::kNothing:
      break;
  }
  return {{}, at + 1};
}

// What overlaps becomes one, of the kind of what begins first, or is longer.
void Unite(std::vector<Span>& spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
  size_t kept = 0;
  for (const Span& span : spans) {
    if (kept > 0 && span.begin < spans[kept - 1].end) {
      spans[kept - 1].end = std::max(spans[kept - 1].end, span.end);
      spans[kept - 1].mask |= span.mask;
    } else {
      spans[kept++] = span;
    }
  }
  spans.resize(kept);
}

}  // namespace

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kCard:
      return "card";
    case Kind::kEmail:
      return "email";
    case Kind::kIban:
      return "iban";
    case Kind::kSsn:
      return "ssn";
    case Kind::kPhone:
      return "phone";
    case Kind::kJwt:
      return "jwt";
    case Kind::kApiKey:
      return "api_key";
    case Kind::kPrivateKey:
      return "private_key";
    case Kind::kPattern:
      return "pattern";
  }
  return "?";
}

void Findings::Add(const Findings& other) {
  for (size_t i = 0; i < kKinds; ++i) by_kind[i] += other.by_kind[i];
}

uint64_t Findings::total() const {
  uint64_t sum = 0;
  for (const uint64_t count : by_kind) sum += count;
  return sum;
}

Detector::~Detector() = default;

absl::StatusOr<std::shared_ptr<const Detector>> Detector::Make(const Options& options) {
  return Make(std::span(&options, 1));
}

absl::StatusOr<std::shared_ptr<const Detector>> Detector::Make(std::span<const Options> several) {
  std::shared_ptr<Detector> detector(new Detector());
  for (const Options& options : several) {
    detector->Want(options);
    if (absl::Status added = detector->AddPatterns(options); !added.ok()) return added;
  }
  return std::shared_ptr<const Detector>(std::move(detector));
}

void Detector::Want(const Options& options) {
  for (const Kind kind : options.kinds) {
    kinds_ |= 1u << static_cast<unsigned>(kind);
    if (options.mask) masked_kinds_ |= 1u << static_cast<unsigned>(kind);
  }
  const auto look_for = [&](std::string_view bytes, Trigger trigger) {
    for (const char c : bytes) classes_[static_cast<uint8_t>(c)] = static_cast<uint8_t>(trigger);
  };
  if (Wants(Kind::kCard) || Wants(Kind::kIban) || Wants(Kind::kSsn) || Wants(Kind::kPhone)) {
    look_for("0123456789", Trigger::kDigit);
  }
  if (Wants(Kind::kEmail)) look_for("@", Trigger::kAt);
  if (Wants(Kind::kJwt)) look_for("J", Trigger::kJay);
  if (Wants(Kind::kApiKey)) look_for("_xIz", Trigger::kKeyLetter);
  if (Wants(Kind::kApiKey) || Wants(Kind::kPrivateKey)) look_for("-", Trigger::kHyphen);
}

absl::Status Detector::AddPatterns(const Options& options) {
  if (patterns_.size() + options.patterns.size() > kMaxPatterns) return absl::InvalidArgumentError("there are too many patterns");
  re2::RE2::Options re2_options;
  re2_options.set_log_errors(false);
  re2_options.set_max_mem(Detector::kPatternMemoryBytes);
  for (const std::string& pattern : options.patterns) {
    if (pattern.size() > kMaxPatternBytes) return absl::InvalidArgumentError("a pattern is too long");
    auto compiled = std::make_unique<const re2::RE2>(pattern, re2_options);
    if (!compiled->ok()) return absl::InvalidArgumentError("a pattern is wrong: " + compiled->error());
    if (re2::RE2::PartialMatch("", *compiled)) return absl::InvalidArgumentError("a pattern matches where nothing is");
    patterns_.push_back({std::move(compiled), options.mask});
  }
  return absl::OkStatus();
}

void Detector::Find(std::string_view text, std::vector<Span>& spans) const {
  spans.clear();
  const char* const data = text.data();
  const size_t size = text.size();
  for (size_t at = 0; at < size;) {
    while (at < size && classes_[static_cast<uint8_t>(data[at])] == 0) ++at;
    if (at == size) break;
    const auto trigger = static_cast<Trigger>(classes_[static_cast<uint8_t>(data[at])]);
    if (trigger == Trigger::kDigit && !MayBeNumber(text, at)) {
      at = WordEnd(text, at);
      continue;
    }
    const Looked looked = LookCloser(text, at, trigger, *this);
    if (looked.found) {
      spans.push_back(*looked.found);
      spans.back().mask = Has(masked_kinds_, spans.back().kind);
    }
    at = looked.next;
  }
  if (!patterns_.empty()) FindPatterns(text, spans);
  if (spans.size() > 1) Unite(spans);
}

void Detector::FindPatterns(std::string_view text, std::vector<Span>& spans) const {
  const re2::StringPiece all(text.data(), text.size());
  for (const Pattern& pattern : patterns_) {
    size_t at = 0;
    re2::StringPiece match;
    while (at < text.size() && pattern.compiled->Match(all, at, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
      const auto begin = static_cast<size_t>(match.data() - text.data());
      if (!match.empty()) spans.push_back({Kind::kPattern, begin, begin + match.size(), pattern.mask});
      at = std::max(begin + match.size(), at + 1);
    }
  }
}

}  // namespace postern::masking
