// Lines as MySQL 9.7 and MariaDB 10.11 print them.
#include "relay-agent/doctor/grants.h"

#include <absl/strings/str_cat.h>

#include <catch2/catch.hpp>

namespace postern::relay {
namespace {

using Names = std::vector<std::string>;

std::string Judged(const std::vector<std::string>& lines) {
  std::vector<Grant> grants;
  for (const std::string& line : lines) grants.push_back(ParseGrant(line));
  std::string text;
  for (const Finding& finding : Excess(grants)) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", finding.severity == Severity::kDanger ? "danger " : "warning ", finding.text);
  }
  return text;
}

TEST_CASE("a line says what, on what, and whether it may be passed on") {
  const Grant grant = ParseGrant("GRANT SELECT (`a`, `b)`), INSERT, CREATE TEMPORARY TABLES ON `sh\\_op`.* TO `p`@`%` WITH GRANT OPTION");
  CHECK(grant.kind == Grant::Kind::kPrivileges);
  CHECK(grant.names == Names{"SELECT", "INSERT", "CREATE TEMPORARY TABLES"});
  CHECK(grant.schema == "sh_op");
  CHECK(grant.object == "");
  CHECK(grant.grant_option);
  const Grant routine = ParseGrant("GRANT EXECUTE ON PROCEDURE `shop`.`a``b` TO `p`@`%`");
  CHECK(routine.schema == "shop");
  CHECK(routine.object == "a`b");
}

TEST_CASE("roles, partial revokes and proxies are told apart") {
  const Grant mysql = ParseGrant("GRANT `reporting`@`%`,`x`@`h` TO `p`@`127.0.0.1` WITH ADMIN OPTION");
  CHECK(mysql.kind == Grant::Kind::kRoles);
  CHECK(mysql.names == Names{"reporting", "x@h"});
  CHECK(mysql.grant_option);
  const Grant mariadb = ParseGrant("GRANT `reporting` TO `p`@`127.0.0.1`");
  CHECK(mariadb.names == Names{"reporting"});
  CHECK(ParseGrant("GRANT reporting TO `p`@`h`").names == Names{"reporting"});
  CHECK(ParseGrant("REVOKE SELECT ON `mysql`.* FROM `p`@`%`").kind == Grant::Kind::kRevoked);
  CHECK(ParseGrant("GRANT PROXY ON ``@`` TO `root`@`localhost` WITH GRANT OPTION").kind == Grant::Kind::kProxy);
  CHECK(ParseGrant("SET DEFAULT ROLE `reporting` FOR `p`@`h`").kind == Grant::Kind::kOther);
}

TEST_CASE("what the relay needs is nothing to complain of") {
  CHECK(Judged({"GRANT USAGE ON *.* TO `p`@`%` IDENTIFIED BY PASSWORD '*2470C0' REQUIRE SSL",
                "GRANT SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, TRIGGER, EXECUTE ON `shop`.* TO `p`@`%`",
                "GRANT SHOW_ROUTINE ON *.* TO `p`@`%`", "GRANT SELECT ON `mysql`.`proc` TO `p`@`%`"}) == "");
}

TEST_CASE("what nobody's agent should stand on is dangerous, and what we do not know too") {
  CHECK(Judged({"GRANT ALL PRIVILEGES ON *.* TO `p`@`%`"}) == "danger ALL PRIVILEGES on everything");
  CHECK(Judged({"GRANT SELECT, FILE, SUPER ON *.* TO `p`@`%`"}) ==
        "danger SELECT on everything; danger FILE on everything; danger SUPER on everything");
  CHECK(Judged({"GRANT SYSTEM_VARIABLES_ADMIN,NEVER_HEARD_OF ON *.* TO `p`@`%`"}) ==
        "danger SYSTEM_VARIABLES_ADMIN on everything; danger NEVER_HEARD_OF on everything");
  CHECK(Judged({"GRANT SELECT ON `shop`.* TO `p`@`%` WITH GRANT OPTION"}) == "danger GRANT OPTION on shop");
  CHECK(Judged({"GRANT SELECT ON `mysql`.`user` TO `p`@`%`"}) == "danger SELECT on mysql.user");
  CHECK(Judged({"GRANT ALL PRIVILEGES ON `shop`.* TO `p`@`%`"}) == "warning ALL PRIVILEGES on shop.*");
  CHECK(Judged({"GRANT EXECUTE ON *.* TO `p`@`%`"}) == "warning EXECUTE on everything");
  CHECK(Judged({"GRANT `r`@`%` TO `p`@`%` WITH ADMIN OPTION"}) == "danger ADMIN OPTION on a role");
}

TEST_CASE("what is missing is told by schema") {
  const auto missing = Missing({ParseGrant("GRANT SELECT, SHOW VIEW ON `shop`.* TO `p`@`%`"), ParseGrant("GRANT SELECT ON `x`.`t` TO `p`@`%`")});
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].text.find("no TRIGGER, EXECUTE on shop:") == 0);
  CHECK(Missing({ParseGrant("GRANT ALL PRIVILEGES ON `shop`.* TO `p`@`%`")}).empty());
}

TEST_CASE("no cut of a line is read wrongly as harmless or crashes") {
  const std::string line = "GRANT SELECT (`a`, `b`), FILE ON *.* TO `p`@`%` WITH GRANT OPTION";
  for (size_t size = 0; size < line.size(); ++size) ParseGrant(line.substr(0, size));
}

}  // namespace
}  // namespace postern::relay
