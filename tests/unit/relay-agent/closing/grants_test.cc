#include <catch2/catch.hpp>

#include "relay-agent/catalog/probe.h"

namespace postern::relay {
namespace {

using Names = std::vector<std::string>;

TEST_CASE("privileges that agents should not stand on are found") {
  CHECK(DangerousPrivileges("GRANT USAGE ON *.* TO `postern`@`%`").empty());
  CHECK(DangerousPrivileges("GRANT SELECT, INSERT, UPDATE ON `shop`.* TO `postern`@`%`").empty());
  CHECK(DangerousPrivileges("GRANT ALL PRIVILEGES ON *.* TO `root`@`%`") == Names{"ALL PRIVILEGES"});
  CHECK(DangerousPrivileges("GRANT SELECT, FILE, SUPER ON *.* TO `x`@`%`") == Names{"FILE", "SUPER"});
  CHECK(DangerousPrivileges("GRANT SELECT ON `s`.* TO `x`@`%` WITH GRANT OPTION") == Names{"GRANT OPTION"});
}

}  // namespace
}  // namespace postern::relay
