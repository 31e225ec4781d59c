#include "gateway/ctl/words.h"

#include <absl/strings/ascii.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <array>

namespace postern::ctl {
namespace {

// "PRINCIPAL_KIND_" for PrincipalKind: what every value of it begins with.
std::string Prefix(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char letter : type.name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(letter)) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(static_cast<unsigned char>(letter));
  }
  return prefix + "_";
}

std::string WordOf(const google::protobuf::EnumValueDescriptor& value) {
  const std::string prefix = Prefix(*value.type());
  std::string word = value.name();
  if (word.compare(0, prefix.size(), prefix) == 0) word.erase(0, prefix.size());
  for (char& letter : word) letter = absl::ascii_tolower(static_cast<unsigned char>(letter));
  return word;
}

}  // namespace

std::string EnumWord(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = number == 0 ? nullptr : type.FindValueByNumber(number);
  return value == nullptr ? "" : WordOf(*value);
}

std::optional<int> EnumFromWord(const google::protobuf::EnumDescriptor& type, std::string_view word) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0 && WordOf(*type.value(i)) == word) return type.value(i)->number();
  }
  return std::nullopt;
}

std::string IsoMillis(int64_t unix_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
}

std::string IsoMicros(int64_t unix_us) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(unix_us), absl::UTCTimeZone());
}

std::string TableTime(int64_t unix_ms) {
  if (unix_ms == 0) return "-";
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
}

std::string Span(absl::Duration duration) {
  if (duration < absl::Seconds(1)) return std::to_string(absl::ToInt64Milliseconds(duration)) + "ms";
  struct Unit {
    int64_t seconds;
    const char* name;
  };
  constexpr std::array kUnits = {Unit{86400, "d"}, Unit{3600, "h"}, Unit{60, "m"}, Unit{1, "s"}};
  int64_t rest = absl::ToInt64Seconds(duration);
  std::string text;
  int parts = 0;
  for (const Unit& unit : kUnits) {
    const int64_t number = rest / unit.seconds;
    if (number == 0 && parts == 0) continue;
    if (number > 0) text += (text.empty() ? "" : " ") + std::to_string(number) + unit.name;
    rest %= unit.seconds;
    if (++parts == 2) break;
  }
  return text;
}

std::string ServerText(const v1::ServerFacts& server) {
  if (server.vendor() == v1::ServerFacts::VENDOR_MYSQL) return "MySQL " + server.version();
  if (server.vendor() == v1::ServerFacts::VENDOR_MARIADB) return "MariaDB " + server.version();
  return server.version();
}

std::string Count(uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace postern::ctl
