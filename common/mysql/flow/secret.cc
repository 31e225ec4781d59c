#include "common/mysql/flow/secret.h"

#include <openssl/crypto.h>

namespace postern::mysql {

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Wipe();
  text_ = other.text_;
  other.Wipe();
  return *this;
}

void Secret::Wipe() { WipeString(text_); }

void WipeString(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace postern::mysql
