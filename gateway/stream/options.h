// The section `stream` of gateway.yaml as values. docs/auditing.md tells what each option is for.
#ifndef POSTERN_GATEWAY_STREAM_OPTIONS_H_
#define POSTERN_GATEWAY_STREAM_OPTIONS_H_

#include <cstdint>
#include <string>
#include <variant>

#include "gateway/notify/options.h"

namespace postern::stream {

struct ToFile {
  std::string path;
};

struct ToStandardOutput {};

struct ToSyslog {
  enum class Transport : uint8_t { kUnix, kUdp, kTcp };
  Transport transport = Transport::kUnix;
  // A path, or a host with its port.
  std::string address;
  uint16_t port = 0;
  int facility = 16;  // local0
};

struct ToWebhook {
  notify::Endpoint endpoint;
};

// Where the journal's records go, one line of JSON each.
using Options = std::variant<ToFile, ToStandardOutput, ToSyslog, ToWebhook>;

}  // namespace postern::stream

#endif  // POSTERN_GATEWAY_STREAM_OPTIONS_H_
