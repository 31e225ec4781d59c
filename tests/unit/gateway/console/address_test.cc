#include "gateway/console/address.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::console {
namespace {

http::RequestHead HeadWith(const std::string& headers) {
  auto head = http::ParseRequestHead("POST /rpc/x HTTP/1.1\r\n" + headers + "\r\n");
  REQUIRE(head.ok());
  return *std::move(head);
}

TEST_CASE("an address is written as browsers write it") {
  const auto plain = ParseAddress("http://127.0.0.1:8080");
  REQUIRE(plain);
  CHECK(plain->origin == "http://127.0.0.1:8080");
  CHECK(plain->authority == "127.0.0.1:8080");
  CHECK_FALSE(plain->secure);
  CHECK(plain->loopback);
  const auto secure = ParseAddress("https://Postern.Example.com:443/");
  REQUIRE(secure);
  CHECK(secure->origin == "https://postern.example.com");
  CHECK(secure->authority == "postern.example.com");
  CHECK(secure->secure);
  CHECK_FALSE(secure->loopback);
  CHECK(ParseAddress("https://[::1]:8443")->authority == "[::1]:8443");
  for (const char* bad : {"", "postern.example.com", "ftp://x", "https://", "https://a/b", "https://a?b", "https://u@a",
                          "https://a:0", "https://a:99999", "https://a b"}) {
    INFO(bad);
    CHECK_FALSE(ParseAddress(bad));
  }
}

TEST_CASE("only the console's own page may ask") {
  const Address address = *ParseAddress("https://console.example.com");
  const std::string host = "Host: console.example.com\r\n";
  const std::string origin = "Origin: https://console.example.com\r\n";
  CHECK(CheckOwnRequest(HeadWith(host + origin), address).ok());
  CHECK(CheckOwnRequest(HeadWith(host + origin + "Sec-Fetch-Site: same-origin\r\n"), address).ok());
  for (const std::string& headers : {
           host,                                                                   // no Origin: no browser's POST
           host + "Origin: null\r\n",                                              // a sandboxed frame
           host + "Origin: http://console.example.com\r\n",                        // not over TLS
           host + "Origin: https://console.example.com.evil.example\r\n",          //
           host + origin + "Sec-Fetch-Site: same-site\r\n",                        // another host of the organisation's
           host + origin + "Sec-Fetch-Site: cross-site\r\n",                       //
           host + origin + origin,                                                 // which of the two?
           std::string("Host: evil.example\r\nOrigin: https://evil.example\r\n"),  // a name made to lead here
       }) {
    INFO(headers);
    CHECK(absl::IsPermissionDenied(CheckOwnRequest(HeadWith(headers), address)));
  }
}

}  // namespace
}  // namespace postern::console
