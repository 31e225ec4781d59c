// Text that nobody can guess. Thread-safe.
#ifndef POSTERN_GATEWAY_CONSOLE_RANDOM_TEXT_H_
#define POSTERN_GATEWAY_CONSOLE_RANDOM_TEXT_H_

#include <string>
#include <string_view>

namespace postern::console {

// 256 random bits as base64url without padding: 43 characters, fit for cookies and URLs. Aborts only if there is no
// randomness.
std::string RandomText();

// The bytes as base64url without padding.
std::string Base64Url(std::string_view bytes);

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_RANDOM_TEXT_H_
