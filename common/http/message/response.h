// What a browser is answered. Pure.
#ifndef POSTERN_COMMON_HTTP_MESSAGE_RESPONSE_H_
#define POSTERN_COMMON_HTTP_MESSAGE_RESPONSE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::http {

struct Answer {
  int status = 200;
  // REQUIRES: names and values that fit on a line; Content-Length, Transfer-Encoding and Connection are added.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

enum class Framing {
  kLength,   // the body is all there is
  kChunked,  // it follows in chunks
};

// Status line and headers, with the empty line.
std::string EncodeHead(const Answer& answer, Framing framing, bool close);

// One chunk; an empty one ends the body.
std::string EncodeChunk(std::string_view data);

}  // namespace postern::http

#endif  // POSTERN_COMMON_HTTP_MESSAGE_RESPONSE_H_
