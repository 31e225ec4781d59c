// Cards, IBANs, social security numbers and telephones: what is made of digits in groups.
#include <algorithm>
#include <array>

#include "gateway/masking/detectors/scanners.h"

namespace postern::masking {
namespace {

constexpr size_t kMaxGroups = 12;
constexpr size_t kMaxBetweenGroups = 2;  // ") "
constexpr size_t kMinCardDigits = 13;
constexpr size_t kMaxCardDigits = 19;

// Digits in groups: 4111 1111 1111 1111. Not initialized: most numbers are looked at for some nanoseconds only.
struct Group {
  size_t begin;
  size_t end;
  size_t digits() const { return end - begin; }
};
struct Number {
  std::array<Group, kMaxGroups> groups;
  size_t count;
  size_t digits;

  size_t begin() const { return groups[0].begin; }
  size_t end() const { return groups[count - 1].end; }
  void DropLast() { digits -= groups[--count].digits(); }
};

size_t DigitsEnd(std::string_view text, size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

void ReadNumber(std::string_view text, size_t at, Number& number) {
  number.count = number.digits = 0;
  while (number.count < kMaxGroups) {
    const size_t end = DigitsEnd(text, at);
    number.groups[number.count++] = {at, end};
    number.digits += end - at;
    size_t next = end;
    while (next < text.size() && next - end < kMaxBetweenGroups && IsBetweenGroups(text[next])) ++next;
    if (next == end || next == text.size() || !IsDigit(text[next])) break;
    at = next;
  }
}

// The one character between all groups from `first` to `last`; 0 if they differ or are more than one.
char Separator(std::string_view text, const Number& number, size_t first, size_t last) {
  char separator = 0;
  for (size_t i = first; i < last; ++i) {
    const Group& group = number.groups[i];
    if (number.groups[i + 1].begin - group.end != 1) return 0;
    if (separator != 0 && text[group.end] != separator) return 0;
    separator = text[group.end];
  }
  return separator;
}

// Every second digit from the right counts double.
bool Luhn(std::string_view text, size_t begin, size_t end) {
  unsigned sum = 0;
  bool twice = false;
  for (size_t i = end; i > begin; --i) {
    if (!IsDigit(text[i - 1])) continue;
    unsigned digit = static_cast<unsigned>(text[i - 1] - '0') << (twice ? 1 : 0);
    sum += digit > 9 ? digit - 9 : digit;
    twice = !twice;
  }
  return sum % 10 == 0;
}

// First digits that are given out: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro.
bool IsIssuer(std::string_view text, size_t begin, size_t end) {
  unsigned prefix = 0;
  size_t digits = 0;
  for (size_t i = begin; i < end && digits < 4; ++i) {
    if (!IsDigit(text[i])) continue;
    prefix = prefix * 10 + static_cast<unsigned>(text[i] - '0');
    ++digits;
  }
  const unsigned two = prefix / 100;
  return two / 10 == 4 || (two >= 51 && two <= 55) || (prefix >= 2221 && prefix <= 2720) || two == 34 || two == 37 ||
         two == 30 || two == 36 || two == 38 || two == 35 || two == 50 || (two >= 56 && two <= 69);
}

bool IsCardGroup(const Number& number, size_t i, size_t first, size_t last) {
  const size_t digits = number.groups[i].digits();
  return i == first ? digits == 4 : i == last ? digits >= 2 && digits <= 6 : digits >= 4 && digits <= 6;
}

std::optional<Span> FindCard(std::string_view text, const Number& number) {
  if (number.digits < kMinCardDigits) return std::nullopt;
  for (size_t first = 0; first < number.count; ++first) {
    size_t digits = 0;
    for (size_t last = first; last < number.count; ++last) {
      digits += number.groups[last].digits();
      if (digits > kMaxCardDigits) break;
      if (digits < kMinCardDigits) continue;
      const char separator = last == first ? '-' : Separator(text, number, first, last);
      bool shaped = separator == '-' || separator == ' ';
      for (size_t i = first; i <= last && last > first; ++i) shaped = shaped && IsCardGroup(number, i, first, last);
      const size_t begin = number.groups[first].begin;
      const size_t end = number.groups[last].end;
      if (shaped && IsIssuer(text, begin, end) && Luhn(text, begin, end)) return Span{Kind::kCard, begin, end};
    }
  }
  return std::nullopt;
}

bool IsSsn(std::string_view text, const Number& number, size_t at) {
  const Group* groups = &number.groups[at];
  if (groups[0].digits() != 3 || groups[1].digits() != 2 || groups[2].digits() != 4) return false;
  const char separator = Separator(text, number, at, at + 2);
  const std::string_view area = text.substr(groups[0].begin, 3);
  return (separator == '-' || separator == ' ') && area != "000" && area != "666" && area[0] != '9' &&
         text.substr(groups[1].begin, 2) != "00" && text.substr(groups[2].begin, 4) != "0000";
}

std::optional<Span> FindSsn(std::string_view text, const Number& number) {
  if (number.count != 3 || !IsSsn(text, number, 0)) return std::nullopt;
  return Span{Kind::kSsn, number.begin(), number.end()};
}

// [1] NXX NXX XXXX, the first group perhaps in parentheses.
bool IsNorthAmerican(std::string_view text, const Number& number) {
  const size_t first = number.count == 4 && number.groups[0].digits() == 1 && text[number.begin()] == '1' ? 1 : 0;
  if (number.count - first != 3) return false;
  const Group* groups = &number.groups[first];
  return groups[0].digits() == 3 && groups[1].digits() == 3 && groups[2].digits() == 4 &&
         text[groups[0].begin] >= '2' && text[groups[1].begin] >= '2';
}

// 030 1234567, 0171/1234567, 01 23 45 67 89
bool HasTrunkZero(std::string_view text, const Number& number) {
  const size_t digits = number.digits;
  const size_t first = number.groups[0].digits();
  if (text[number.begin()] != '0' || number.count < 2 || first < 2 || first > 5 || text[number.begin() + 1] == '0') return false;
  const char separator = Separator(text, number, 0, number.count - 1);
  return digits >= 9 && digits <= 12 && (separator == ' ' || separator == '-' || separator == '/');
}

std::optional<Span> FindPhone(std::string_view text, const Number& number) {
  const size_t digits = number.digits;
  size_t begin = number.begin();
  const bool international = begin > 0 && text[begin - 1] == '+' && (begin < 2 || !IsWordByte(text[begin - 2]));
  const bool is_e164 = international && digits >= 8 && digits <= 15 && text[begin] != '0';
  if (!is_e164 && !IsNorthAmerican(text, number) && !HasTrunkZero(text, number)) return std::nullopt;
  if (international) --begin;
  if (begin > 0 && text[begin - 1] == '(') --begin;
  return Span{Kind::kPhone, begin, number.end()};
}

struct IbanCountry {
  char code[3];
  uint8_t length;
};

constexpr IbanCountry kIbanCountries[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
    {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22},
    {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32},
    {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19},
    {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24},
    {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31},
    {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23},
    {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};
constexpr size_t kMaxIbanLetters = 34;

size_t IbanLength(std::string_view country) {
  for (const IbanCountry& known : kIbanCountries) {
    if (country == std::string_view(known.code, 2)) return known.length;
  }
  return 0;
}

// The first four characters go to the end, letters count 10 to 35, and the number is 1 modulo 97.
bool HasIbanChecksum(std::string_view letters) {
  unsigned rest = 0;
  for (size_t i = 0; i < letters.size(); ++i) {
    const char c = letters[(i + 4) % letters.size()];
    rest = IsDigit(c) ? rest * 10 + static_cast<unsigned>(c - '0') : rest * 100 + static_cast<unsigned>(c - 'A') + 10;
    rest %= 97;
  }
  return rest == 1;
}

// `at` is at the first digit after a country's two letters.
std::optional<Span> FindIban(std::string_view text, size_t at) {
  const size_t begin = at - 2;
  const size_t length = IbanLength(text.substr(begin, 2));
  std::array<char, kMaxIbanLetters> letters{};
  size_t count = 0;
  size_t end = begin;
  while (count < length && end < text.size()) {
    const char c = text[end];
    const bool is_gap = c == ' ' && count > 0 && count % 4 == 0 && text[end - 1] != ' ';
    if (!is_gap && !IsDigit(c) && !IsUpper(c)) return std::nullopt;
    if (!is_gap) letters[count++] = c;
    ++end;
  }
  if (length == 0 || count != length || !StandsAlone(text, begin, end)) return std::nullopt;
  if (!HasIbanChecksum({letters.data(), count})) return std::nullopt;
  return Span{Kind::kIban, begin, end};
}

}  // namespace

Looked LookAtNumber(std::string_view text, size_t at, const Detector& wanted) {
  if (at > 0 && IsWordByte(text[at - 1])) {
    const std::optional<Span> iban = wanted.Wants(Kind::kIban) ? FindIban(text, at) : std::nullopt;
    return {iban, iban ? iban->end : WordEnd(text, at)};
  }
  Number number;
  ReadNumber(text, at, number);
  if (number.end() < text.size() && IsWordByte(text[number.end()])) {
    if (number.count == 1) return {{}, WordEnd(text, at)};
    number.DropLast();  // it begins a word
  }
  if (number.digits < kFewestDigits) return {{}, number.end()};
  std::optional<Span> found;
  if (wanted.Wants(Kind::kCard)) found = FindCard(text, number);
  if (!found && wanted.Wants(Kind::kSsn)) found = FindSsn(text, number);
  if (!found && wanted.Wants(Kind::kPhone)) found = FindPhone(text, number);
  return {found, found ? found->end : number.end()};
}

}  // namespace postern::masking
