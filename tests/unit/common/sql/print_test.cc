// How statements are printed, row by row; and what must hold of printing any of them, checked on the golden ones.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "common/sql/ascii.h"
#include "common/sql/lexer/lexer.h"
#include "common/sql/print.h"
#include "common/sql/read.h"
#include "golden_corpus.h"

namespace postern::sql {
namespace {

// Facts without what is told as written: values of variables, names of computed columns.
Facts Comparable(Facts facts) {
  for (OutputColumn& column : facts.outputs) {
    std::erase_if(column.name, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '`' || c == '"'; });
    column.name = Upper(column.name);
  }
  for (VariableUse& use : facts.variables) {
    if (use.value) use.value = Upper(*use.value);
  }
  return facts;
}

}  // namespace

TEST_CASE("printing keeps the tree, the facts and itself") {
  for (const GoldenFile& file : LoadGoldenFiles()) {
    for (const GoldenBlock& block : file.blocks) {
      INFO(file.path.string() << "\n" << block.dialect_line << "\n" << block.sql);
      const Reading reading = Read(block.sql, block.dialect);
      const Printed printed = Print(block.sql, block.dialect);
      REQUIRE(printed.ok() == reading.ok());
      if (!reading.ok()) continue;
      INFO(printed.text);
      CHECK(printed.laid_out);
      CHECK(TreeOf(printed.text, block.dialect) == TreeOf(reading.canonical.view(), block.dialect));
      const Reading again = Read(printed.text, block.dialect);
      REQUIRE(again.ok());
      CHECK(Comparable(again.facts) == Comparable(reading.facts));
      CHECK(Print(printed.text, block.dialect).text == printed.text);
    }
  }
}

}  // namespace postern::sql
