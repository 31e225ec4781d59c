// What the console answers with, in one voice: every answer carries the headers that keep a browser in its bounds.
// Pure.
#ifndef POSTERN_GATEWAY_CONSOLE_ANSWERS_H_
#define POSTERN_GATEWAY_CONSOLE_ANSWERS_H_

#include <absl/status/status.h>

#include <string>

#include "common/http/message/response.h"
#include "gateway/console/web_files.h"

namespace postern::console {

// A file of ours; not sent again to a browser that has it (`known`: its If-None-Match).
http::Answer FileAnswer(const WebFile& file, std::string_view known);

// Data: never kept by a browser.
http::Answer JsonAnswer(std::string json);

// {"code": "FAILED_PRECONDITION", "message": "…"}, and the HTTP status that comes closest.
http::Answer ErrorAnswer(const absl::Status& why);

// The same as a value, for the end of a stream.
std::string ErrorJson(const absl::Status& why);

// The head of a stream of JSON lines.
http::Answer StreamHead();

// To another page. 303 makes it a GET, 308 keeps it.
http::Answer Redirect(int status, std::string location);

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_ANSWERS_H_
