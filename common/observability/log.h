// What the programs say of themselves: one line per event, to stderr or to a file, for people or as JSON.
//
// A line is a message fixed in our code and named fields. Never pass a secret, a statement's text or a value from a
// database as a field: they belong in the journal or nowhere. As a net under that rule, control characters are escaped
// (one event is one line, whatever a peer sends) and anything that looks like an access token is blanked.
//
// Thread-safe. The one mutable global of the programs, because a log that must be handed to every function is not
// written to; it says nothing until SetUp.
#ifndef POSTERN_COMMON_OBSERVABILITY_LOG_H_
#define POSTERN_COMMON_OBSERVABILITY_LOG_H_

#include <absl/status/status.h>

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace postern::log {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

struct Options {
  // Empty: stderr.
  std::string file;
  Format format = Format::kText;
  Level level = Level::kInfo;
};

// Starts or replaces the log; a second call with the same options opens the file again, so that logs can be rotated.
absl::Status SetUp(const Options& options);

struct Field {
  Field(std::string_view field_name, std::string_view text) : name(field_name), value(text), quoted(true) {}
  Field(std::string_view field_name, const std::string& text) : Field(field_name, std::string_view(text)) {}
  Field(std::string_view field_name, const char* text) : Field(field_name, std::string_view(text)) {}
  Field(std::string_view field_name, bool flag) : name(field_name), value(flag ? "true" : "false") {}
  Field(std::string_view field_name, std::integral auto number) : name(field_name), value(std::to_string(number)) {}
  Field(std::string_view field_name, const absl::Status& status) : Field(field_name, status.ToString()) {}

  std::string_view name;
  std::string value;
  // In JSON; numbers and flags stand bare.
  bool quoted = false;
};

using Fields = std::initializer_list<Field>;

void Debug(std::string_view message, Fields fields = {});
void Info(std::string_view message, Fields fields = {});
void Warning(std::string_view message, Fields fields = {});
void Error(std::string_view message, Fields fields = {});

// One line as SetUp's sink would get it, without the newline. `time` is already formatted. For tests and sinks.
std::string FormatLine(Format format, std::string_view time, Level level, std::string_view message, Fields fields);

}  // namespace postern::log

#endif  // POSTERN_COMMON_OBSERVABILITY_LOG_H_
