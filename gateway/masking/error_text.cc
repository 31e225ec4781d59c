#include "gateway/masking/error_text.h"

#include <algorithm>
#include <iterator>

namespace postern::masking {
namespace {

enum class Treatment : uint8_t { kPasses, kKeyName, kReplaced };

struct KnownError {
  uint32_t code;
  std::string_view meaning;
  Treatment treatment;
};

constexpr KnownError kKnown[] = {
#define POSTERN_ERROR(code, meaning, treatment) {code, meaning, Treatment::treatment},
#include "gateway/masking/error_list.inc"
#undef POSTERN_ERROR
};
static_assert(std::is_sorted(std::begin(kKnown), std::end(kKnown),
                             [](const KnownError& a, const KnownError& b) { return a.code < b.code; }));

constexpr std::string_view kWithheld = "the server's own text is withheld because masks are in force";
constexpr std::string_view kForKey = " for key '";
constexpr size_t kMaxWholeText = 500;  // a server cuts its messages at 512 bytes: a longer one may lack its end

constexpr std::string_view kCounts[] = {"Rows matched", "Changed", "Warnings", "Records", "Duplicates",
                                        "Inserted",     "Updated", "Deleted",  "Skipped"};

const KnownError* Find(uint32_t code) {
  const auto* at = std::lower_bound(std::begin(kKnown), std::end(kKnown), code,
                                    [](const KnownError& known, uint32_t wanted) { return known.code < wanted; });
  return at != std::end(kKnown) && at->code == code ? at : nullptr;
}

// "…' for key 'customers.email'" ends with the key, and the last such words are in it or right before it: whatever the
// value holds lies before them.
std::string_view KeyAtEnd(std::string_view text) {
  const size_t words = text.rfind(kForKey);
  if (words == std::string_view::npos || text.back() != '\'' || text.size() > kMaxWholeText) return {};
  const std::string_view key = text.substr(words + kForKey.size());
  return key.empty() ? key : key.substr(0, key.size() - 1);
}

// "Changed: 2", off the front.
bool TakeCount(std::string_view& info) {
  for (const std::string_view name : kCounts) {
    if (info.substr(0, name.size()) != name || info.substr(name.size(), 2) != ": ") continue;
    info.remove_prefix(name.size() + 2);
    const size_t digits = std::min(info.find_first_not_of("0123456789"), info.size());
    info.remove_prefix(digits);
    return digits > 0;
  }
  return false;
}

}  // namespace

std::string ErrorText(uint32_t code, std::string_view servers_text) {
  const KnownError* known = Find(code);
  if (known == nullptr) {
    return "The server reports number " + std::to_string(code) + " (" + std::string(kWithheld) + ")";
  }
  if (known->treatment == Treatment::kPasses) return std::string(servers_text);
  std::string text(known->meaning);
  const std::string_view key = known->treatment == Treatment::kKeyName ? KeyAtEnd(servers_text) : std::string_view();
  text.append(" (").append(kWithheld).append(")");
  if (!key.empty()) text.append(kForKey).append(key).append("'");
  return text;
}

mysql::ErrPacket ErrorForAgent(const mysql::ErrPacket& error) {
  return {error.code, error.sqlstate, ErrorText(error.code, error.message)};
}

bool HoldsCountsOnly(std::string_view info) {
  while (!info.empty()) {
    if (!TakeCount(info)) return false;
    const size_t blanks = std::min(info.find_first_not_of(' '), info.size());
    if (blanks == 0 && !info.empty()) return false;
    info.remove_prefix(blanks);
  }
  return true;
}

}  // namespace postern::masking
