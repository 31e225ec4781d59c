// Property: whatever a server sends, however it is cut, what comes out are the same whole packets in order, and no
// value that came in a masked column is among them. First bytes: shape, masks, pieces; the rest becomes rows, or the
// whole reply.
#include <cstdint>
#include <cstdlib>

#include "tests/unit/gateway/masking/masked_reply.h"

using namespace postern;
using namespace postern::masking;

static const std::string kCanary = "CANARY7";

// Two clear columns around masked ones: a canary in a masked one must not come out, whatever the bytes around it are.
static std::string ReplyOf(mysql::ReplyShape shape, const std::vector<mysql::ColumnDefinition41>& columns,
                           std::string_view bytes) {
  mysql::ReplyBuilder reply(mysql::capability::kDeprecateEof);
  reply.Packet(std::string(1, static_cast<char>(columns.size())));
  for (const auto& column : columns) reply.Packet(column.Encode());
  std::string row = shape == mysql::ReplyShape::kExecute ? std::string(2, '\0') : "";
  row += static_cast<char>(kCanary.size());
  row += kCanary;
  row.append(bytes);
  return reply.Packet(row).RowsEnd().wire();
}

static Masked Run(mysql::ReplyShape shape, std::string_view wire, const Masks& masks, size_t step) {
  FixedJudge judge(masks);
  return MaskReply(shape, wire, judge, mysql::capability::kDeprecateEof, step);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  const auto shape = (data[0] & 1) != 0 ? mysql::ReplyShape::kExecute : mysql::ReplyShape::kQuery;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 4), size - 4);
  const std::vector<mysql::ColumnDefinition41> columns = {
      Column(FieldType::kVarString, kUtf8mb4), Column(static_cast<FieldType>(data[1]), data[2], 0, data[2] % 7),
      Column(FieldType::kVarString, kUtf8mb4)};
  const auto kind = static_cast<policy::MaskKind>(data[3] % 10);
  const Masks masks = {MaskOf(kind, data[3] / 10, -1, "x"), MaskOf(kind, 2, -1, "7"), std::nullopt};
  if (kind == policy::MaskKind::kKeepFirst || kind == policy::MaskKind::kKeepLast) return 0;  // shown in part by intent
  const bool raw = (data[0] & 2) != 0;
  const std::string wire = raw ? std::string(bytes) : ReplyOf(shape, columns, bytes);
  if (bytes.find(kCanary) != std::string_view::npos) return 0;

  const Masked whole = Run(shape, wire, masks, SIZE_MAX);
  const Masked pieces = Run(shape, wire, masks, (data[0] & 4) != 0 ? 1 : 3);
  if (whole.status.ok() != pieces.status.ok() || whole.done != pieces.done) std::abort();
  if (whole.out.find(kCanary) != std::string::npos || pieces.out.find(kCanary) != std::string::npos) std::abort();
  if (whole.status.ok() && whole.out != pieces.out) std::abort();
  if (whole.done && !PacketsOf(whole.out)) std::abort();
  return 0;
}
