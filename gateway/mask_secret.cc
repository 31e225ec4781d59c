#include "gateway/mask_secret.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "common/files/replace_file.h"

namespace postern {
namespace {

constexpr size_t kHexDigits = 2 * masking::MaskKeys::kSecretBytes;

absl::Status Make(const std::filesystem::path& file) {
  std::string secret(masking::MaskKeys::kSecretBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), static_cast<int>(secret.size())) != 1) {
    return absl::InternalError("no random numbers for the mask key");
  }
  std::string text = absl::StrCat(absl::BytesToHexString(secret), "\n");
  auto made = files::Replacement::Prepare(file, text);
  OPENSSL_cleanse(secret.data(), secret.size());
  OPENSSL_cleanse(text.data(), text.size());
  return made.ok() ? made->Commit() : made.status();
}

bool IsHex(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

absl::StatusOr<masking::MaskKeys> LoadMaskKeys(const std::filesystem::path& data_dir) {
  const std::filesystem::path file = data_dir / "mask.key";
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) {
    if (absl::Status made = Make(file); !made.ok()) return made;
  }
  std::ifstream in(file);
  std::string digits;
  if (!std::getline(in, digits) || digits.size() != kHexDigits || !IsHex(digits)) {
    return absl::FailedPreconditionError(absl::StrCat(file.string(), " does not hold a mask key: 64 hexadecimal digits"));
  }
  std::string secret = absl::HexStringToBytes(digits);
  masking::MaskKeys keys(secret);
  OPENSSL_cleanse(digits.data(), digits.size());
  OPENSSL_cleanse(secret.data(), secret.size());
  return keys;
}

}  // namespace postern
