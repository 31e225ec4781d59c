// The RPCs that the console's pages call, and their messages as JSON (proto3's mapping: lowerCamelCase names, 64-bit
// numbers as text, bytes as base64, every field present). Pure.
#ifndef POSTERN_GATEWAY_CONSOLE_METHODS_H_
#define POSTERN_GATEWAY_CONSOLE_METHODS_H_

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

namespace google::protobuf {
class MethodDescriptor;
}

namespace postern::console {

struct Method {
  const google::protobuf::MethodDescriptor* descriptor;
  // "/postern.v1.Approvals/List"
  std::string path;
  // Answers with a stream of messages.
  bool streams;
};

// By "Approvals/List". None for what the console does not call, whether it exists or not.
std::optional<Method> FindMethod(std::string_view name);

// The request, encoded. INVALID_ARGUMENT: no such JSON, or an unknown field.
absl::StatusOr<std::string> EncodeRequest(const Method& method, const std::string& json);

// A message of the answer.
absl::StatusOr<std::string> ToJson(const Method& method, const std::string& bytes);

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_METHODS_H_
