// JSON from strangers: bounded, and with one reading. Pure.
#ifndef POSTERN_GATEWAY_IDENTITY_JOSE_JSON_H_
#define POSTERN_GATEWAY_IDENTITY_JOSE_JSON_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace postern::jose {

using Json = nlohmann::json;

struct JsonLimits {
  size_t bytes = 64 * 1024;
  size_t depth = 16;
  size_t values = 8192;  // in all, at every depth
};

// One object and nothing after it. INVALID_ARGUMENT for whatever is no JSON, for an object that names a key twice
// (readers differ on which of the two counts), and for what is beyond the limits. Messages quote nothing of the text.
absl::StatusOr<Json> ParseObject(std::string_view text, const JsonLimits& limits);

// The text under the key; null when there is none or it is no text.
const std::string* TextIn(const Json& object, const char* key);

}  // namespace postern::jose

#endif  // POSTERN_GATEWAY_IDENTITY_JOSE_JSON_H_
