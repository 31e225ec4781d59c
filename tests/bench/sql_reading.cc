// What reading SQL costs: text to facts and canonical text, as the gateway does it for each statement. Google Benchmark. Rows that
// are `resolved` follow each column through the target's schema as well, as is done where columns are masked; the bulk rows also show the most memory held, as a multiple of the statement's size.
//
//   build/release/bin/bench_sql_reading [--benchmark_filter=...]
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "common/sql/read.h"
#include "gateway/catalog/catalog_builder.h"

namespace {

// Counts what the reader allocates. One thread.
size_t held_bytes = 0;
size_t most_held_bytes = 0;
size_t allocations = 0;

}  // namespace

void* operator new(size_t bytes) {
  void* at = std::malloc(bytes);
  if (at == nullptr) std::abort();
  ++allocations;
  held_bytes += malloc_usable_size(at);
  most_held_bytes = std::max(most_held_bytes, held_bytes);
  return at;
}
void operator delete(void* at) noexcept {
  held_bytes -= malloc_usable_size(at);
  std::free(at);
}
void operator delete(void* at, size_t) noexcept { operator delete(at); }

namespace postern::sql {
namespace {

constexpr Dialect kMySql{.vendor = Vendor::kMySql, .version = 90704};

void ReadIt(benchmark::State& state, const std::string& text, const Known& known = {}) {
  const size_t allocations_before = allocations;
  for (auto _ : state) {
    Reading reading = Read(text, kMySql, {}, known);
    if (!reading.ok()) return state.SkipWithError(reading.error->ToString().c_str());
    benchmark::DoNotOptimize(reading);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.counters["allocations"] =
      static_cast<double>(allocations - allocations_before) / static_cast<double>(state.iterations());
  state.counters["statement_bytes"] = static_cast<double>(text.size());
}

void AddTable(catalog::CatalogBuilder& builder, const std::string& name, const std::vector<std::string>& columns) {
  v1::CatalogItem relation;
  relation.mutable_relation()->set_schema("shop");
  relation.mutable_relation()->set_name(name);
  relation.mutable_relation()->set_kind(v1::CatalogRelation::KIND_TABLE);
  v1::CatalogItem shape;
  shape.mutable_columns()->set_schema("shop");
  shape.mutable_columns()->set_relation(name);
  for (const std::string& column : columns) shape.mutable_columns()->add_columns()->set_name(column);
  if (!builder.Add(relation).ok() || !builder.Add(shape).ok()) std::abort();
}

// The tables that the statements name, among 10,000 others.
const Schema& Shop() {
  static const auto shop = [] {
    catalog::CatalogBuilder builder{{}};
    v1::CatalogItem server;
    server.mutable_server()->set_version("9.7.4");
    v1::CatalogItem schema;
    schema.mutable_schema()->set_name("shop");
    if (!builder.Add(server).ok() || !builder.Add(schema).ok()) std::abort();
    AddTable(builder, "sbtest1", {"id", "k", "c", "pad"});
    AddTable(builder, "orders", {"id", "customer_id", "product_id", "quantity", "status", "created_at"});
    AddTable(builder, "customers", {"id", "name", "email", "region", "closed"});
    AddTable(builder, "products", {"id", "category", "price"});
    AddTable(builder, "refunds", {"id", "order_id", "state"});
    AddTable(builder, "payments", {"id", "customer_id", "state", "paid_at"});
    AddTable(builder, "tickets", {"id", "customer_id", "closed_at"});
    for (int i = 0; i < 10'000; ++i) AddTable(builder, "t" + std::to_string(i), {"id", "a", "b", "c"});
    return *builder.Finish("");
  }();
  return *shop;
}

constexpr char kPointSelect[] = "SELECT c FROM sbtest1 WHERE id=5";
void BM_PointSelect(benchmark::State& state) { ReadIt(state, kPointSelect); }
BENCHMARK(BM_PointSelect);
void BM_PointSelect_resolved(benchmark::State& state) { ReadIt(state, kPointSelect, {&Shop(), "shop"}); }
BENCHMARK(BM_PointSelect_resolved);

void BM_PointUpdate(benchmark::State& state) { ReadIt(state, "UPDATE sbtest1 SET k=k+1, c='hello' WHERE id=5"); }
BENCHMARK(BM_PointUpdate);

// 2 KB with joins, common tables and windows.
constexpr char kAnalytical[] = R"(
WITH monthly AS (
  SELECT c.region, c.id AS customer_id, DATE_FORMAT(o.created_at, '%Y-%m') AS month, SUM(o.quantity * p.price) AS revenue,
         COUNT(DISTINCT o.id) AS orders, AVG(o.quantity) AS mean_quantity
  FROM shop.orders AS o
  JOIN shop.customers AS c ON c.id = o.customer_id
  JOIN shop.products AS p ON p.id = o.product_id
  LEFT JOIN shop.refunds AS r ON r.order_id = o.id AND r.state <> 'rejected'
  WHERE o.created_at >= '2025-01-01' AND o.created_at < '2026-01-01' AND r.id IS NULL
    AND c.region IN ('north', 'south', 'east', 'west') AND p.category NOT LIKE 'internal%'
  GROUP BY c.region, c.id, DATE_FORMAT(o.created_at, '%Y-%m')
  HAVING SUM(o.quantity * p.price) > 100
), ranked AS (
  SELECT m.*, ROW_NUMBER() OVER (PARTITION BY m.region, m.month ORDER BY m.revenue DESC) AS place,
         SUM(m.revenue) OVER (PARTITION BY m.region ORDER BY m.month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running,
         LAG(m.revenue, 1, 0) OVER w AS before_that
  FROM monthly AS m
  WINDOW w AS (PARTITION BY m.customer_id ORDER BY m.month)
)
SELECT r.region, r.month, r.place, c.name, CONCAT(LEFT(c.email, 3), '***') AS contact, r.revenue, r.running,
       CASE WHEN r.before_that = 0 THEN NULL ELSE ROUND(100 * (r.revenue - r.before_that) / r.before_that, 1) END AS growth,
       (SELECT MAX(p2.paid_at) FROM shop.payments AS p2 WHERE p2.customer_id = c.id AND p2.state = 'settled') AS last_payment,
       EXISTS (SELECT 1 FROM shop.tickets AS t WHERE t.customer_id = c.id AND t.closed_at IS NULL) AS has_open_ticket
FROM ranked AS r
JOIN shop.customers AS c ON c.id = r.customer_id
WHERE r.place <= 10 AND COALESCE(r.running, 0) BETWEEN 1000 AND 9999999
  AND NOT (c.closed = 1 OR c.region = 'test')
ORDER BY r.region ASC, r.month DESC, r.place
LIMIT 500 OFFSET 0
)";

void BM_Analytical(benchmark::State& state) { ReadIt(state, kAnalytical); }
BENCHMARK(BM_Analytical)->Unit(benchmark::kMicrosecond);
void BM_Analytical_resolved(benchmark::State& state) { ReadIt(state, kAnalytical, {&Shop(), "shop"}); }
BENCHMARK(BM_Analytical_resolved)->Unit(benchmark::kMicrosecond);

std::string BulkInsert(size_t bytes, const std::string& row) {
  std::string text = "INSERT INTO shop.orders (id, customer_id, status, note) VALUES ";
  while (text.size() + row.size() + 1 < bytes) text += row + ",";
  text.back() = ' ';
  return text;
}

void BM_BulkInsert(benchmark::State& state, const std::string& row) {
  const std::string text = BulkInsert(16 << 20, row);
  const size_t held_before = most_held_bytes = held_bytes;
  ReadIt(state, text);
  state.counters["memory_times_size"] = static_cast<double>(most_held_bytes - held_before) / static_cast<double>(text.size());
}
BENCHMARK_CAPTURE(BM_BulkInsert, short_rows, "(1042,77,'new','ok')")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BulkInsert, long_rows, "(1042,77,'new','" + std::string(900, 'x') + "')")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern::sql

BENCHMARK_MAIN();
