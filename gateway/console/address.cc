#include "gateway/console/address.h"

#include <absl/strings/ascii.h>

#include <algorithm>

#include "common/config/host_port.h"

namespace postern::console {
namespace {

constexpr std::string_view kSecure = "https://";
constexpr std::string_view kPlain = "http://";

bool IsHost(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == ':';
  });
}

std::string Lower(std::string_view text) { return absl::AsciiStrToLower({text.data(), text.size()}); }

}  // namespace

std::optional<Address> ParseAddress(std::string_view url) {
  Address address;
  address.secure = url.starts_with(kSecure);
  if (!address.secure && !url.starts_with(kPlain)) return std::nullopt;
  const std::string_view scheme = address.secure ? kSecure : kPlain;
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  const int usual_port = address.secure ? 443 : 80;
  const std::string text = Lower(url);
  auto parsed = config::ParseHostPort(text);
  if (!parsed) parsed = config::ParseHostPort(text + ":" + std::to_string(usual_port));
  if (!parsed || parsed->port == 0 || !IsHost(parsed->host)) return std::nullopt;
  address.loopback = parsed->IsLoopback();
  address.authority = parsed->ToString();
  if (parsed->port == usual_port) address.authority.resize(address.authority.rfind(':'));
  address.origin = std::string(scheme) + address.authority;
  return address;
}

bool IsFor(const http::RequestHead& head, const Address& address) {
  return Lower(head.Header("host")) == address.authority;
}

absl::Status CheckOwnRequest(const http::RequestHead& head, const Address& address) {
  if (!IsFor(head, address)) return absl::PermissionDeniedError("the console is at " + address.origin);
  if (Lower(head.Header("origin")) != address.origin) {
    return absl::PermissionDeniedError("this request does not come from the console's own page");
  }
  const std::string_view site = head.Header("sec-fetch-site");
  if (!site.empty() && site != "same-origin") {
    return absl::PermissionDeniedError("the browser says that another site made this request");
  }
  return absl::OkStatus();
}

}  // namespace postern::console
