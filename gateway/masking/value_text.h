// Values between the binary protocol and text. Pure; what does not fit its type is refused by `false`.
//
// Masks work on the text of a value, so that both protocols tell an agent the same.
#ifndef POSTERN_GATEWAY_MASKING_VALUE_TEXT_H_
#define POSTERN_GATEWAY_MASKING_VALUE_TEXT_H_

#include <string>
#include <string_view>

#include "gateway/masking/value_type.h"

namespace postern::masking {

// `raw` is the content of a binary value, without a length before it. `text` becomes what the text protocol has; of
// FLOAT and DOUBLE, the shortest that is read as the same number.
bool BinaryToText(const ValueType& type, std::string_view raw, std::string& text);

// Appends the value as it lies in a binary row, with the length before it where the type has one.
bool AppendBinary(const ValueType& type, std::string_view text, std::string& out);

// One text for equal values, whatever protocol, width, padding or number of decimals they came in. False for a number
// that is none.
bool CanonicalText(const ValueType& type, std::string_view text, std::string& canonical);

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_VALUE_TEXT_H_
