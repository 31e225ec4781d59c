// Columns of every type with a value each, rows in both protocols, and replies run through a ResultMasker in pieces.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_MASKING_MASKED_REPLY_H_
#define POSTERN_TESTS_UNIT_GATEWAY_MASKING_MASKED_REPLY_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/mysql/wire/writer.h"
#include "gateway/masking/result_masker.h"
#include "gateway/masking/value_text.h"
#include "tests/unit/common/mysql/recorded_reply.h"

namespace postern::masking {

using mysql::FieldType;
using Values = std::vector<std::optional<std::string>>;  // as text
using Masks = std::vector<std::optional<policy::Mask>>;

inline constexpr uint16_t kUtf8mb4 = 45;
inline constexpr uint16_t kUtf8mb3 = 33;
inline constexpr uint16_t kLatin1 = 8;
inline constexpr uint16_t kAscii = 11;
inline constexpr uint16_t kBinary = 63;

inline mysql::ColumnDefinition41 Column(FieldType type, uint16_t charset = kBinary, uint16_t flags = 0,
                                        uint8_t decimals = 0, uint32_t length = 20) {
  mysql::ColumnDefinition41 column;
  column.schema = "shop";
  column.table = column.org_table = "customers";
  column.name = column.org_name = "c";
  column.type = type;
  column.charset = charset;
  column.flags = flags;
  column.decimals = decimals;
  column.length = length;
  return column;
}

inline std::string TextRow(const Values& values) {
  std::string row;
  for (const auto& value : values) {
    if (value) {
      mysql::Writer(row).LenencText(*value);
    } else {
      row += '\xFB';
    }
  }
  return row;
}

inline std::string BinaryRow(RowMasks::Columns columns, const Values& values) {
  std::string bitmap((columns.size() + kBitmapOffset + 7) / 8, '\0');
  std::string content;
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t bit = i + kBitmapOffset;
    if (!values[i]) {
      bitmap[bit / 8] = static_cast<char>(bitmap[bit / 8] | 1 << bit % 8);
    } else if (!AppendBinary(ValueType::Of(columns[i]), *values[i], content)) {
      std::abort();
    }
  }
  return std::string(1, '\0') + bitmap + content;
}

// The values of a row for an agent, as text; nothing if it is not well-formed.
inline std::optional<Values> ReadRow(RowMasks::Columns columns, Protocol protocol, std::string_view row) {
  Values values;
  mysql::Reader reader(mysql::AsBytes(row), "row");
  std::string_view bitmap;
  if (protocol == Protocol::kBinary) {
    if (reader.U8() != 0) return std::nullopt;
    bitmap = mysql::AsText(reader.Take((columns.size() + kBitmapOffset + 7) / 8));
    if (!reader.ok()) return std::nullopt;
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    const ValueType type = ValueType::Of(columns[i]);
    const size_t bit = i + kBitmapOffset;
    const bool null = protocol == Protocol::kText ? reader.Peek() == 0xFB && reader.remaining() > 0
                                                  : (static_cast<uint8_t>(bitmap[bit / 8]) >> bit % 8 & 1) != 0;
    if (null) {
      if (protocol == Protocol::kText) reader.Take(1);
      values.push_back(std::nullopt);
      continue;
    }
    std::string_view raw;
    if (protocol == Protocol::kText || type.binary == Encoding::kLenenc) {
      raw = reader.LenencText();
    } else if (type.binary == Encoding::kTemporal) {
      raw = mysql::AsText(reader.Take(reader.U8()));
    } else {
      const size_t bytes[] = {0, 0, 1, 2, 4, 8, 0, 0};
      raw = mysql::AsText(reader.Take(bytes[static_cast<size_t>(type.binary)]));
    }
    std::string text(raw);
    if (protocol == Protocol::kBinary && !BinaryToText(type, raw, text)) return std::nullopt;
    values.push_back(text);
  }
  if (!reader.Finish().ok()) return std::nullopt;
  return values;
}

// Gives every result the same masks, or withholds it.
struct FixedJudge : ResultJudge {
  explicit FixedJudge(Masks wanted) : masks(std::move(wanted)) {}

  Verdict OnColumns(RowMasks::Columns columns, size_t result) override {
    ++asked;
    last_result = result;
    seen.assign(columns.begin(), columns.end());
    if (withhold) return {nullptr, {1142, "42000", "withheld"}};
    auto compiled = RowMasks::Compile(columns, masks, {HashKey("key"), kUtf8mb4}, detector);
    if (!compiled.ok()) return {nullptr, {1105, "HY000", "masks do not fit"}};
    return {*compiled, {}};
  }

  Masks masks;
  std::shared_ptr<const Detector> detector;
  bool withhold = false;
  int asked = 0;
  size_t last_result = 0;
  std::vector<mysql::ColumnDefinition41> seen;
};

struct Masked {
  absl::Status status;
  std::string out;
  bool done = false;
  size_t most_held = 0;
};

inline Masked Feed(ResultMasker& masker, std::string_view wire, size_t step) {
  Masked masked;
  for (size_t at = 0; at < wire.size() && masked.status.ok(); at += std::min(step, wire.size() - at)) {
    mysql::Bytes piece = mysql::AsBytes(wire.substr(at, step));
    while (!piece.empty() && masked.status.ok()) {
      std::string out;  // as a caller does that sends each
      masked.status = masker.Feed(piece, out);
      masked.out += out;
    }
  }
  masked.done = masker.done();
  return masked;
}

inline Masked MaskReply(mysql::ReplyShape shape, std::string_view wire, ResultJudge& judge,
                        mysql::Capabilities capabilities, size_t step = SIZE_MAX,
                        std::shared_ptr<const RowMasks> cursor = nullptr) {
  ResultMasker::Options options;
  options.capabilities = capabilities;
  ResultMasker masker(options);
  masker.Begin(shape, judge, 1, 1, std::move(cursor));
  return Feed(masker, wire, step);
}

// The payloads of a reply, which must be numbered from `sequence`; nothing if they are not.
inline std::optional<std::vector<std::string>> PacketsOf(std::string_view wire, uint8_t sequence = 1) {
  std::vector<std::string> payloads;
  bool joined = false;
  while (wire.size() >= mysql::kHeaderBytes) {
    const auto header = mysql::DecodeHeader(mysql::AsBytes(wire));
    wire.remove_prefix(mysql::kHeaderBytes);
    if (header.sequence != sequence++ || wire.size() < header.payload_bytes) return std::nullopt;
    if (!joined) payloads.emplace_back();
    payloads.back() += wire.substr(0, header.payload_bytes);
    joined = header.payload_bytes == mysql::kMaxPhysicalPayload;
    wire.remove_prefix(header.payload_bytes);
  }
  if (!wire.empty() || joined) return std::nullopt;
  return payloads;
}

inline policy::Mask MaskOf(policy::MaskKind kind, uint32_t count = 0, int32_t digits = 0, std::string value = "") {
  return {kind, count, digits, std::move(value)};
}

}  // namespace postern::masking

#endif  // POSTERN_TESTS_UNIT_GATEWAY_MASKING_MASKED_REPLY_H_
