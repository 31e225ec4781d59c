// The characters of a result's text, for masks that count them. Pure.
#ifndef POSTERN_GATEWAY_MASKING_CHARSET_H_
#define POSTERN_GATEWAY_MASKING_CHARSET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::masking {

// kUnknown is every character set whose text we do not take apart; values in it can only be replaced whole.
enum class Charset : uint8_t { kBytes, kAscii, kLatin1, kUtf8mb3, kUtf8mb4, kUnknown };

Charset CharsetOf(uint16_t collation_id);

// The most bytes one character takes: what a column definition's length counts with.
uint32_t MaxCharacterBytes(Charset charset);

// The bytes of the first character; 0 if it is cut or invalid, or the character set unknown. REQUIRES: text is not
// empty.
size_t FirstCharacterBytes(Charset charset, std::string_view text);

// How many characters; nothing if any byte of it is not part of one.
std::optional<size_t> CountCharacters(Charset charset, std::string_view text);

// The first `count` of them, and the last. REQUIRES: CountCharacters(charset, text) >= count.
std::string_view FirstCharacters(Charset charset, std::string_view text, size_t count);
std::string_view LastCharacters(Charset charset, std::string_view text, size_t count);

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_CHARSET_H_
