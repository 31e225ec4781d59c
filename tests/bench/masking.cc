// What masking costs: rows per second of 8 columns, 3 of them masked, in pieces of 64 KiB as they come from the relay;
// and bytes per second of detectors in text with nothing in it. "walked" is what the gateway does to rows without
// masks. Google Benchmark.
//
//   build/release/bin/bench_masking [--benchmark_filter=...]
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/mysql/flow/response_walker.h"
#include "gateway/masking/detectors/text_search.h"
#include "tests/unit/gateway/masking/masked_reply.h"

namespace postern::masking {
namespace {

constexpr mysql::Capabilities kModern = mysql::capability::kDeprecateEof;
constexpr size_t kPieceBytes = size_t{64} * 1024;
constexpr size_t kRows = 20000;

std::vector<mysql::ColumnDefinition41> Customers() {
  return {Column(FieldType::kLongLong),
          Column(FieldType::kVarString, kUtf8mb4),
          Column(FieldType::kVarString, kUtf8mb4),
          Column(FieldType::kVarString, kUtf8mb4),
          Column(FieldType::kLong),
          Column(FieldType::kNewDecimal, kBinary, 0, 2),
          Column(FieldType::kDatetime),
          Column(FieldType::kVarString, kUtf8mb4)};
}

std::string CustomersReply(Protocol protocol) {
  const auto columns = Customers();
  mysql::ReplyBuilder reply(kModern);
  reply.Packet("\x08");
  for (const auto& column : columns) reply.Packet(column.Encode());
  const Values values = {"1234567", "Johanna Musterfrau",  "johanna@shop.example",      "4111111111111111", "42",
                         "1999.95", "2026-11-21 20:15:01", "a note of the usual length"};
  const std::string row = protocol == Protocol::kText ? TextRow(values) : BinaryRow(columns, values);
  for (size_t i = 0; i < kRows; ++i) reply.Packet(row);
  return reply.RowsEnd().wire();
}

const policy::Mask kRedact = MaskOf(policy::MaskKind::kRedact);
const policy::Mask kEmail = MaskOf(policy::MaskKind::kEmail);
const policy::Mask kLastFour = MaskOf(policy::MaskKind::kKeepLast, 4);
const policy::Mask kHash = MaskOf(policy::MaskKind::kHash, 16);

mysql::ReplyShape ShapeOf(Protocol protocol) {
  return protocol == Protocol::kText ? mysql::ReplyShape::kQuery : mysql::ReplyShape::kExecute;
}

void CountRows(benchmark::State& state, const std::string& wire) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kRows));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * wire.size()));
}

void BM_Walked(benchmark::State& state, Protocol protocol) {
  const std::string wire = CustomersReply(protocol);
  for (auto _ : state) {
    mysql::ResponseWalker walker({kModern, kModern});
    walker.Begin(ShapeOf(protocol));
    mysql::ResponseSink* sink = nullptr;
    struct Copying : mysql::ResponseSink {
      void Pass(mysql::Bytes bytes) override { out.assign(mysql::AsText(bytes)); }
      std::string out;
    } copying;
    sink = &copying;
    for (size_t at = 0; at < wire.size(); at += kPieceBytes) {
      if (!walker.Feed(mysql::AsBytes(std::string_view(wire).substr(at, kPieceBytes)), *sink).ok()) std::abort();
    }
  }
  CountRows(state, wire);
}
BENCHMARK_CAPTURE(BM_Walked, text, Protocol::kText);
BENCHMARK_CAPTURE(BM_Walked, binary, Protocol::kBinary);

void BM_Masked(benchmark::State& state, Protocol protocol, const Masks& masks,
               std::shared_ptr<const Detector> detector = nullptr) {
  const std::string wire = CustomersReply(protocol);
  FixedJudge judge(masks);
  judge.detector = std::move(detector);
  ResultMasker::Options options;
  options.capabilities = kModern;
  ResultMasker masker(options);
  std::string out;
  for (auto _ : state) {
    masker.Begin(ShapeOf(protocol), judge);
    for (size_t at = 0; at < wire.size(); at += kPieceBytes) {
      mysql::Bytes piece = mysql::AsBytes(std::string_view(wire).substr(at, kPieceBytes));
      while (!piece.empty()) {
        out.clear();
        if (!masker.Feed(piece, out).ok()) std::abort();
        benchmark::DoNotOptimize(out);
      }
    }
  }
  CountRows(state, wire);
}
const Masks kThree = {{}, kRedact, kEmail, kLastFour, {}, {}, {}, {}};
const Masks kThreeHashed = {{}, kHash, kHash, kHash, {}, {}, {}, {}};
BENCHMARK_CAPTURE(BM_Masked, text_none, Protocol::kText, Masks(8));
BENCHMARK_CAPTURE(BM_Masked, text_three, Protocol::kText, kThree);
BENCHMARK_CAPTURE(BM_Masked, text_three_hashed, Protocol::kText, kThreeHashed);
BENCHMARK_CAPTURE(BM_Masked, binary_none, Protocol::kBinary, Masks(8));
BENCHMARK_CAPTURE(BM_Masked, binary_three, Protocol::kBinary, kThree);
BENCHMARK_CAPTURE(BM_Masked, binary_three_hashed, Protocol::kBinary, kThreeHashed);

Detector::Options Everything() {
  Detector::Options options;
  for (size_t i = 0; i + 1 < kKinds; ++i) options.kinds.push_back(static_cast<Kind>(i));
  options.mask = true;
  return options;
}
BENCHMARK_CAPTURE(BM_Masked, text_detected, Protocol::kText, Masks(8), *Detector::Make(Everything()));

// Text as it stands in notes, orders and logs, `bytes` long.
std::string Text(std::string_view kind, size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    if (kind == "prose")
      text += "The customer asked whether the parcel, which left on Monday, could be held at the depot until June. ";
    if (kind == "logs")
      text += "2026-11-21 20:15:01.250 INFO [worker-17] order_id=4711 status=shipped took=12ms retries=0\n";
    if (kind == "numbers") text += "1042,77,19.95,2026-11-21,3,118203,0.07;";
    if (kind == "hex") text += "550e8400-e29b-41d4-a716-446655440000 d41d8cd98f00b204e9800998ecf8427e ";
  }
  text.resize(bytes);
  return text;
}

void BM_Detect(benchmark::State& state, std::string_view kind, const Detector::Options& options) {
  const auto detector = *Detector::Make(options);
  const std::string text = Text(kind, static_cast<size_t>(state.range(0)));
  std::vector<Span> spans;
  for (auto _ : state) {
    detector->Find(text, spans);
    if (!spans.empty()) return state.SkipWithError("there should be nothing in it");
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}
BENCHMARK_CAPTURE(BM_Detect, prose, "prose", Everything())->Arg(64)->Arg(4096);
BENCHMARK_CAPTURE(BM_Detect, logs, "logs", Everything())->Arg(64)->Arg(4096);
BENCHMARK_CAPTURE(BM_Detect, numbers, "numbers", Everything())->Arg(4096);
BENCHMARK_CAPTURE(BM_Detect, hex, "hex", Everything())->Arg(4096);

Detector::Options OnePattern() {
  Detector::Options options = Everything();
  options.patterns = {"ACME-[0-9]{6}"};
  return options;
}
BENCHMARK_CAPTURE(BM_Detect, prose_and_a_pattern, "prose", OnePattern())->Arg(4096);

}  // namespace
}  // namespace postern::masking

BENCHMARK_MAIN();
