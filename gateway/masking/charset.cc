#include "gateway/masking/charset.h"

#include "common/mysql/collation.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"

namespace postern::masking {
namespace {

constexpr size_t kUtf8mb3Bytes = 3;

bool HasOneByteCharacters(Charset charset) {
  return charset == Charset::kBytes || charset == Charset::kAscii || charset == Charset::kLatin1;
}

// ASCII text has one byte a character in all character sets that we take apart.
bool HasOneByteCharacters(Charset charset, std::string_view text) {
  return HasOneByteCharacters(charset) || (charset != Charset::kUnknown && text::IsAscii(text));
}

}  // namespace

Charset CharsetOf(uint16_t collation_id) {
  const std::string_view name = mysql::SafeCharsetOf(collation_id);
  if (name == "utf8mb4") return Charset::kUtf8mb4;
  if (name == "utf8mb3") return Charset::kUtf8mb3;
  if (name == "latin1") return Charset::kLatin1;
  if (name == "ascii") return Charset::kAscii;
  if (name == "binary") return Charset::kBytes;
  return Charset::kUnknown;
}

uint32_t MaxCharacterBytes(Charset charset) {
  switch (charset) {
    case Charset::kBytes:
    case Charset::kAscii:
    case Charset::kLatin1:
      return 1;
    case Charset::kUtf8mb3:
      return kUtf8mb3Bytes;
    case Charset::kUtf8mb4:
    case Charset::kUnknown:
      break;
  }
  return 4;
}

size_t FirstCharacterBytes(Charset charset, std::string_view text) {
  switch (charset) {
    case Charset::kBytes:
    case Charset::kLatin1:
      return 1;
    case Charset::kAscii:
      return static_cast<unsigned char>(text[0]) < 0x80 ? 1 : 0;
    case Charset::kUtf8mb3:
    case Charset::kUtf8mb4: {
      const text::Character first = text::FirstCharacter(text);
      const bool fits = charset == Charset::kUtf8mb4 || first.bytes <= kUtf8mb3Bytes;
      return first.valid && fits ? first.bytes : 0;
    }
    case Charset::kUnknown:
      break;
  }
  return 0;
}

std::optional<size_t> CountCharacters(Charset charset, std::string_view text) {
  if (charset == Charset::kBytes || charset == Charset::kLatin1) return text.size();
  if (charset != Charset::kUnknown && text::IsAscii(text)) return text.size();
  size_t count = 0;
  for (; !text.empty(); ++count) {
    const size_t bytes = FirstCharacterBytes(charset, text);
    if (bytes == 0) return std::nullopt;
    text.remove_prefix(bytes);
  }
  return count;
}

std::string_view FirstCharacters(Charset charset, std::string_view text, size_t count) {
  if (HasOneByteCharacters(charset, text)) return text.substr(0, count);
  size_t bytes = 0;
  for (; count > 0; --count) bytes += FirstCharacterBytes(charset, text.substr(bytes));
  return text.substr(0, bytes);
}

std::string_view LastCharacters(Charset charset, std::string_view text, size_t count) {
  if (HasOneByteCharacters(charset, text)) return text.substr(text.size() - count);
  const size_t all = *CountCharacters(charset, text);
  text.remove_prefix(FirstCharacters(charset, text, all - count).size());
  return text;
}

}  // namespace postern::masking
