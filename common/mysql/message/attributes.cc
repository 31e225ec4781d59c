#include "common/mysql/message/attributes.h"

#include <string>

namespace postern::mysql {

void AppendAttributes(Writer& writer, const ConnectionAttributes& attributes) {
  std::string block;
  Writer pairs(block);
  for (const auto& [name, value] : attributes) pairs.LenencText(name).LenencText(value);
  writer.LenencText(block);
}

void ReadAttributes(Reader& reader, ConnectionAttributes& attributes) {
  Reader block(reader.LenencBytes(HandshakeResponse41::kMaxAttributesBytes), "connection attributes");
  while (block.ok() && block.remaining() > 0) {
    std::string name(block.LenencText());
    attributes.emplace_back(std::move(name), block.LenencText());
  }
  if (!block.ok()) reader.Refuse("the connection attributes do not fit their block");
}

}  // namespace postern::mysql
