// What takes the place of a value that is masked whole, as the text protocol would write it. Pure.
#ifndef POSTERN_GATEWAY_MASKING_STAND_IN_H_
#define POSTERN_GATEWAY_MASKING_STAND_IN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/masking/value_type.h"

namespace postern::masking {

inline constexpr std::string_view kRedacted = "[redacted]";
inline constexpr size_t kMaxFixedBytes = 1024;  // a `fixed` value over this is not used: it would go out once per row

// Nothing stands for NULL: for types that a driver may take apart, where no other value is surely well-formed.
std::optional<std::string> RedactionOf(const ValueType& type);

// `value`, written as the type writes it; nothing if the type cannot hold it. A JSON column gets it as a JSON string.
std::optional<std::string> FixedOf(const ValueType& type, std::string_view value);

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_STAND_IN_H_
