// Property: reading with a schema at hand refuses and accepts the same texts and finds the same objects and functions as
// reading without one; and where every column is resolved, each of a table in the schema is one that it has. The first byte
// chooses the dialect.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/sql/ascii.h"
#include "common/sql/read.h"
#include "tests/unit/common/sql/fake_schema.h"

using namespace postern::sql;

namespace {

bool Has(const RelationShape& shape, std::string_view name) {
  for (const ColumnShape column : shape.columns) {
    if (EqualsIgnoreCase(column.name, name)) return true;
  }
  return name == "*";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const FakeSchema schema;
  if (size < 1) return 0;
  Dialect dialect;
  dialect.vendor = data[0] & 1 ? Vendor::kMariaDb : Vendor::kMySql;
  dialect.version = data[0] & 1 ? 101119 : 90704;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Reading plain = Read(text, dialect);
  const Reading resolved = Read(text, dialect, {}, {&schema, "shop"});
  if (plain.ok() != resolved.ok()) abort();
  if (!plain.ok()) return 0;
  const Facts& facts = resolved.facts;
  if (facts.objects != plain.facts.objects || facts.functions != plain.facts.functions) abort();
  if (facts.verb != plain.facts.verb || facts.group != plain.facts.group) abort();
  if (!facts.unresolved.empty() || facts.columns_cut) return 0;
  for (const ColumnUse& use : facts.columns) {
    const auto shape = schema.FindRelation(use.column.schema, use.column.table);
    if (!shape || !Has(*shape, use.column.name)) abort();
  }
  return 0;
}
