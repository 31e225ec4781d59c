#include "common/config/host_port.h"

#include <arpa/inet.h>
#include <strings.h>

#include <charconv>

#include "common/config/cat.h"

namespace postern::config {
namespace {

std::optional<uint16_t> Port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// Brackets around an IPv6 address and nothing else; a bare host has no colon.
std::optional<std::string> Host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    const std::string inner(text.substr(1, text.size() - 2));
    in6_addr address;
    if (inet_pton(AF_INET6, inner.c_str(), &address) != 1) return std::nullopt;
    return inner;
  }
  if (text.empty() || text.size() > 253) return std::nullopt;
  if (text.find_first_of(":[]/@ \t") != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

}  // namespace

std::string HostPort::ToString() const {
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? Cat("[", host, "]:", port) : Cat(host, ":", port);
}

bool HostPort::IsLoopback() const {
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return strcasecmp(host.c_str(), "localhost") == 0;
}

std::optional<HostPort> ParseHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<uint16_t> port = Port(text.substr(colon + 1));
  const std::optional<std::string> host = Host(text.substr(0, colon));
  if (!port || !host) return std::nullopt;
  return HostPort{*host, *port};
}

}  // namespace postern::config
