// Reads the section `stream` of gateway.yaml.
#ifndef POSTERN_GATEWAY_STREAM_READ_OPTIONS_H_
#define POSTERN_GATEWAY_STREAM_READ_OPTIONS_H_

#include <optional>

#include "common/config/document.h"
#include "gateway/stream/options.h"

namespace postern::stream {

// None where the section is absent: nothing is streamed then.
std::optional<Options> ReadOptions(config::Section stream);

}  // namespace postern::stream

#endif  // POSTERN_GATEWAY_STREAM_READ_OPTIONS_H_
