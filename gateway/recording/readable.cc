#include "gateway/recording/readable.h"

#include <string>
#include <vector>

#include "common/text/utf8.h"

namespace postern::recording {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::vector<const FieldDescriptor*> SetFields(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

// How many values the field has: a map is a repeated field of messages to reflection.
int CountOf(const Message& message, const FieldDescriptor& field) {
  return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) : 1;
}

const std::string& TextAt(const Message& message, const FieldDescriptor& field, int i, std::string& scratch) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.GetRepeatedStringReference(message, &field, i, &scratch)
                             : reflection.GetStringReference(message, &field, &scratch);
}

const Message& MessageAt(const Message& message, const FieldDescriptor& field, int i) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i) : reflection.GetMessage(message, &field);
}

bool IsReadableAt(const Message& message, const FieldDescriptor& field, int i) {
  std::string scratch;
  if (field.type() == FieldDescriptor::TYPE_STRING) return text::IsValidUtf8(TextAt(message, field, i, scratch));
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) return IsReadable(MessageAt(message, field, i));
  return true;
}

void MakeReadableAt(Message& message, const FieldDescriptor& field, int i) {
  const Reflection& reflection = *message.GetReflection();
  std::string scratch;
  if (field.type() == FieldDescriptor::TYPE_STRING) {
    std::string readable = text::ValidUtf8(TextAt(message, field, i, scratch));
    if (field.is_repeated()) {
      reflection.SetRepeatedString(&message, &field, i, std::move(readable));
    } else {
      reflection.SetString(&message, &field, std::move(readable));
    }
  } else if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    MakeReadable(field.is_repeated() ? *reflection.MutableRepeatedMessage(&message, &field, i)
                                     : *reflection.MutableMessage(&message, &field));
  }
}

}  // namespace

bool IsReadable(const Message& message) {
  for (const FieldDescriptor* field : SetFields(message)) {
    for (int i = 0; i < CountOf(message, *field); ++i) {
      if (!IsReadableAt(message, *field, i)) return false;
    }
  }
  return true;
}

void MakeReadable(Message& message) {
  for (const FieldDescriptor* field : SetFields(message)) {
    for (int i = 0; i < CountOf(message, *field); ++i) MakeReadableAt(message, *field, i);
  }
}

}  // namespace postern::recording
