#include <catch2/catch.hpp>

#include "common/sql/schema.h"

namespace postern::sql {

TEST_CASE("a packed list of columns gives back what was packed, in order") {
  const std::string long_expression(70'000, 'x');
  std::string packed;
  ColumnList::Pack({"id", false, {}}, packed);
  ColumnList::Pack({"row_start", true, {}}, packed);
  ColumnList::Pack({"total", false, "`a` + `b`"}, packed);
  ColumnList::Pack({"huge", true, long_expression}, packed);
  const ColumnList columns(packed, 4);

  std::vector<ColumnShape> found;
  for (const ColumnShape column : columns) found.push_back(column);
  REQUIRE(found.size() == columns.size());
  CHECK(found[0].name == "id");
  CHECK_FALSE(found[0].invisible);
  CHECK(found[0].generated_from.empty());
  CHECK(found[1].name == "row_start");
  CHECK(found[1].invisible);
  CHECK(found[2].generated_from == "`a` + `b`");
  CHECK(found[3].generated_from == long_expression);
  CHECK(found[3].invisible);
}

}  // namespace postern::sql
