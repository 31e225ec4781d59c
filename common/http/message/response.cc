#include "common/http/message/response.h"

#include <absl/strings/str_cat.h>

namespace postern::http {
namespace {

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return status < 500 ? "Refused" : "Internal Server Error";
  }
}

// Of these the status alone says that nothing follows.
bool HasBody(int status) { return status != 204 && status != 304; }

}  // namespace

std::string EncodeHead(const Answer& answer, Framing framing, bool close) {
  const std::string_view reason = ReasonOf(answer.status);
  std::string head =
      absl::StrCat("HTTP/1.1 ", answer.status, " ", absl::string_view(reason.data(), reason.size()), "\r\n");
  for (const auto& [name, value] : answer.headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  if (framing == Framing::kChunked) {
    absl::StrAppend(&head, "Transfer-Encoding: chunked\r\n");
  } else if (HasBody(answer.status)) {
    absl::StrAppend(&head, "Content-Length: ", answer.body.size(), "\r\n");
  }
  if (close) absl::StrAppend(&head, "Connection: close\r\n");
  return head + "\r\n";
}

std::string EncodeChunk(std::string_view data) {
  return absl::StrCat(absl::Hex(data.size()), "\r\n", absl::string_view(data.data(), data.size()), "\r\n");
}

}  // namespace postern::http
