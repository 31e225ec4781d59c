#include "gateway/ctl/sql_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "gateway/ctl/run.h"

namespace postern::ctl {

TEST_CASE("versions are three numbers, with whatever a vendor hangs on") {
  CHECK(VersionNumber("9.7.4") == 90704);
  CHECK(VersionNumber("10.11.19-MariaDB") == 101119);
  CHECK(VersionNumber("8.0") == 80000);
  for (const char* text : {"", "9.", "9..1", "x", "9.7.4.1", "9.700.1", "9-7"}) CHECK_FALSE(VersionNumber(text).has_value());
}

TEST_CASE("a statement's facts, names in the default schema") {
  const auto json = AnswerLine(
      R"({"sql": "SELECT c.email FROM customers c WHERE id = 5", "vendor": "mysql", "version": "9.7.4", "schema": "shop"})");
  CHECK(json["ok"] == true);
  CHECK(json["kind"] == "select");
  CHECK(json["group"] == "read");
  CHECK(json["objects"][0]["schema"] == "shop");
  CHECK(json["objects"][0]["access"] == "read");
  CHECK(json["outputs"][0]["sources"][0]["name"] == "email");
  CHECK(json["flags"] == nlohmann::json::array({"where"}));
  CHECK(json["digest"] == "SELECT `c` . `email` FROM `customers` `c` WHERE `id` = ?");
}

TEST_CASE("a kind is the statement's, a verb its first word") {
  const auto json = AnswerLine(R"({"sql": "DROP TABLE other.t"})");
  CHECK(json["kind"] == "drop_table");
  CHECK(json["verb"] == "drop");
  CHECK(json["objects"][0]["schema"] == "other");
}

TEST_CASE("a statement that is not read says why and where") {
  const auto json = AnswerLine(R"({"sql": "DROP TABEL t"})");
  CHECK(json["ok"] == false);
  CHECK(json["offset"] == 5);
  CHECK(json["reason"] == "syntax");
  CHECK_FALSE(json.contains("group"));
}

TEST_CASE("sql print lays out its argument or what is on stdin, and escapes what a terminal would obey") {
  const auto run = [](const std::vector<std::string>& arguments, const std::string& input, int exit_code) {
    std::ostringstream out, err;
    std::istringstream in(input);
    const auto getenv = [](const char*) { return std::optional<std::string>(); };
    CHECK(Run(arguments, {out, err, getenv, nullptr, &in}) == exit_code);
    return out.str();
  };
  CHECK(run({"sql", "print", "select a from t"}, "", 0) == "SELECT a\nFROM t\n");
  CHECK(run({"sql", "print", "--vendor", "mariadb"}, "delete from t -- x\n", 0) == "DELETE FROM t\n");
  CHECK(run({"sql", "print", "select '\x1b[2J'"}, "", 0) == "SELECT '\\x1b[2J'\n");
  CHECK(run({"sql", "print", "selec"}, "", 1).starts_with("refused: "));
  CHECK(run({"--output", "json", "sql", "print", "do 1"}, "", 0) == "{\n  \"ok\": true,\n  \"text\": \"DO 1\"\n}\n");
}

TEST_CASE("a line that is no request is refused") {
  for (const char* line : {"", "{", "[]", "{}", R"({"sql": 5})", R"({"sql": "SELECT 1", "vendor": "oracle"})",
                           R"({"sql": "SELECT 1", "version": "new"})", R"({"sql": "SELECT 1", "sql_mode": "ODD"})"}) {
    INFO(line);
    CHECK(AnswerLine(line)["ok"] == false);
  }
}

}  // namespace postern::ctl
