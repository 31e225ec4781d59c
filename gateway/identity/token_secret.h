// The text of a secret that the gateway gives out: prefix + lookup (8) + "_" + secret (43), base 62. An access token begins with
// "pat_", a task's password with "tsk_", a relay's join token with "pjt_". Pure but for randomness.
#ifndef POSTERN_GATEWAY_IDENTITY_TOKEN_SECRET_H_
#define POSTERN_GATEWAY_IDENTITY_TOKEN_SECRET_H_

#include <array>
#include <string>
#include <string_view>

namespace postern::identity {

inline constexpr std::string_view kTokenPrefix = "pat_";
inline constexpr std::string_view kTaskPrefix = "tsk_";
inline constexpr std::string_view kJoinPrefix = "pjt_";

using SecretDigest = std::array<unsigned char, 32>;

// 43 digits of base 62 hold 256 random bits; 56 characters in all, so that every client's password field takes it.
std::string NewSecret(std::string_view prefix = kTokenPrefix);

// The lookup part; empty for what is not shaped like a token, or after another prefix.
std::string_view LookupOf(std::string_view secret, std::string_view prefix = kTokenPrefix);

// SHA-256(SHA-256(secret)). A fast hash is right for 256 random bits: there is nothing to guess. Twice, so that the
// stored value also serves caching_sha2_password's fast path.
SecretDigest DigestOf(std::string_view secret);

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_TOKEN_SECRET_H_
