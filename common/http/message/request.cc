#include "common/http/message/request.h"

#include <absl/status/status.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <optional>

namespace postern::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

absl::Status Bad(std::string_view what) { return absl::InvalidArgumentError(std::string(what)); }

// RFC 9110: tchar.
bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter); }

// Visible ASCII, blanks and tabs; what lies beyond ASCII no browser needs to send us.
bool IsValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (c >= ' ' && c < '\x7f'); });
}

bool IsTarget(std::string_view text) {
  return !text.empty() && text.front() == '/' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find(kLineEnd);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + kLineEnd.size());
  return line;
}

// method SP target SP "HTTP/1.1"
absl::Status ReadRequestLine(std::string_view line, RequestHead& head) {
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(line.data(), line.size()), ' ');
  if (parts.size() != 3 || !IsToken(parts[0]) || !IsTarget(parts[1])) return Bad("no request line");
  if (parts[2] != "HTTP/1.1") return Bad("not HTTP/1.1");
  head.method = parts[0];
  const size_t question = parts[1].find('?');
  head.path = parts[1].substr(0, question);
  if (question != std::string::npos) head.query = parts[1].substr(question + 1);
  return absl::OkStatus();
}

// name ":" blanks value blanks
absl::Status ReadHeader(std::string_view line, RequestHead& head) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return Bad("no header");
  const std::string_view value = Trim(line.substr(colon + 1));
  if (!IsValue(value)) return Bad("a header's value has characters that do not belong there");
  head.headers.emplace_back(absl::AsciiStrToLower({line.data(), colon}), std::string(value));
  return absl::OkStatus();
}

size_t CountOf(const RequestHead& head, std::string_view name) {
  return std::count_if(head.headers.begin(), head.headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

absl::Status ReadFraming(RequestHead& head) {
  if (CountOf(head, "host") != 1) return Bad("not one Host");
  if (CountOf(head, "transfer-encoding") != 0) return Bad("a body of no stated length");
  const size_t lengths = CountOf(head, "content-length");
  const std::string_view length = head.Header("content-length");
  const bool digits =
      !length.empty() && std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (lengths > 0 && (lengths > 1 || !digits ||
                      !absl::SimpleAtoi(absl::string_view(length.data(), length.size()), &head.content_length))) {
    return Bad("no Content-Length");
  }
  const std::string_view connection = head.Header("connection");
  head.close = absl::EqualsIgnoreCase(absl::string_view(connection.data(), connection.size()), "close");
  return absl::OkStatus();
}

std::optional<int> Digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return std::nullopt;
}

std::optional<std::string> Decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? Digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? Digit(text[i + 2]) : std::nullopt;
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

// The raw value of the one `name=value` among those that `separator` parts.
std::optional<std::string_view> Only(std::string_view list, char separator, std::string_view name) {
  std::optional<std::string_view> found;
  while (!list.empty()) {
    const size_t end = std::min(list.find(separator), list.size());
    const std::string_view pair = Trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (found) return std::nullopt;
    found = pair.substr(equals + 1);
  }
  return found;
}

}  // namespace

std::string_view RequestHead::Header(std::string_view name) const {
  if (CountOf(*this, name) != 1) return {};
  return std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; })->second;
}

absl::StatusOr<RequestHead> ParseRequestHead(std::string_view text, const HeadLimits& limits) {
  if (text.size() > limits.bytes) return absl::ResourceExhaustedError("the request's head is too long");
  RequestHead head;
  const auto first = TakeLine(text);
  if (!first) return Bad("the request's head is cut off");
  if (absl::Status line = ReadRequestLine(*first, head); !line.ok()) return line;
  for (auto line = TakeLine(text);; line = TakeLine(text)) {
    if (!line) return Bad("the request's head is cut off");
    if (line->empty()) break;
    if (head.headers.size() >= limits.headers) return absl::ResourceExhaustedError("the request has too many headers");
    if (absl::Status header = ReadHeader(*line, head); !header.ok()) return header;
  }
  if (!text.empty()) return Bad("the request's head goes on after its end");
  if (absl::Status framing = ReadFraming(head); !framing.ok()) return framing;
  return head;
}

std::string_view CookieValue(std::string_view header, std::string_view name) {
  return Only(header, ';', name).value_or(std::string_view());
}

std::string FieldValue(std::string_view fields, std::string_view name) {
  const auto raw = Only(fields, '&', name);
  if (!raw) return "";
  return Decode(*raw).value_or("");
}

}  // namespace postern::http
