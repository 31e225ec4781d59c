#include "gateway/masking/column_mask.h"

#include <algorithm>
#include <optional>

#include "common/mysql/wire/writer.h"
#include "gateway/masking/error_text.h"
#include "gateway/masking/rewrite.h"
#include "gateway/masking/stand_in.h"
#include "gateway/masking/value_text.h"

namespace postern::masking {
namespace {

using mysql::ColumnDefinition41;
using mysql::FieldType;
using policy::Mask;
using policy::MaskKind;

constexpr char kNullInText = '\xFB';
constexpr uint32_t kBigintDigits = 20;  // with its sign
// A masked value is no key, no member of a list, and nothing the server fills in.
constexpr uint16_t kNeverTrue = column_flag::kPrimaryKey | column_flag::kUniqueKey | column_flag::kMultipleKey |
                                column_flag::kPartOfKey | column_flag::kAutoIncrement | column_flag::kEnum |
                                column_flag::kSet | column_flag::kZerofill | column_flag::kTimestamp |
                                column_flag::kNoDefault | column_flag::kOnUpdateNow;

// As Writer::LenencText, for once a value rather than once a packet.
void AppendLenenc(std::string& out, std::string_view text) {
  if (text.size() >= static_cast<uint8_t>(kNullInText)) {
    mysql::Writer(out).LenencText(text);
    return;
  }
  out.push_back(static_cast<char>(text.size()));
  out.append(text);
}

uint32_t DigitsOf(const Mask& mask) {
  constexpr auto kAll = static_cast<uint32_t>(KeyedHash::kHexDigits);
  return mask.count == 0 ? kAll : std::min(mask.count, kAll);
}

uint32_t SumOrMax(uint32_t a, uint32_t b) { return a > UINT32_MAX - b ? UINT32_MAX : a + b; }

// A string of at most so many characters, in the column's own character set if it is text, else in the result's.
void BecomeText(ColumnDefinition41& column, uint32_t characters, uint16_t result_collation) {
  const Charset own = CharsetOf(column.charset);
  const bool is_text = ValueType::Of(column).value_class == ValueClass::kText && own != Charset::kBytes;
  if (!is_text) column.charset = result_collation;
  column.type = FieldType::kVarString;
  column.flags &= column_flag::kNotNull;
  column.decimals = 0;
  const uint64_t bytes = uint64_t{characters} * MaxCharacterBytes(CharsetOf(column.charset));
  column.length = static_cast<uint32_t>(std::min<uint64_t>(bytes, UINT32_MAX));
}

void DescribeRewritten(const Mask& mask, const ValueType& from, uint16_t result_collation, ColumnDefinition41& column) {
  const uint32_t wide = MaxCharacterBytes(from.charset);
  const auto added = static_cast<uint32_t>(kHidden.size());
  switch (mask.kind) {
    case MaskKind::kKeepFirst:
    case MaskKind::kKeepLast:
      if (from.IsNumber()) {
        BecomeText(column, SumOrMax(column.length, added), result_collation);
        return;
      }
      break;
    case MaskKind::kRound:
      if (from.value_class == ValueClass::kInteger) {
        column.type = FieldType::kLongLong;
        column.length = kBigintDigits;
      } else if (from.value_class == ValueClass::kDecimal) {
        column.decimals = static_cast<uint8_t>(std::max(mask.digits, 0));
        column.length = SumOrMax(column.length, 1);
      }
      return;
    case MaskKind::kDateYear:
    case MaskKind::kDateMonth:
      if (!from.IsString()) return;
      break;
    case MaskKind::kEmail:
    case MaskKind::kRedact:
    case MaskKind::kNull:
    case MaskKind::kHash:
    case MaskKind::kFixed:
      break;
  }
  column.length = SumOrMax(column.length, static_cast<uint32_t>(kRedacted.size()) * wide);
}

// A string's length follows from what it is now; other types keep theirs.
void DescribeConstant(const ValueType& from, std::string_view text, ColumnDefinition41& column) {
  if (!from.IsString()) return;
  column.length = static_cast<uint32_t>(text.size()) * MaxCharacterBytes(from.charset);
}

void SetStandIn(ColumnMask& mask, const std::optional<std::string>& text) {
  mask.stand_in_is_null = !text.has_value() || !AppendBinary(mask.to, *text, mask.binary_stand_in);
  if (mask.stand_in_is_null) {
    mask.text_stand_in = kNullInText;
    mask.binary_stand_in.clear();
  } else {
    mysql::Writer(mask.text_stand_in).LenencText(*text);
  }
}

bool HashesAsItComes(const ValueType& type) {
  return type.binary == Encoding::kLenenc && type.value_class != ValueClass::kDecimal;
}

Action ActionOf(const Mask& mask, const ValueType& from) {
  if (mask.kind == MaskKind::kNull) return Action::kNull;
  if (mask.kind == MaskKind::kHash && from.value_class != ValueClass::kUnknown) {
    return HashesAsItComes(from) ? Action::kHash : Action::kHashText;
  }
  return CanRewrite(mask, from) ? Action::kRewrite : Action::kConstant;
}

}  // namespace

ColumnMask ClearColumn(const ColumnDefinition41& column) {
  ColumnMask clear;
  clear.from = clear.to = ValueType::Of(column);
  clear.definition = column;
  return clear;
}

ColumnMask CompileMask(const Mask& mask, const ColumnDefinition41& column, uint16_t result_collation) {
  ColumnMask compiled = ClearColumn(column);
  compiled.mask = mask;
  compiled.action = ActionOf(mask, compiled.from);
  ColumnDefinition41& described = compiled.definition;
  described.flags &= static_cast<uint16_t>(~kNeverTrue);

  std::optional<std::string> constant;
  if (compiled.action == Action::kHash || compiled.action == Action::kHashText) {
    BecomeText(described, std::max(DigitsOf(mask), static_cast<uint32_t>(kRedacted.size())), result_collation);
  } else if (compiled.action == Action::kRewrite) {
    DescribeRewritten(mask, compiled.from, result_collation, described);
  } else if (mask.kind == MaskKind::kFixed) {
    constant = FixedOf(compiled.from, mask.value);
  }
  compiled.to = ValueType::Of(described);
  if (!constant && compiled.action != Action::kNull) constant = RedactionOf(compiled.to);
  if (compiled.action == Action::kConstant && constant) DescribeConstant(compiled.from, *constant, described);
  SetStandIn(compiled, constant);
  if (compiled.action == Action::kConstant && compiled.stand_in_is_null) compiled.action = Action::kNull;
  if (compiled.action == Action::kNull) described.flags &= static_cast<uint16_t>(~column_flag::kNotNull);
  return compiled;
}

ColumnMask ErrorCodeColumn(const ColumnDefinition41& column) {
  ColumnMask code = ClearColumn(column);
  code.action = Action::kErrorCode;
  return code;
}

ColumnMask ErrorTextColumn(const ColumnDefinition41& column) {
  ColumnMask text = ClearColumn(column);
  text.action = Action::kErrorText;
  SetStandIn(text, std::string(kRedacted));
  return text;
}

void ValueMasker::Mask(const ColumnMask& mask, Protocol protocol, std::string_view raw, std::string& out) {
  bool ok = mask.action != Action::kConstant && raw.size() <= kMaxRewrittenBytes;
  if (ok) {
    const std::string_view text = Text(mask, protocol, raw, ok);
    ok = ok && MaskText(mask, text);
  }
  if (ok && (protocol == Protocol::kText || mask.to.binary == Encoding::kLenenc)) {
    AppendLenenc(out, masked_);
  } else if (!ok || !AppendBinary(mask.to, masked_, out)) {
    out += protocol == Protocol::kText ? mask.text_stand_in : mask.binary_stand_in;
  }
}

void ValueMasker::FinishHash(const ColumnMask& mask, std::string& out) {
  AppendLenenc(out, hash_.Finish(DigitsOf(mask.mask)));
}

std::string_view ValueMasker::Text(const ColumnMask& mask, Protocol protocol, std::string_view raw, bool& ok) {
  if (protocol == Protocol::kText || mask.from.binary == Encoding::kLenenc) return raw;
  ok = BinaryToText(mask.from, raw, text_);
  return text_;
}

// False if the value becomes the stand-in.
bool ValueMasker::MaskText(const ColumnMask& mask, std::string_view text) {
  masked_.clear();
  if (mask.action == Action::kRewrite) return Rewrite(mask.mask, mask.from, text, masked_);
  if (mask.action == Action::kErrorText) {
    masked_ = ErrorText(error_code_, text);
    return true;
  }
  std::string canonical;
  if (!CanonicalText(mask.from, text, canonical)) return false;
  BeginHash();
  AddToHash(canonical);
  masked_.assign(hash_.Finish(DigitsOf(mask.mask)));
  return true;
}

}  // namespace postern::masking
