// How a receiver can tell that a delivery is ours, and of now. Pure.
#ifndef POSTERN_GATEWAY_NOTIFY_SIGN_H_
#define POSTERN_GATEWAY_NOTIFY_SIGN_H_

#include <absl/time/time.h>

#include <string>
#include <string_view>

namespace postern::notify {

// "t=1700000000,v1=<hex>": HMAC-SHA-256, under the secret, of the time in decimal digits, a full stop, and the body.
std::string Signature(std::string_view secret, absl::Time now, std::string_view body);

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_SIGN_H_
