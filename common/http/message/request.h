// What a browser asks: the head of an HTTP/1.1 request (RFC 9112), read strictly. Pure.
//
// Refused rather than guessed at: another version, folded lines, a name or value with characters that do not belong
// there, two Content-Length or Host lines, any Transfer-Encoding, a target that is no path. So nobody reads another
// request than we do.
#ifndef POSTERN_COMMON_HTTP_MESSAGE_REQUEST_H_
#define POSTERN_COMMON_HTTP_MESSAGE_REQUEST_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::http {

struct HeadLimits {
  size_t bytes = 32 * 1024;
  size_t headers = 64;
};

struct RequestHead {
  std::string method;
  // As it came: not decoded, beginning with '/', without the query.
  std::string path;
  std::string query;
  // Names in lower case, in their order; values without blanks around them.
  std::vector<std::pair<std::string, std::string>> headers;
  uint64_t content_length = 0;
  // The client wants no more on this connection.
  bool close = false;

  // Of the one header of that name, which is given in lower case; empty if there is none, or more than one.
  std::string_view Header(std::string_view name) const;
};

// `text` ends with the empty line. INVALID_ARGUMENT, or RESOURCE_EXHAUSTED beyond a limit.
absl::StatusOr<RequestHead> ParseRequestHead(std::string_view text, const HeadLimits& limits = {});

// The value of the cookie in a Cookie header; empty if it is not there, or there twice.
std::string_view CookieValue(std::string_view header, std::string_view name);

// The value of a query's or a form's field, decoded; empty if it is not there, there twice, or not decodable.
std::string FieldValue(std::string_view fields, std::string_view name);

}  // namespace postern::http

#endif  // POSTERN_COMMON_HTTP_MESSAGE_REQUEST_H_
