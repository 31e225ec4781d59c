#include "common/sql/rows_met.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "common/sql/parser/parser.h"
#include "common/sql/read.h"

namespace postern::sql {
namespace {

// The parts of a statement over one table, as they stand in its text.
struct Parts {
  std::string table;  // with its alias
  std::string where;  // with its keyword, or empty
  std::string order;  // likewise
  std::optional<std::string> limit;
};

std::string Slice(std::string_view text, const Expr& expr) { return std::string(text.substr(expr.begin, expr.end - expr.begin)); }

// A chain of keys, each as written and in its direction.
std::string OrderText(std::string_view text, const List<Expr>& keys) {
  std::string out;
  for (const Expr* key = keys.first; key != nullptr; key = key->next) {
    out += (out.empty() ? " ORDER BY " : ", ") + Slice(text, *key) + (key->descending ? " DESC" : "");
  }
  return out;
}

bool IsPlainTable(const TableRef& table) {
  return table.kind == TableKind::kNamed && !table.partitions && !table.index_hints && table.exprs.empty() &&
         table.using_columns.empty() && table.next == nullptr;
}

template <class Dml>
std::optional<Parts> PartsOf(std::string_view text, const Dml& dml) {
  if (!dml.with.empty() || !dml.extra.empty() || dml.tables.size != 1 || !IsPlainTable(*dml.tables.first)) return std::nullopt;
  const TableRef& table = *dml.tables.first;
  Parts parts;
  if (!table.name.schema.empty()) parts.table.append(table.name.schema.raw).append(".");
  parts.table.append(table.name.name.raw);
  if (!table.alias.empty()) parts.table.append(" AS ").append(table.alias.raw);
  if (dml.where != nullptr) parts.where = " WHERE " + Slice(text, *dml.where);
  parts.order = OrderText(text, dml.order_by);
  if (dml.has_limit && dml.limit.size == 1) parts.limit = Slice(text, *dml.limit.first);
  if (dml.has_limit && !parts.limit) return std::nullopt;
  return parts;
}

std::optional<Parts> PartsOf(std::string_view text, const Dialect& dialect) {
  Arena arena;
  Parser parser(text, dialect, {}, arena);
  const Statement* statement = parser.ParseNext();
  if (statement == nullptr || !parser.AtEndOfText() || parser.failed() || parser.dropped_anything()) return std::nullopt;
  if (const auto* update = std::get_if<Update*>(&statement->any)) return PartsOf(text, **update);
  const auto* del = std::get_if<Delete*>(&statement->any);
  if (del == nullptr || !(*del)->targets.empty()) return std::nullopt;
  return PartsOf(text, **del);
}

// Each call gives another value, so it would not meet the rows that the statement meets.
bool IsArbitrary(const FunctionUse& use) {
  constexpr std::string_view kNames[] = {"RAND", "RANDOM_BYTES", "SYSDATE", "UUID", "UUID_SHORT", "UUID_V4", "UUID_V7"};
  return std::find(std::begin(kNames), std::end(kNames), use.name) != std::end(kNames);
}

// Why the query is more than a look at the rows of one table; empty: it is not.
std::string MoreThanALook(const std::string& query, const Dialect& dialect) {
  const Reading reading = Read(query, dialect);
  if (!reading.ok() || reading.canonical.view() != query) return "its WHERE cannot be read on its own";
  const Facts& facts = reading.facts;
  if (facts.parameters != 0) return "its WHERE has parameters";
  if (!facts.variables.empty()) return "its WHERE uses variables";
  for (const FunctionUse& use : facts.functions) {
    if (use.cls != FunctionClass::kPure) return "its WHERE calls " + use.name + ", which may do more than compute";
    if (IsArbitrary(use)) return "its WHERE calls " + use.name + ", which gives another value each time";
  }
  const bool one_table = facts.objects.size() == 1 && facts.objects.front().kind == ObjectKind::kTable &&
                         facts.objects.front().access == Access::kRead;
  if (!one_table) return "its WHERE reads other tables";
  if (facts.verb != Verb::kSelect || facts.group != VerbGroup::kRead || facts.locking_read || facts.into_variable ||
      facts.into_outfile || facts.into_dumpfile) {
    return "its WHERE does more than choose rows";
  }
  return {};
}

// The statement's own limit, where it is a plain number.
std::optional<uint64_t> OwnLimit(const std::optional<std::string>& limit) {
  const bool digits = limit && !limit->empty() && limit->size() < 10 &&
                      std::all_of(limit->begin(), limit->end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  return std::stoull(*limit);
}

// Of a statement that changes at most so many rows anyway, as many.
std::string LimitText(const std::optional<std::string>& limit, uint64_t most) {
  return " LIMIT " + std::to_string(std::min(OwnLimit(limit).value_or(most), most));
}

}  // namespace

RowsMet RowsMetBy(std::string_view text, const Dialect& dialect, uint64_t count_up_to, uint64_t sample_rows) {
  const auto parts = PartsOf(text, dialect);
  if (!parts) return {.why_not = "it is not an UPDATE or DELETE of one table, or chooses its rows by partition, hint, period or WITH"};
  const std::string from = " FROM " + parts->table + parts->where;
  RowsMet met;
  met.count = "SELECT COUNT(*) FROM (SELECT 1" + from + LimitText(parts->limit, count_up_to) + ") AS postern_rows";
  met.sample = "SELECT *" + from + parts->order + LimitText(parts->limit, sample_rows);
  std::string all = "SELECT *" + from + parts->order + (OwnLimit(parts->limit) ? " LIMIT " + *parts->limit : "");
  met.explain = "EXPLAIN " + all;
  met.approximate = parts->limit.has_value() && parts->order.empty();
  for (const std::string* query : {&met.sample, &met.count, &all}) {
    if (std::string why = MoreThanALook(*query, dialect); !why.empty()) return {.why_not = std::move(why)};
  }
  return met;
}

}  // namespace postern::sql
