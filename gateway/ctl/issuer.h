// An OpenID provider, as `posternctl login` speaks with it: discovery, the device authorization grant (RFC 8628), refresh, revocation (RFC 7009).
//
// Nothing it says is believed beyond what the gateway checks anyway; it is only carried. Blocking, one thread.
#ifndef POSTERN_GATEWAY_CTL_ISSUER_H_
#define POSTERN_GATEWAY_CTL_ISSUER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/http/client.h"

namespace postern::ctl {

using Send = std::function<absl::StatusOr<http::Response>(const http::Request&)>;

// Where to log in, and as which client; it has no secret, as a program on people's machines can keep none.
struct IssuerAccount {
  std::string url;
  std::string ca;  // PEM file; empty: the system's
  std::string client_id;
  // Whether the id token is what the gateway is shown, in place of the access token.
  bool id_token = false;
};

// What somebody is to be shown.
struct DeviceCode {
  std::string device_code;  // secret
  std::string user_code;
  std::string verification_uri;
  std::string verification_uri_complete;  // may be empty
  absl::Duration expires_in;
  absl::Duration interval;
};

struct IssuedTokens {
  std::string token;          // for the gateway
  std::string refresh_token;  // may be empty
  absl::Time expires_at;
};

// Tokens, or the error of RFC 6749's that there are none yet, or never will be.
struct TokenAnswer {
  std::optional<IssuedTokens> tokens;
  std::string error;
};

class Issuer {
 public:
  // Reads the discovery document. INVALID_ARGUMENT: the URL; UNAVAILABLE: it cannot be had; FAILED_PRECONDITION: it lacks what is needed.
  static absl::StatusOr<Issuer> Discover(IssuerAccount account, Send send);

  absl::StatusOr<DeviceCode> Begin(const std::string& scope, const std::string& audience) const;
  // UNAVAILABLE without an answer.
  absl::StatusOr<TokenAnswer> Ask(const DeviceCode& code, absl::Time now) const;
  absl::StatusOr<TokenAnswer> Refresh(const std::string& refresh_token, absl::Time now) const;
  // OK, too, when the issuer has no way to do it.
  absl::Status Revoke(const std::string& refresh_token) const;

 private:
  using Form = std::vector<std::pair<std::string, std::string>>;
  Issuer(IssuerAccount account, Send send) : account_(std::move(account)), send_(std::move(send)) {}

  absl::StatusOr<http::Response> Post(const std::string& url, const Form& form) const;
  absl::StatusOr<TokenAnswer> AskForTokens(const Form& form, absl::Time now) const;

  IssuerAccount account_;
  Send send_;
  std::string device_endpoint_;
  std::string token_endpoint_;
  std::string revocation_endpoint_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_ISSUER_H_
