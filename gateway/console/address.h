// Where browsers find the console, and whether a request was made by the console's own pages. Pure.
//
// A cookie goes along with what other sites make a browser send, and a name that an attacker owns may be made to lead
// here: so the Host, the Origin and the browser's own word (Sec-Fetch-Site) must all fit the one address.
#ifndef POSTERN_GATEWAY_CONSOLE_ADDRESS_H_
#define POSTERN_GATEWAY_CONSOLE_ADDRESS_H_

#include <absl/status/status.h>

#include <optional>
#include <string>
#include <string_view>

#include "common/http/message/request.h"

namespace postern::console {

struct Address {
  // As browsers write it in Origin: "https://postern.example.com", "http://127.0.0.1:8080".
  std::string origin;
  // As they write it in Host.
  std::string authority;
  bool secure = false;
  bool loopback = false;
};

// "https://postern.example.com:8443", perhaps with a slash behind.
std::optional<Address> ParseAddress(std::string_view url);

// Whether the request was sent to this address.
bool IsFor(const http::RequestHead& head, const Address& address);

// OK for a request that the console's own script made. PERMISSION_DENIED says what speaks against it.
absl::Status CheckOwnRequest(const http::RequestHead& head, const Address& address);

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_ADDRESS_H_
