#include "common/http/message/request.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::http {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr char kGood[] = "POST /rpc/a?x=1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 7\r\nX-Odd:\t a b \r\n\r\n";

absl::StatusCode CodeOf(const std::string& text) { return ParseRequestHead(text).status().code(); }

std::string With(const std::string& headers) { return "GET / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n"; }

TEST_CASE("a request's head is read into its parts") {
  const auto head = ParseRequestHead(kGood);
  REQUIRE(head.ok());
  CHECK(head->method == "POST");
  CHECK(head->path == "/rpc/a");
  CHECK(head->query == "x=1");
  CHECK(head->headers == Headers{{"host", "h:1"}, {"content-length", "7"}, {"x-odd", "a b"}});
  CHECK(head->content_length == 7);
  CHECK_FALSE(head->close);
  CHECK(ParseRequestHead(With("Connection: Close\r\n"))->close);
}

TEST_CASE("a head that is cut anywhere is no head") {
  const std::string good = kGood;
  for (size_t length = 0; length < good.size(); ++length)
    CHECK(CodeOf(good.substr(0, length)) == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("what two readers could read in two ways is refused") {
  for (const std::string& text : {
           std::string("GET / HTTP/1.0\r\nHost: h\r\n\r\n"),
           std::string("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
           std::string("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
           std::string("GET / HTTP/1.1\nHost: h\n\n"),
           std::string("GET / HTTP/1.1\r\n\r\n"),
           std::string("G\x01T / HTTP/1.1\r\nHost: h\r\n\r\n"),
           With("Host: other\r\n"),
           With("Transfer-Encoding: chunked\r\n"),
           With("Content-Length: 1\r\nContent-Length: 1\r\n"),
           With("Content-Length: +1\r\n"),
           With("Content-Length: 1, 1\r\n"),
           With("Content-Length: 99999999999999999999\r\n"),
           With("Content-Length:\r\n"),
           With("X : y\r\n"),
           With(" folded: y\r\n"),
           With("X: a\r\n b\r\n"),
           With(std::string("X: a\0b\r\n", 8)),
           With("X: \xff\r\n"),
           With("no colon\r\n"),
           With("\r\nmore"),
       }) {
    INFO(text);
    CHECK(CodeOf(text) == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("a head has its bounds") {
  const HeadLimits limits{.bytes = 100, .headers = 2};
  CHECK(ParseRequestHead(With("A: 1\r\n"), limits).ok());
  CHECK(absl::IsResourceExhausted(ParseRequestHead(With("A: 1\r\nB: 2\r\n"), limits).status()));
  CHECK(absl::IsResourceExhausted(ParseRequestHead(With("A: " + std::string(100, 'x') + "\r\n"), limits).status()));
}

TEST_CASE("a header that comes twice is none") {
  const auto head = ParseRequestHead(With("Origin: a\r\nOrigin: b\r\nCookie: c\r\n"));
  REQUIRE(head.ok());
  CHECK(head->Header("origin").empty());
  CHECK(head->Header("cookie") == "c");
  CHECK(head->Header("absent").empty());
}

TEST_CASE("one cookie among others") {
  CHECK(CookieValue("a=1; postern=x=y; b=2", "postern") == "x=y");
  CHECK(CookieValue("postern=1; postern=2", "postern").empty());
  CHECK(CookieValue("xpostern=1;postern", "postern").empty());
  CHECK(CookieValue("", "postern").empty());
}

TEST_CASE("a query's fields are decoded, or not there") {
  CHECK(FieldValue("code=a%2Fb+c&state=s", "code") == "a/b c");
  CHECK(FieldValue("code=a%2Fb+c&state=s%41", "state") == "sA");
  CHECK(FieldValue("code=1&code=2", "code").empty());
  for (const char* broken : {"code=%", "code=%4", "code=%zz"}) CHECK(FieldValue(broken, "code").empty());
}

}  // namespace
}  // namespace postern::http
