// Property: however a stream is cut into chunks, the assembler gives the same packets and the same verdict, and never a
// payload over its limit.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/mysql/wire/packet.h"

using namespace postern::mysql;

static std::string Assemble(Bytes stream, size_t step) {
  PacketAssembler assembler(1024);
  std::string seen;
  for (;;) {
    auto packet = assembler.Next();
    if (!packet.ok()) return seen + "!";
    if (packet->has_value() && (*packet)->payload.size() > 1024) std::abort();
    if (packet->has_value()) {
      seen += std::string(AsText((*packet)->payload)) + "|";
    } else if (stream.empty()) {
      return seen;
    } else {
      assembler.Append(stream.first(std::min(step, stream.size())));
      stream = stream.subspan(std::min(step, stream.size()));
    }
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes bytes = std::as_bytes(std::span(data, size));
  if (Assemble(bytes, SIZE_MAX) != Assemble(bytes, 1)) std::abort();
  return 0;
}
