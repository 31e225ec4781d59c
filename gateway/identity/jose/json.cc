#include "gateway/identity/jose/json.h"

#include <utility>
#include <vector>

namespace postern::jose {
namespace {

// Builds the value as it is read, and stops at the first thing that is not to be. The library's own reader would let
// the second of two equal keys win.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  Json TakeRoot() { return std::move(root_); }
  const char* problem() const { return problem_; }

  bool null() override { return Put(nullptr) != nullptr; }
  bool boolean(bool value) override { return Put(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return Put(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return Put(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override { return Put(value) != nullptr; }
  bool string(string_t& value) override { return Put(std::move(value)) != nullptr; }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(Json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    if (open_.back()->contains(name)) return Refuse("names a key twice");
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool Refuse(const char* problem) {
    problem_ = problem;
    return false;
  }

  // Null when there are too many.
  Json* Put(Json value) {
    if (++values_ > limits_.values) {
      problem_ = "has too many values";
      return nullptr;
    }
    if (open_.empty()) return &(root_ = std::move(value));
    Json& parent = *open_.back();
    if (!parent.is_array()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  // INVARIANT: what is open stays where it is, since only the innermost grows.
  bool Open(Json empty) {
    if (open_.size() >= limits_.depth) return Refuse("is nested too deep");
    Json* value = Put(std::move(empty));
    if (value == nullptr) return false;
    open_.push_back(value);
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  const JsonLimits limits_;
  Json root_;
  std::vector<Json*> open_;
  std::string key_;
  size_t values_ = 0;
  const char* problem_ = "is not JSON";
};

}  // namespace

absl::StatusOr<Json> ParseObject(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) return absl::InvalidArgumentError("is too long");
  // No JSON has one, but the library takes it for the end of the text, whatever follows.
  if (text.find('\0') != text.npos) return absl::InvalidArgumentError("is not JSON");
  Builder builder(limits);
  if (!Json::sax_parse(text, &builder)) return absl::InvalidArgumentError(builder.problem());
  Json root = builder.TakeRoot();
  if (!root.is_object()) return absl::InvalidArgumentError("is no JSON object");
  return root;
}

const std::string* TextIn(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace postern::jose
