#include "common/observability/log.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <memory>

namespace postern::log {
namespace {

struct Log {
  Format format;
  Level level;
  std::shared_ptr<spdlog::logger> lines;
};

std::atomic<std::shared_ptr<const Log>> current_log;

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

void Write(Level level, std::string_view message, Fields fields) {
  const std::shared_ptr<const Log> log = current_log.load();
  if (log == nullptr || level < log->level) return;
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  const std::string line = FormatLine(log->format, time, level, message, fields);
  log->lines->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

absl::Status SetUp(const Options& options) {
  try {
    spdlog::sink_ptr sink;
    if (options.file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    }
    auto lines = std::make_shared<spdlog::logger>("postern", std::move(sink));
    lines->set_pattern("%v");
    lines->set_level(spdlog::level::trace);
    lines->flush_on(spdlog::level::trace);
    current_log.store(std::make_shared<const Log>(Log{options.format, options.level, std::move(lines)}));
    return absl::OkStatus();
  } catch (const spdlog::spdlog_ex& error) {
    return absl::UnavailableError(absl::StrCat("cannot write the log: ", error.what()));
  }
}

void Debug(std::string_view message, Fields fields) { Write(Level::kDebug, message, fields); }
void Info(std::string_view message, Fields fields) { Write(Level::kInfo, message, fields); }
void Warning(std::string_view message, Fields fields) { Write(Level::kWarning, message, fields); }
void Error(std::string_view message, Fields fields) { Write(Level::kError, message, fields); }

}  // namespace postern::log
