// Where lines go. Of the stream's thread alone; calls block, for about ten seconds at most.
#ifndef POSTERN_GATEWAY_STREAM_SINK_H_
#define POSTERN_GATEWAY_STREAM_SINK_H_

#include <absl/status/status.h>

#include <memory>
#include <vector>

#include "gateway/stream/line.h"
#include "gateway/stream/options.h"

namespace postern::stream {

class Sink {
 public:
  virtual ~Sink() = default;

  // OK once the receiver has them all, as far as its way of receiving can tell. After an error nobody knows how many it has.
  // REQUIRES: after an error, the same lines again.
  virtual absl::Status Write(const std::vector<Line>& lines) = 0;
};

std::unique_ptr<Sink> MakeSink(const Options& options);

// The ways there are.
std::unique_ptr<Sink> MakeSyslogSink(const ToSyslog& to);
// To a descriptor that is not closed: in pieces, so that a reader that stalls holds up nobody for long.
std::unique_ptr<Sink> MakeDescriptorSink(int fd);

}  // namespace postern::stream

#endif  // POSTERN_GATEWAY_STREAM_SINK_H_
