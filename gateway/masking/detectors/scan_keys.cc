// Addresses, tokens and keys.
#include <algorithm>
#include <array>

#include "gateway/masking/detectors/scanners.h"

namespace postern::masking {
namespace {

constexpr size_t kMaxLocalPart = 64;
constexpr size_t kMaxDomain = 253;
constexpr size_t kMinJwtPart = 8;  // of header and payload, in base64

bool IsLocalByte(char c) { return IsWordByte(c) || c == '.' || c == '+' || c == '-' || c == '%' || c == '\''; }
bool IsDomainByte(char c) { return IsLetter(c) || IsDigit(c) || c == '-' || c == '.'; }

template <typename Predicate>
size_t RunEnd(std::string_view text, size_t at, size_t most, Predicate is_part) {
  const size_t end = std::min(text.size(), at + most);
  while (at < end && is_part(text[at])) ++at;
  return at;
}

// The last label is of two letters or more; dots and hyphens at the end belong to the sentence.
bool IsDomainName(std::string_view domain) {
  const size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || domain.find("..") != std::string_view::npos) return false;
  const std::string_view last = domain.substr(dot + 1);
  return last.size() >= 2 && std::all_of(last.begin(), last.end(), IsLetter);
}

struct KeyShape {
  std::string_view prefix;
  char trigger;  // the byte of the prefix that is looked for
  size_t trigger_at;
  size_t least;  // bytes after the prefix
  size_t most;
  bool upper_only;
};

constexpr size_t kAnyLength = 255;
constexpr KeyShape kShapes[] = {
    {"AKIA", 'I', 2, 16, 16, true},
    {"ASIA", 'I', 2, 16, 16, true},
    {"AIza", 'z', 2, 35, 35, false},
    {"ghp_", '_', 3, 36, kAnyLength, false},
    {"gho_", '_', 3, 36, kAnyLength, false},
    {"ghu_", '_', 3, 36, kAnyLength, false},
    {"ghs_", '_', 3, 36, kAnyLength, false},
    {"ghr_", '_', 3, 36, kAnyLength, false},
    {"github_pat_", '_', 6, 22, kAnyLength, false},
    {"glpat-", '-', 5, 20, kAnyLength, false},
    {"xoxb-", 'x', 2, 10, kAnyLength, false},
    {"xoxp-", 'x', 2, 10, kAnyLength, false},
    {"xoxa-", 'x', 2, 10, kAnyLength, false},
    {"xoxr-", 'x', 2, 10, kAnyLength, false},
    {"xoxs-", 'x', 2, 10, kAnyLength, false},
    {"xoxe-", 'x', 2, 10, kAnyLength, false},
    {"sk_live_", '_', 2, 16, kAnyLength, false},
    {"rk_live_", '_', 2, 16, kAnyLength, false},
    {"sk_test_", '_', 2, 16, kAnyLength, false},
};

// Which bytes stand before the trigger in some prefix, by the trigger: few of the bytes that are looked for are part of a key.
constexpr std::array<std::array<bool, 256>, 128> BeforeTriggers() {
  std::array<std::array<bool, 256>, 128> table{};
  for (const KeyShape& shape : kShapes) {
    table[static_cast<uint8_t>(shape.trigger)][static_cast<uint8_t>(shape.prefix[shape.trigger_at - 1])] = true;
  }
  return table;
}
constexpr auto kBeforeTriggers = BeforeTriggers();

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kPrivateKeyWords = "PRIVATE KEY";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr size_t kMaxLabel = 64;

}  // namespace

Looked LookAtAddress(std::string_view text, size_t at) {
  const size_t next = at + 1;
  size_t begin = at;
  while (begin > 0 && at - begin < kMaxLocalPart && IsLocalByte(text[begin - 1])) --begin;
  while (begin < at && (text[begin] == '.' || text[begin] == '\'')) ++begin;
  size_t end = RunEnd(text, next, kMaxDomain, IsDomainByte);
  while (end > next && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  if (begin == at || text[at - 1] == '.' || !IsDomainName(text.substr(next, end - next))) return {{}, next};
  return {Span{Kind::kEmail, begin, end}, end};
}

// `at` is at the J of "eyJ", the base64 of {" that every header begins with.
Looked LookAtJwt(std::string_view text, size_t at) {
  const size_t next = at + 1;
  if (at < 2 || text[at - 1] != 'y' || text[at - 2] != 'e') return {{}, next};
  const size_t begin = at - 2;
  if (begin > 0 && (IsBase64Url(text[begin - 1]) || text[begin - 1] == '.')) return {{}, next};
  const size_t header = RunEnd(text, begin, Detector::kMaxSpanBytes, IsBase64Url);
  if (header - begin < kMinJwtPart || header >= text.size() || text[header] != '.') return {{}, next};
  const size_t payload = RunEnd(text, header + 1, Detector::kMaxSpanBytes, IsBase64Url);
  if (payload - header <= kMinJwtPart || payload >= text.size() || text[payload] != '.') return {{}, next};
  const size_t end = RunEnd(text, payload + 1, Detector::kMaxSpanBytes, IsBase64Url);  // empty if it is not signed
  return {Span{Kind::kJwt, begin, end}, end};
}

// `at` is at a trigger of kShapes.
Looked LookAtApiKey(std::string_view text, size_t at) {
  if (at == 0 || !kBeforeTriggers[static_cast<uint8_t>(text[at])][static_cast<uint8_t>(text[at - 1])]) return {{}, at + 1};
  for (const KeyShape& shape : kShapes) {
    if (shape.trigger != text[at] || at < shape.trigger_at) continue;
    const size_t begin = at - shape.trigger_at;
    if (text.substr(begin, shape.prefix.size()) != shape.prefix) continue;
    if (begin > 0 && IsWordByte(text[begin - 1])) continue;
    const size_t after = begin + shape.prefix.size();
    const auto is_part = [&](char c) { return shape.upper_only ? IsUpper(c) || IsDigit(c) : IsBase64Url(c); };
    const size_t end = RunEnd(text, after, kAnyLength, is_part);
    const size_t bytes = end - after;
    const bool ends = end == text.size() || !IsWordByte(text[end]) || bytes == kAnyLength;
    if (bytes < shape.least || bytes > shape.most || !ends) continue;
    return {Span{Kind::kApiKey, begin, end}, end};
  }
  return {{}, at + 1};
}

// All of the block: the key itself is what comes after the line.
Looked LookAtPrivateKey(std::string_view text, size_t at) {
  if (text.substr(at, kBegin.size()) != kBegin) return {{}, at + 1};
  const size_t label = at + kBegin.size();
  const size_t label_end = text.substr(label, kMaxLabel).find(kDashes);
  if (label_end == std::string_view::npos) return {{}, label};
  if (text.substr(label, label_end).find(kPrivateKeyWords) == std::string_view::npos) return {{}, label};
  const size_t footer = text.find(kEnd, label);
  size_t end = text.size();
  if (footer != std::string_view::npos) {
    const size_t dashes = text.find(kDashes, footer + kEnd.size());
    end = dashes == std::string_view::npos ? text.size() : dashes + kDashes.size();
  }
  return {Span{Kind::kPrivateKey, at, end}, end};
}

}  // namespace postern::masking
