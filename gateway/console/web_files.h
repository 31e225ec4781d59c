// The pages, scripts and styles of web/, which the build puts into the program. Pure.
#ifndef POSTERN_GATEWAY_CONSOLE_WEB_FILES_H_
#define POSTERN_GATEWAY_CONSOLE_WEB_FILES_H_

#include <span>
#include <string_view>

namespace postern::console {

struct WebFile {
  // "/app.js"; the page itself is "/".
  std::string_view path;
  std::string_view type;
  // Of the content, in double quotes.
  std::string_view etag;
  std::string_view content;
};

std::span<const WebFile> WebFiles();

// Null if there is none at this path.
const WebFile* FindWebFile(std::string_view path);

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_WEB_FILES_H_
