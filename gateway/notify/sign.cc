#include "gateway/notify/sign.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace postern::notify {

std::string Signature(std::string_view secret, absl::Time now, std::string_view body) {
  const std::string time = absl::StrCat(absl::ToUnixSeconds(now));
  const std::string signed_text = absl::StrCat(time, ".", absl::string_view(body.data(), body.size()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(signed_text.data()),
       signed_text.size(), hash.data(), &size);
  const absl::string_view bytes(reinterpret_cast<const char*>(hash.data()), size);
  return absl::StrCat("t=", time, ",v1=", absl::BytesToHexString(bytes));
}

}  // namespace postern::notify
