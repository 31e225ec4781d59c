// How one event becomes one line of text or of JSON.
#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include "common/observability/log.h"

namespace postern::log {
namespace {

constexpr std::string_view kTokenPrefix = "pat_";

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

bool IsTokenByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '_' || byte == '-';
}

// The text with what follows each token prefix gone.
std::string WithoutTokens(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t found = text.find(kTokenPrefix, at);
    if (found == std::string_view::npos) {
      out.append(text.substr(at));
      break;
    }
    out.append(text.substr(at, found - at)).append(kTokenPrefix).append("[hidden]");
    at = found + kTokenPrefix.size();
    while (at < text.size() && IsTokenByte(text[at])) ++at;
  }
  return out;
}

// Inside double quotes, valid for a JSON reader: bytes outside printable ASCII are escaped as code units, so that
// broken UTF-8 from a peer cannot break the line.
void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (byte == '\n') {
      out += "\\n";
    } else if (code < 0x20 || code >= 0x7f) {
      absl::StrAppendFormat(&out, "\\u%04x", code);
    } else {
      out += byte;
    }
  }
  out += '"';
}

bool NeedsQuotes(std::string_view text) {
  for (const char byte : text) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(byte)) || byte == '"' || byte == '=' || byte == '\\')
      return true;
  }
  return text.empty();
}

}  // namespace

std::string FormatLine(Format format, std::string_view time, Level level, std::string_view message, Fields fields) {
  std::string line;
  if (format == Format::kJson) {
    line.append("{\"time\":\"")
        .append(time)
        .append("\",\"level\":\"")
        .append(LevelName(level))
        .append("\",\"message\":");
    AppendQuoted(line, WithoutTokens(message));
    for (const Field& field : fields) {
      line += ',';
      AppendQuoted(line, field.name);
      line += ':';
      if (field.quoted) {
        AppendQuoted(line, WithoutTokens(field.value));
      } else {
        line.append(field.value);
      }
    }
    line += '}';
    return line;
  }
  line.append(time).append(" ").append(LevelName(level)).append(" ");
  const std::string shown = WithoutTokens(message);
  for (const char byte : shown) line += absl::ascii_isprint(static_cast<unsigned char>(byte)) ? byte : '?';
  for (const Field& field : fields) {
    line.append(" ").append(field.name).append("=");
    const std::string value = WithoutTokens(field.value);
    if (NeedsQuotes(value)) {
      AppendQuoted(line, value);
    } else {
      line.append(value);
    }
  }
  return line;
}

}  // namespace postern::log
