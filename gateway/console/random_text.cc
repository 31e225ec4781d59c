#include "gateway/console/random_text.h"

#include <absl/strings/escaping.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

namespace postern::console {

std::string RandomText() {
  std::array<unsigned char, 32> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  return Base64Url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string Base64Url(std::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape({bytes.data(), bytes.size()}, &text);
  return text.substr(0, text.find('='));
}

}  // namespace postern::console
