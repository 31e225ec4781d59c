#include "common/observability/read_options.h"

namespace postern::log {

Options ReadOptions(config::Section section) {
  Options options;
  options.level = section.Word("level", options.level,
                               {{"debug", Level::kDebug},
                                {"info", Level::kInfo},
                                {"warning", Level::kWarning},
                                {"error", Level::kError}});
  options.format = section.Word("format", options.format, {{"text", Format::kText}, {"json", Format::kJson}});
  options.file = section.OptionalPath("file").value_or("");
  return options;
}

}  // namespace postern::log
