// An address as people write it: "db.internal:3306", "127.0.0.1:8443", "[::1]:3306". Plain value, any thread.
#ifndef POSTERN_COMMON_CONFIG_HOST_PORT_H_
#define POSTERN_COMMON_CONFIG_HOST_PORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::config {

struct HostPort {
  std::string host;  // without brackets
  uint16_t port = 0;

  // With brackets again around an IPv6 address.
  std::string ToString() const;
  // The host is an address of this machine that no other can reach: 127.0.0.0/8, ::1, "localhost".
  bool IsLoopback() const;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// Empty when the text is not host:port with a port of 0..65535.
std::optional<HostPort> ParseHostPort(std::string_view text);

}  // namespace postern::config

#endif  // POSTERN_COMMON_CONFIG_HOST_PORT_H_
