#include "common/http/message/response.h"

#include <catch2/catch.hpp>

namespace postern::http {
namespace {

TEST_CASE("a head says how its body ends") {
  const Answer answer{200, {{"X", "y"}}, "four"};
  CHECK(EncodeHead(answer, Framing::kLength, false) == "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 4\r\n\r\n");
  CHECK(EncodeHead(answer, Framing::kChunked, true) ==
        "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  CHECK(EncodeHead({304, {}, ""}, Framing::kLength, false) == "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST_CASE("a chunk bears its length, and the empty one ends") {
  CHECK(EncodeChunk("hello, world!!!!") == "10\r\nhello, world!!!!\r\n");
  CHECK(EncodeChunk("") == "0\r\n\r\n");
}

}  // namespace
}  // namespace postern::http
