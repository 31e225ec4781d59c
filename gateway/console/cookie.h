// The cookies that the console sets, and the paths of signing in with a provider. Pure.
#ifndef POSTERN_GATEWAY_CONSOLE_COOKIE_H_
#define POSTERN_GATEWAY_CONSOLE_COOKIE_H_

#include <string>
#include <utility>

namespace postern::console {

// "/sign-in/0" leads to the first provider; each comes back to the other one.
inline constexpr char kDeparturePath[] = "/sign-in/";
inline constexpr char kReturnPath[] = "/sign-in/return";

// A header that sets the cookie, or takes it away where the value is empty. `same_site`: "Strict", or "Lax" for one
// that must come along when a provider sends the browser back.
inline std::pair<std::string, std::string> CookieHeader(const std::string& name, const std::string& value,
                                                        const std::string& same_site, bool secure) {
  std::string cookie = name + "=" + value + "; Path=/; HttpOnly; SameSite=" + same_site;
  if (secure) cookie += "; Secure";
  if (value.empty()) cookie += "; Max-Age=0";
  return {"Set-Cookie", std::move(cookie)};
}

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_COOKIE_H_
