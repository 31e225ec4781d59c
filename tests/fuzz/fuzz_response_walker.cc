// Property: a reply is walked to the same end however it is cut, and nothing is passed that did not come. First byte:
// the shape and the capabilities; the rest: the server's bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "tests/unit/common/mysql/recorded_reply.h"

using namespace postern::mysql;

struct Ending {
  bool ok = true;
  bool done = false;
  RememberingSink sink;
};

static Ending Walk(ReplyShape shape, ResponseWalker::Options options, Bytes reply, size_t step) {
  Ending end;
  ResponseWalker walker(options);
  walker.Begin(shape);
  for (; !reply.empty() && end.ok; reply = reply.subspan(std::min(step, reply.size()))) {
    end.ok = walker.Feed(reply.first(std::min(step, reply.size())), end.sink).ok();
  }
  end.done = walker.done();
  return end;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  auto shape = static_cast<ReplyShape>(data[0] & 7);
  ResponseWalker::Options options;
  options.upstream = capability::kSessionTrack | (data[0] & 8 ? capability::kDeprecateEof : 0);
  options.agent = data[0] & 16 ? options.upstream : options.upstream & ~capability::kSessionTrack;
  Bytes reply = std::as_bytes(std::span(data + 1, size - 1));
  Ending whole = Walk(shape, options, reply, SIZE_MAX);
  Ending pieces = Walk(shape, options, reply, data[0] & 32 ? 1 : 3);
  bool same = whole.ok == pieces.ok && whole.done == pieces.done && whole.sink.events == pieces.sink.events;
  if (!same || whole.sink.passed != pieces.sink.passed || whole.sink.passed.size() > reply.size()) std::abort();
  return 0;
}
