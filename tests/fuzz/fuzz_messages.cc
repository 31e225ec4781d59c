// Property: every decoder ends in a message or an error, and what was decoded can be encoded for the other leg and read
// again with the same values.
#include <cstdint>
#include <cstdlib>

#include "common/mysql/message/auth.h"
#include "common/mysql/message/column.h"
#include "common/mysql/message/command.h"
#include "common/mysql/message/response.h"

using namespace postern::mysql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes bytes = std::as_bytes(std::span(data, size));
  for (Capabilities from : {Capabilities{0}, GatewayCapabilities({})}) {
    (void)HandshakeResponse41::Decode(bytes, from);
    (void)ComChangeUser::Decode(bytes, from);
    if (auto ok = OkPacket::Decode(bytes, from); ok.ok() && !OkPacket::Decode(AsBytes(ok->Encode(from)), from).ok()) {
      std::abort();
    }
    auto query = ComQuery::Decode(bytes, from);
    auto execute = StmtExecute::Decode(bytes, {.capabilities = from, .parameters = 3});
    for (Capabilities to : {Capabilities{0}, GatewayCapabilities({})}) {
      if (query.ok() && ComQuery::Decode(AsBytes(query->Encode(to)), to)->sql != query->sql) std::abort();
      if (!execute.ok()) continue;
      auto again = StmtExecute::Decode(AsBytes(execute->Encode(to)), {.capabilities = to, .parameters = 3});
      if (!again.ok() || again->Encode(to) != execute->Encode(to)) std::abort();
    }
  }
  (void)ColumnDefinition41::Decode(bytes, true);
  (void)HandshakeV10::Decode(bytes);
  return 0;
}
