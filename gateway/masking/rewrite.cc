#include "gateway/masking/rewrite.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "gateway/masking/charset.h"
#include "gateway/masking/round.h"
#include "gateway/masking/temporal.h"

namespace postern::masking {
namespace {

using policy::Mask;
using policy::MaskKind;

constexpr std::string_view kHiddenLocalPart = "***";
constexpr size_t kMaxDomainBytes = 253;  // RFC 1035, as written

bool Keep(const Mask& mask, Charset charset, std::string_view text, std::string& out) {
  const auto characters = CountCharacters(charset, text);
  if (!characters) return false;
  const uint64_t needed = uint64_t{2} * mask.count;
  const size_t kept = *characters >= needed ? mask.count : 0;
  if (mask.kind == MaskKind::kKeepFirst) out.append(FirstCharacters(charset, text, kept));
  out.append(kHidden);
  if (mask.kind == MaskKind::kKeepLast) out.append(LastCharacters(charset, text, kept));
  return true;
}

constexpr std::array<bool, 256> HostCharacters() {
  std::array<bool, 256> table{};
  for (size_t c = 0; c < table.size(); ++c) {
    table[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  }
  return table;
}
constexpr std::array<bool, 256> kHostCharacters = HostCharacters();

// Labels of letters, digits and hyphens: whatever else follows an @ is not a domain, and not to be shown.
bool IsDomain(std::string_view text) {
  return !text.empty() && text.size() <= kMaxDomainBytes && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return kHostCharacters[static_cast<uint8_t>(c)]; });
}

bool Email(Charset charset, std::string_view text, std::string& out) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || !IsDomain(text.substr(at + 1))) return false;
  const auto characters = CountCharacters(charset, text.substr(0, at));
  if (!characters) return false;
  if (*characters > 1) out.append(FirstCharacters(charset, text, 1));
  out.append(kHiddenLocalPart).append(text.substr(at));
  return true;
}

bool DateOnly(const Mask& mask, const ValueType& type, std::string_view text, std::string& out) {
  auto value = ParseDatetime(text);
  if (!value) return false;
  const bool is_zero = value->year == 0 && value->month == 0 && value->day == 0;
  if (type.IsString() && (value->month == 0 || value->day == 0)) return false;
  if (mask.kind == MaskKind::kDateYear && !is_zero) value->month = 1;
  if (!is_zero) value->day = 1;
  const Datetime first{value->year, value->month, value->day};
  if (type.value_class == ValueClass::kDatetime) {
    AppendDatetime(out, first, type.decimals);
  } else {
    AppendDate(out, first);
  }
  return true;
}

bool FitsLongLong(std::string_view text, bool is_unsigned) {
  int64_t as_signed = 0;
  uint64_t as_unsigned = 0;
  const char* end = text.data() + text.size();
  const auto read =
      is_unsigned ? std::from_chars(text.data(), end, as_unsigned) : std::from_chars(text.data(), end, as_signed);
  return read.ec == std::errc() && read.ptr == end;
}

bool Round(const Mask& mask, const ValueType& type, std::string_view text, std::string& out) {
  if (type.value_class == ValueClass::kReal) return RoundReal(text, mask.digits, out);
  const size_t before = out.size();
  if (!RoundExact(text, mask.digits, Rounding::kHalfUp, out)) return false;
  const bool fits =
      type.value_class == ValueClass::kDecimal || FitsLongLong(std::string_view(out).substr(before), type.is_unsigned);
  if (fits) return true;
  out.resize(before);  // rounded up past the largest BIGINT
  return RoundExact(text, mask.digits, Rounding::kTowardsZero, out);
}

bool CanRound(const Mask& mask, const ValueType& type) {
  if (type.value_class == ValueClass::kReal) return true;
  if (type.value_class == ValueClass::kInteger) return mask.digits < 0;
  return type.value_class == ValueClass::kDecimal && mask.digits < static_cast<int32_t>(type.decimals);
}

}  // namespace

bool CanRewrite(const Mask& mask, const ValueType& type) {
  const bool readable = type.IsString() && type.charset != Charset::kUnknown;
  switch (mask.kind) {
    case MaskKind::kKeepFirst:
    case MaskKind::kKeepLast:
      return readable || type.value_class == ValueClass::kInteger || type.value_class == ValueClass::kDecimal;
    case MaskKind::kEmail:
      return readable;
    case MaskKind::kDateYear:
    case MaskKind::kDateMonth:
      return readable || type.value_class == ValueClass::kDate || type.value_class == ValueClass::kDatetime;
    case MaskKind::kRound:
      return CanRound(mask, type);
    case MaskKind::kRedact:
    case MaskKind::kNull:
    case MaskKind::kHash:
    case MaskKind::kFixed:
      break;
  }
  return false;
}

bool Rewrite(const Mask& mask, const ValueType& type, std::string_view text, std::string& out) {
  const Charset charset = type.IsNumber() ? Charset::kAscii : type.charset;
  switch (mask.kind) {
    case MaskKind::kKeepFirst:
    case MaskKind::kKeepLast:
      return Keep(mask, charset, text, out);
    case MaskKind::kEmail:
      return Email(charset, text, out);
    case MaskKind::kDateYear:
    case MaskKind::kDateMonth:
      return DateOnly(mask, type, text, out);
    case MaskKind::kRound:
      return Round(mask, type, text, out);
    case MaskKind::kRedact:
    case MaskKind::kNull:
    case MaskKind::kHash:
    case MaskKind::kFixed:
      break;
  }
  return false;
}

}  // namespace postern::masking
