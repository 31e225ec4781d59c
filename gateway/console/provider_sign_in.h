// Signing in with an OpenID provider: the authorization code flow with PKCE (RFC 6749, RFC 7636, OpenID Connect Core).
//
// Its result is the provider's ID token, which the gateway then judges like any other token of an issuer: who it is for
// and what its claims mean is said under `identity.issuers`, not here. Thread-safe. Begin and Finish block on I/O.
#ifndef POSTERN_GATEWAY_CONSOLE_PROVIDER_SIGN_IN_H_
#define POSTERN_GATEWAY_CONSOLE_PROVIDER_SIGN_IN_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/mysql/flow/secret.h"
#include "gateway/console/options.h"

namespace postern::console {

class ProviderSignIn {
 public:
  static constexpr absl::Duration kPatience = absl::Minutes(10);  // for a person at the provider's pages
  static constexpr size_t kMostUnderWay = 1024;                   // more, and the oldest is forgotten

  // `redirect_uri`: where the provider sends browsers back to.
  ProviderSignIn(std::vector<Provider> providers, std::string redirect_uri);

  const std::vector<Provider>& providers() const { return providers_; }

  struct Departure {
    std::string location;
    // Goes along in a cookie, and must come back with the answer: nobody can hand his own sign-in to another's browser.
    std::string state;
  };
  // NOT_FOUND: there is no such provider. UNAVAILABLE: it cannot be asked where its pages are.
  absl::StatusOr<Departure> Begin(size_t provider, absl::Time now);

  // What the provider's answer is worth, once. PERMISSION_DENIED: it is no answer to a sign-in of this browser, or a
  // refusal.
  absl::StatusOr<mysql::Secret> Finish(std::string_view query, std::string_view state, absl::Time now);

 private:
  struct UnderWay {
    size_t provider = 0;
    std::string verifier;
    std::string nonce;
    absl::Time begun_at;
  };
  std::optional<UnderWay> Take(const std::string& state, absl::Time now);
  void Keep(const std::string& state, UnderWay under_way);

  const std::vector<Provider> providers_;
  const std::string redirect_uri_;
  std::mutex mutex_;
  std::map<std::string, UnderWay> under_way_;
};

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_PROVIDER_SIGN_IN_H_
