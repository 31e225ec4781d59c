#include "gateway/ctl/json.h"

#include <absl/strings/escaping.h>
#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>

#include "common/text/utf8.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::ordered_json;

// Strips the suffix; true if it was there.
bool TakeSuffix(std::string& name, std::string_view suffix) {
  if (name.size() <= suffix.size() || std::string_view(name).substr(name.size() - suffix.size()) != suffix)
    return false;
  name.erase(name.size() - suffix.size());
  return true;
}

ordered_json EnumJson(const FieldDescriptor& field, int number) {
  if (number == 0) return nullptr;
  const std::string word = EnumWord(*field.enum_type(), number);
  return word.empty() ? ordered_json(number) : ordered_json(word);
}

// One value of a field: the `index`-th of a repeated one, the only one for index -1.
ordered_json ValueJson(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? reflection.GetInt32(message, &field) : reflection.GetRepeatedInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return one ? reflection.GetInt64(message, &field) : reflection.GetRepeatedInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? reflection.GetUInt32(message, &field) : reflection.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return one ? reflection.GetUInt64(message, &field) : reflection.GetRepeatedUInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return one ? reflection.GetDouble(message, &field) : reflection.GetRepeatedDouble(message, &field, index);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return one ? reflection.GetFloat(message, &field) : reflection.GetRepeatedFloat(message, &field, index);
    case FieldDescriptor::CPPTYPE_BOOL:
      return one ? reflection.GetBool(message, &field) : reflection.GetRepeatedBool(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumJson(field, one ? reflection.GetEnumValue(message, &field)
                                 : reflection.GetRepeatedEnumValue(message, &field, index));
    case FieldDescriptor::CPPTYPE_STRING:
      return text::ValidUtf8(one ? reflection.GetString(message, &field)
                           : reflection.GetRepeatedString(message, &field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ToJson(one ? reflection.GetMessage(message, &field)
                        : reflection.GetRepeatedMessage(message, &field, index));
  }
  return nullptr;
}

ordered_json MapJson(const Message& message, const FieldDescriptor& field) {
  ordered_json object = ordered_json::object();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    const FieldDescriptor& key = *field.message_type()->map_key();
    const ordered_json name = ValueJson(entry, key, -1);
    object[name.is_string() ? name.get<std::string>() : name.dump()] =
        ValueJson(entry, *field.message_type()->map_value(), -1);
  }
  return object;
}

ordered_json ArrayJson(const Message& message, const FieldDescriptor& field) {
  ordered_json array = ordered_json::array();
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) array.push_back(ValueJson(message, field, i));
  return array;
}

void AddField(ordered_json& object, const Message& message, const FieldDescriptor& field) {
  std::string name = field.name();
  if (field.is_map()) {
    object[name] = MapJson(message, field);
  } else if (field.is_repeated()) {
    object[name] = ArrayJson(message, field);
  } else if (field.has_presence() && !message.GetReflection()->HasField(message, &field)) {
    object[name] = nullptr;
  } else if (TakeSuffix(name, "_unix_ms")) {
    const int64_t at = message.GetReflection()->GetInt64(message, &field);
    object[name] = at == 0 ? ordered_json(nullptr) : ordered_json(IsoMillis(at));
  } else if (TakeSuffix(name, "_unix_us")) {
    const int64_t at = message.GetReflection()->GetInt64(message, &field);
    object[name] = at == 0 ? ordered_json(nullptr) : ordered_json(IsoMicros(at));
  } else {
    object[name] = ValueJson(message, field, -1);
    if (field.type() != FieldDescriptor::TYPE_BYTES) return;
    const std::string bytes = message.GetReflection()->GetString(message, &field);
    if (!text::IsValidUtf8(bytes)) object[name + "_base64"] = absl::Base64Escape(bytes);
  }
}

}  // namespace

ordered_json ToJson(const Message& message) {
  ordered_json object = ordered_json::object();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const bool in_oneof = field.real_containing_oneof() != nullptr;
    if (in_oneof && !message.GetReflection()->HasField(message, &field)) continue;
    AddField(object, message, field);
  }
  return object;
}

ordered_json SessionJson(const v1::SessionDetail& detail) {
  ordered_json json = ToJson(detail.session());
  // The session's own count gives way to the list of them.
  json["statement_count"] = detail.session().statements();
  json["statements"] = ordered_json::array();
  for (const v1::StatementLine& line : detail.statements()) {
    ordered_json statement = {{"at", IsoMillis(line.at_unix_ms())}, {"id", line.statement().statement_id()}};
    const ordered_json fields = ToJson(line.statement());
    for (const auto& [name, value] : fields.items()) {
      if (name != "statement_id") statement[name] = value;
    }
    statement["outcome"] = line.has_outcome() ? ToJson(line.outcome()) : ordered_json(nullptr);
    json["statements"].push_back(std::move(statement));
  }
  json["doors_opened"] = ordered_json::array();
  for (const v1::DoorOpened& door : detail.doors_opened()) json["doors_opened"].push_back(ToJson(door));
  json["doors_closed"] = ordered_json::array();
  for (const v1::DoorClosed& door : detail.doors_closed()) json["doors_closed"].push_back(ToJson(door));
  return json;
}

ordered_json RecordJson(const v1::Record& record) {
  ordered_json json = {{"at", IsoMicros(record.at_unix_us())},
                       {"session_id", record.session_id()},
                       {"task_id", record.task_id()},
                       {"event", nullptr}};
  const auto* field =
      record.GetReflection()->GetOneofFieldDescriptor(record, v1::Record::descriptor()->FindOneofByName("event"));
  if (field == nullptr) return json;
  json["event"] = field->name();
  AddField(json, record, *field);
  return json;
}

std::string Pretty(const ordered_json& json) { return json.dump(2, ' ', true); }
std::string Line(const ordered_json& json) { return json.dump(-1, ' ', true); }

}  // namespace postern::ctl
