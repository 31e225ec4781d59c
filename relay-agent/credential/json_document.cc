#include "relay-agent/credential/json_document.h"

#include <absl/strings/numbers.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace postern::relay {
namespace {

// What these services send is five levels deep at most; the parser recurses no further than we wipe.
constexpr int kMaxDepth = 32;

void Wipe(nlohmann::json& value) {
  if (value.is_string()) mysql::WipeString(value.get_ref<std::string&>());
  if (!value.is_structured()) return;
  for (nlohmann::json& inner : value) Wipe(inner);
}

}  // namespace

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string_view text) {
  bool too_deep = false;
  const auto look = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  JsonDocument document(std::make_unique<nlohmann::json>(nlohmann::json::parse(text, look, /*allow_exceptions=*/false)));
  if (too_deep || !document.root_->is_object()) return absl::InvalidArgumentError("the answer is no JSON object");
  return document;
}

JsonDocument::JsonDocument(std::unique_ptr<nlohmann::json> root) : root_(std::move(root)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() {
  if (root_ != nullptr) Wipe(*root_);
}

const nlohmann::json* JsonDocument::Find(std::string_view path) const {
  const nlohmann::json* value = root_.get();
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view key = path.substr(0, slash);
    if (!value->is_object()) return nullptr;
    const auto found = value->find(std::string(key));
    if (found == value->end()) return nullptr;
    value = &*found;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return value;
}

std::optional<std::string> JsonDocument::Text(std::string_view path) const {
  const nlohmann::json* const value = Find(path);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get_ref<const std::string&>();
}

std::optional<mysql::Secret> JsonDocument::Secret(std::string_view path) const {
  const nlohmann::json* const value = Find(path);
  if (value == nullptr || !value->is_string() || value->get_ref<const std::string&>().empty()) return std::nullopt;
  return mysql::Secret(value->get_ref<const std::string&>());
}

std::optional<int64_t> JsonDocument::Number(std::string_view path) const {
  const nlohmann::json* const value = Find(path);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_integer()) return value->get<int64_t>();
  int64_t number = 0;
  if (value->is_string() && absl::SimpleAtoi(value->get_ref<const std::string&>(), &number)) return number;
  return std::nullopt;
}

bool JsonDocument::Flag(std::string_view path) const {
  const nlohmann::json* const value = Find(path);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::optional<std::string> JsonDocument::TextAt(std::string_view path, size_t index) const {
  const nlohmann::json* const value = Find(path);
  if (value == nullptr || !value->is_array() || index >= value->size() || !(*value)[index].is_string()) return std::nullopt;
  return (*value)[index].get_ref<const std::string&>();
}

}  // namespace postern::relay
