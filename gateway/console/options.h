// The section `console` of gateway.yaml as values. docs/configuration.md tells what each option is for.
#ifndef POSTERN_GATEWAY_CONSOLE_OPTIONS_H_
#define POSTERN_GATEWAY_CONSOLE_OPTIONS_H_

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "common/config/host_port.h"

namespace postern::console {

// An OpenID provider to sign in with. What its tokens are worth is said under identity.issuers.
struct Provider {
  // What people read on the button.
  std::string name;
  // As in identity.issuers, byte for byte.
  std::string issuer;
  std::string client_id;
  // Empty: a public client, whom PKCE protects alone.
  std::string client_secret_file;
  std::string scope = "openid";
  // PEM file of the authorities its servers are checked against; empty: the system's.
  std::string ca;
};

struct Options {
  config::HostPort listen;
  // PEM files; both empty: plain HTTP, for a loopback address only.
  std::string certificate;
  std::string key;
  // Where browsers find it: scheme and host, perhaps a port. Empty: where it listens, which is a loopback address then.
  std::string url;
  std::vector<Provider> providers;
  absl::Duration idle = absl::Hours(1);      // signed out after so long without a request
  absl::Duration longest = absl::Hours(12);  // and after so long in any case

  bool plain() const { return certificate.empty(); }
};

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_OPTIONS_H_
