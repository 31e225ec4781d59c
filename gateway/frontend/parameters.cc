#include "gateway/frontend/parameters.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/sha.h>

#include <array>
#include <string_view>
#include <variant>

#include "common/text/utf8.h"

namespace postern::frontend {
namespace {

constexpr size_t kMaxValueBytes = 64 * 1024;

std::string Sha256Hex(std::string_view bytes) {
  std::array<char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return absl::BytesToHexString(absl::string_view(digest.data(), digest.size()));
}

std::string Bounded(std::string_view bytes) {
  if (bytes.size() <= kMaxValueBytes) return std::string(bytes);
  return absl::StrCat(absl::string_view(bytes.data(), kMaxValueBytes), "… (", bytes.size(),
                      " bytes, sha256=", Sha256Hex(bytes), ")");
}

}  // namespace

void AddParameters(const std::vector<mysql::Parameter>& parameters, const std::map<uint16_t, std::string>& long_data,
                   google::protobuf::RepeatedPtrField<v1::Parameter>& out) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const mysql::Parameter& parameter = parameters[i];
    v1::Parameter& added = *out.Add();
    added.set_name(text::ValidUtf8(parameter.type.name));
    added.set_type(std::string(mysql::FieldTypeName(parameter.type.type)));
    added.set_is_null(std::holds_alternative<mysql::NullValue>(parameter.value));
    const auto ahead = long_data.find(static_cast<uint16_t>(i));
    if (ahead != long_data.end()) {
      added.set_value(Bounded(ahead->second));
    } else if (const auto* value = std::get_if<std::string>(&parameter.value)) {
      added.set_value(Bounded(*value));
    } else if (!added.is_null()) {
      added.set_value(mysql::ParameterText(parameter));
    }
  }
}

}  // namespace postern::frontend
