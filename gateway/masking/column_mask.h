// One column's mask, worked out once per result: what happens to each value and how the column is described to the
// agent. Constant once made.
//
// What is promised whatever the value: NULL stays NULL; a mask that means nothing for the column's type is as `redact`;
// a value that is not what its mask is for becomes the redaction. The clear value is never the fallback.
#ifndef POSTERN_GATEWAY_MASKING_COLUMN_MASK_H_
#define POSTERN_GATEWAY_MASKING_COLUMN_MASK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/mysql/message/column.h"
#include "gateway/masking/keyed_hash.h"
#include "gateway/masking/value_type.h"
#include "gateway/policy/mask.h"

namespace postern::masking {

enum class Protocol : uint8_t { kText, kBinary };

// What is done to each value that is not NULL.
enum class Action : uint8_t {
  kClear,      // passed as it is
  kNull,       // becomes NULL
  kConstant,   // becomes the stand-in
  kHash,       // hashed as it comes, never held
  kHashText,   // hashed once its canonical text is known: numbers and times
  kRewrite,    // Rewrite() says
  kSearch,     // text that no mask covers, looked through by detectors
  kErrorCode,  // passed and remembered for the next
  kErrorText,  // the text of a warning: see error_text.h
};

// A longer value is not taken apart but becomes the redaction: what one session holds of a value is bounded by this.
inline constexpr size_t kMaxRewrittenBytes = size_t{64} * 1024;

struct ColumnMask {
  Action action = Action::kClear;
  policy::Mask mask;
  ValueType from;  // values as the server sends them
  ValueType to;    // as the agent gets them
  // In place of a value that is masked whole, as it lies in a row, length and all. `null` says that none is.
  bool stand_in_is_null = false;
  std::string text_stand_in;
  std::string binary_stand_in;
  mysql::ColumnDefinition41 definition;  // for the agent

  bool BecomesNull() const { return action == Action::kNull; }
};

ColumnMask ClearColumn(const mysql::ColumnDefinition41& column);

// `result_collation` is that of the session's result character set, for columns that become text.
ColumnMask CompileMask(const policy::Mask& mask, const mysql::ColumnDefinition41& column, uint16_t result_collation);

// Code and Message of SHOW WARNINGS and SHOW ERRORS.
ColumnMask ErrorCodeColumn(const mysql::ColumnDefinition41& column);
ColumnMask ErrorTextColumn(const mysql::ColumnDefinition41& column);

// Masks single values. Holds buffers that are used again for each; one thread.
class ValueMasker {
 public:
  explicit ValueMasker(const HashKey& key) : key_(key) {}

  // Appends what the agent gets for a value that is not NULL, as it lies in a row. `raw` is its content, without a
  // length before it. REQUIRES: the mask's action is none of kClear, kNull, kSearch, kErrorCode.
  void Mask(const ColumnMask& mask, Protocol protocol, std::string_view raw, std::string& out);

  // A value in pieces, for kHash: BeginHash, AddToHash, FinishHash.
  void BeginHash() { hash_.Begin(key_); }
  void AddToHash(std::string_view piece) { hash_.Add(piece); }
  void FinishHash(const ColumnMask& mask, std::string& out);

  void set_error_code(uint32_t code) { error_code_ = code; }

 private:
  std::string_view Text(const ColumnMask& mask, Protocol protocol, std::string_view raw, bool& ok);
  bool MaskText(const ColumnMask& mask, std::string_view text);

  const HashKey& key_;
  KeyedHash hash_;
  std::string text_;
  std::string masked_;
  uint32_t error_code_ = 0;
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_COLUMN_MASK_H_
