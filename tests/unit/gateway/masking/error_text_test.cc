#include <catch2/catch.hpp>
#include <string>

#include "gateway/masking/error_text.h"

namespace postern::masking {
namespace {

TEST_CASE("texts that hold names alone pass, all others are in our words") {
  struct Row {
    uint32_t code;
    const char* text;
    bool passes;
  };
  for (const Row& row : {
           Row{1146, "Table 'shop.nowhere' doesn't exist", true},
           Row{1054, "Unknown column 'emial' in 'field list'", true},
           Row{1205, "Lock wait timeout exceeded; try restarting transaction", true},
           Row{1213, "Deadlock found when trying to get lock; try restarting transaction", true},
           Row{3024, "Query execution was interrupted, maximum statement execution time exceeded", true},
           Row{1317, "Query execution was interrupted", true},
           Row{1064, "You have an error in your SQL syntax near 'CANARY' at line 1", false},
           Row{1105, "XPATH syntax error: '~CANARY'", false},
           Row{1264, "Out of range value for column 'CANARY' at row 1", false},
           Row{1265, "Data truncated for column 'CANARY' at row 1", false},
           Row{1292, "Truncated incorrect DOUBLE value: 'CANARY'", false},
           Row{1366, "Incorrect integer value: 'CANARY' for column 'a' at row 1", false},
           Row{1367, "Illegal double 'CANARY' value found during parsing", false},
           Row{1406, "Data too long for column 'CANARY' at row 1", false},
           Row{1411, "Incorrect datetime value: 'CANARY' for function str_to_date", false},
           Row{1525, "Incorrect DATE value: 'CANARY'", false},
           Row{1526, "Table has no partition for value CANARY", false},
           Row{1644, "CANARY", false},
           Row{1690, "BIGINT value is out of range in '(CANARY + 1)'", false},
           Row{3140, "Invalid JSON text: \"Invalid value.\" at position 0 in value for column 'CANARY'.", false},
           Row{4025, "CONSTRAINT `c` failed for `shop`.`CANARY`", false},
           Row{1003, "/* select#1 */ select 'CANARY' AS `ssn`", false},
           Row{0, "CANARY", false},
           Row{65535, "CANARY", false},
       }) {
    CAPTURE(row.code);
    const std::string told = ErrorText(row.code, row.text);
    CHECK((told == row.text) == row.passes);
    CHECK(told.find("CANARY") == std::string::npos);
    CHECK_FALSE(told.empty());
    CHECK(ErrorText(row.code, told) == told);
  }
}

TEST_CASE("no number outside the list lets the server's text through") {
  int passing = 0;
  for (uint32_t code = 0; code <= 65535; ++code) passing += ErrorText(code, "CANARY") == "CANARY";
  CHECK(passing < 100);
}

TEST_CASE("of a duplicate the key's name is kept, the value is not") {
  const auto told = [](std::string_view text) { return ErrorText(1062, text); };
  CHECK(told("Duplicate entry 'CANARY' for key 'customers.email'").find(" for key 'customers.email'") !=
        std::string::npos);
  for (const char* text :
       {"Duplicate entry 'CANARY' for key 'customers.email'", "Duplicate entry 'x' for key 'CANARY' for key 'email'",
        "Duplicate entry 'CANARY", "Duplicate entry '' for key 'CANARY", "Doppelter Eintrag 'CANARY'", "", "'"}) {
    CAPTURE(text);
    CHECK(told(text).find("CANARY") == std::string::npos);
  }
  CHECK(told("Duplicate entry '" + std::string(600, 'x') + "' for key 'CANARY'").find("CANARY") == std::string::npos);
}

TEST_CASE("number and state of an error stay") {
  const mysql::ErrPacket told = ErrorForAgent({1062, "23000", "Duplicate entry 'CANARY' for key 'email'"});
  CHECK(told.code == 1062);
  CHECK(told.sqlstate == "23000");
}

TEST_CASE("the info of an OK is counts") {
  CHECK(HoldsCountsOnly(""));
  CHECK(HoldsCountsOnly("Rows matched: 3  Changed: 2  Warnings: 0"));
  CHECK(HoldsCountsOnly("Records: 3  Duplicates: 0  Warnings: 0"));
  for (const char* info :
       {"CANARY", "Rows matched: x", "Rows matched: 3 CANARY", "Records: 3  Duplicates: ", "Records: 3Changed: 1"}) {
    CHECK_FALSE(HoldsCountsOnly(info));
  }
}

}  // namespace
}  // namespace postern::masking
