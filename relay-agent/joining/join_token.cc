#include "relay-agent/joining/join_token.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace postern::relay {
namespace {

constexpr std::string_view kPrefix = "pjt_";
constexpr char kPinMark = '.';
constexpr size_t kMaxBytes = 256;

bool IsTokenByte(unsigned char byte) { return absl::ascii_isalnum(byte) || byte == '_' || byte == '-' || byte == kPinMark; }

}  // namespace

absl::StatusOr<std::string> ReadJoinToken(std::string_view text) {
  while (!text.empty() && absl::ascii_isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && absl::ascii_isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  const bool good = text.size() <= kMaxBytes && text.starts_with(kPrefix) && std::count(text.begin(), text.end(), kPinMark) == 1 &&
                    std::all_of(text.begin(), text.end(), IsTokenByte);
  if (good) return std::string(text);
  return absl::InvalidArgumentError("that is no join token: it begins with pjt_ and is all of one line, as "
                                    "`posternctl relay join-token create` printed it");
}

absl::Status CheckPin(std::string_view token, std::string_view gateway_ca) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(gateway_ca.data()), gateway_ca.size(), digest.data());
  const std::string seen = absl::WebSafeBase64Escape({reinterpret_cast<const char*>(digest.data()), digest.size()});
  std::string_view pin = token.substr(token.find(kPinMark) + 1);
  if (pin.size() == seen.size() && CRYPTO_memcmp(pin.data(), seen.data(), pin.size()) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "what answers there is not the gateway that made the token, or its certificate's authority has changed since; the token was "
      "not shown to it");
}

}  // namespace postern::relay
