// A small JSON document that holds secrets: its texts are wiped when it is dropped. Any thread, one at a time.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_JSON_DOCUMENT_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_JSON_DOCUMENT_H_

#include <absl/status/statusor.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/mysql/flow/secret.h"

namespace postern::relay {

// A field is named by its path, "auth/client_token"; one that is absent, or of another type, is none.
class JsonDocument {
 public:
  // INVALID_ARGUMENT without any part of the text.
  static absl::StatusOr<JsonDocument> Parse(std::string_view text);
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) = delete;
  ~JsonDocument();

  std::optional<std::string> Text(std::string_view path) const;
  std::optional<mysql::Secret> Secret(std::string_view path) const;  // not empty
  // A whole number, be it as a text, as some services write it.
  std::optional<int64_t> Number(std::string_view path) const;
  bool Flag(std::string_view path) const;
  // The n-th text of a list.
  std::optional<std::string> TextAt(std::string_view path, size_t index) const;

 private:
  explicit JsonDocument(std::unique_ptr<nlohmann::json> root);
  const nlohmann::json* Find(std::string_view path) const;

  std::unique_ptr<nlohmann::json> root_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_JSON_DOCUMENT_H_
