#include "common/config/host_port.h"

#include <catch2/catch.hpp>

namespace postern::config {
namespace {

TEST_CASE("addresses read and print alike") {
  const std::string text = GENERATE("127.0.0.1:3306", "db.internal:0", "[::1]:8443", "0.0.0.0:65535");
  const auto address = ParseHostPort(text);
  REQUIRE(address);
  CHECK(address->ToString() == text);
}

TEST_CASE("what is no address is refused") {
  const auto text = GENERATE("", "3306", ":3306", "host", "host:", "host:x", "host:65536", "host:-1", "::1:3306",
                             "[::1]", "[x]:1", "a b:1", "http://h:1", "user@h:1", "h:+1", "h: 1");
  CAPTURE(text);
  CHECK(ParseHostPort(text) == std::nullopt);
}

TEST_CASE("only addresses nobody else can reach are loopback") {
  CHECK(HostPort{"127.0.0.1", 1}.IsLoopback());
  CHECK(HostPort{"127.9.9.9", 1}.IsLoopback());
  CHECK(HostPort{"::1", 1}.IsLoopback());
  CHECK(HostPort{"localhost", 1}.IsLoopback());
  CHECK_FALSE(HostPort{"0.0.0.0", 1}.IsLoopback());
  CHECK_FALSE(HostPort{"::", 1}.IsLoopback());
  CHECK_FALSE(HostPort{"10.0.0.1", 1}.IsLoopback());
  CHECK_FALSE(HostPort{"127.0.0.1.example.com", 1}.IsLoopback());
}

}  // namespace
}  // namespace postern::config
