#include "gateway/console/methods.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <memory>

namespace postern::console {
namespace {

// What shows a secret once (tokens, a task's password) is left to posternctl, and so is what changes policy and tokens.
constexpr std::array<std::string_view, 20> kCalled = {
    "Access/WhoAmI",  "Approvals/List",  "Approvals/Get",        "Approvals/Watch", "Approvals/Approve",
    "Approvals/Deny", "Sessions/List",   "Sessions/Get",         "Sessions/Replay", "Sessions/Terminate",
    "Tasks/List",     "Tasks/End",       "Policy/Get",           "Policy/Check",    "Policy/ListVersions",
    "Policy/Explain", "Admin/GetStatus", "Enrolment/ListRelays", "Verification/Run", "Verification/List",
};

std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

}  // namespace

std::optional<Method> FindMethod(std::string_view name) {
  if (std::find(kCalled.begin(), kCalled.end(), name) == kCalled.end()) return std::nullopt;
  std::string full = "postern.v1." + std::string(name);
  std::replace(full.begin(), full.end(), '/', '.');
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full);
  if (descriptor == nullptr) return std::nullopt;
  return Method{descriptor, "/postern.v1." + std::string(name), descriptor->server_streaming()};
}

absl::StatusOr<std::string> EncodeRequest(const Method& method, const std::string& json) {
  const auto message = New(method.descriptor->input_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, message.get());
  if (!parsed.ok())
    return absl::InvalidArgumentError("the request is no " + method.descriptor->input_type()->name() + ": " +
                                      parsed.ToString());
  return message->SerializeAsString();
}

absl::StatusOr<std::string> ToJson(const Method& method, const std::string& bytes) {
  const auto message = New(method.descriptor->output_type());
  if (!message->ParseFromString(bytes)) return absl::InternalError("the gateway's answer cannot be read");
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto printed = google::protobuf::util::MessageToJsonString(*message, &json, options);
  if (!printed.ok()) return absl::InternalError("the gateway's answer cannot be shown: " + printed.ToString());
  return json;
}

}  // namespace postern::console
