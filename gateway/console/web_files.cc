#include "gateway/console/web_files.h"

namespace postern::console {

const WebFile* FindWebFile(std::string_view path) {
  for (const WebFile& file : WebFiles()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

}  // namespace postern::console
