#include <catch2/catch.hpp>

#include "relay-agent/mysql/pinned_session.h"

namespace postern::relay {
namespace {

v1::ServerFacts Facts(std::string_view version) {
  v1::ServerFacts facts;
  SetVersion(version, facts);
  return facts;
}

TEST_CASE("a version text tells vendor and number") {
  CHECK(Facts("8.0.36").version_number() == 80036);
  CHECK(Facts("8.0.36").vendor() == v1::ServerFacts::VENDOR_MYSQL);
  CHECK(Facts("9.7.4-2").version_number() == 90704);
  CHECK(Facts("8.0.36-28.1").version_number() == 80036);
  CHECK(Facts("10.11.6-MariaDB-log").vendor() == v1::ServerFacts::VENDOR_MARIADB);
  CHECK(Facts("10.11.6-MariaDB-log").version_number() == 101106);
  CHECK(Facts("5.5.5-10.6.1-MariaDB").version_number() == 100601);
  CHECK(Facts("5.5.5-10.6.1-MariaDB").version() == "10.6.1-MariaDB");
  CHECK(Facts("5.5.5").version_number() == 50505);
  CHECK(Facts("").version_number() == 0);
  CHECK(Facts("unknown").version_number() == 0);
}

}  // namespace
}  // namespace postern::relay
