// Base64url as JOSE writes it (RFC 7515, 2): no padding, no blanks, and one spelling of each value. Pure.
#ifndef POSTERN_GATEWAY_IDENTITY_JOSE_BASE64URL_H_
#define POSTERN_GATEWAY_IDENTITY_JOSE_BASE64URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace postern::jose {

// Nothing for what no encoder writes: other characters, a length that none has, bits set that mean nothing.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace postern::jose

#endif  // POSTERN_GATEWAY_IDENTITY_JOSE_BASE64URL_H_
