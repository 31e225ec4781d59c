// Property: whatever packets come in place of a reply, no more is kept than the limits let, and a reply that is done takes no
// further packet. First byte of each packet: its length.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "common/mysql/flow/text_reply.h"

using namespace postern::mysql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const TextReply::Limits limits{.columns = 16, .rows = 4, .bytes = 256};
  TextReply reply(capability::kProtocol41 | capability::kTransactions | capability::kDeprecateEof | capability::kSessionTrack, limits);
  Bytes rest = std::as_bytes(std::span(data, size));
  while (!rest.empty()) {
    const size_t length = std::min<size_t>(static_cast<uint8_t>(rest[0]), rest.size() - 1);
    const bool was_done = reply.done();
    const bool taken = reply.OnPacket(rest.subspan(1, length)).ok();
    if (was_done && taken) std::abort();
    if (!taken) break;
    rest = rest.subspan(1 + length);
  }
  size_t bytes = 0;
  for (const TextReply::Row& row : reply.rows()) {
    if (row.size() > limits.columns) std::abort();
    for (const auto& value : row) bytes += value ? value->size() : 0;
  }
  if (reply.rows().size() > limits.rows || bytes > limits.bytes) std::abort();
  return 0;
}
