// AWS Signature Version 4, as published in "Create a signed AWS API request". Pure functions.
//
//   string to sign   AWS4-HMAC-SHA256 \n time \n date/region/service/aws4_request \n SHA256(canonical request)
//   canonical        method \n path \n sorted query \n headers \n \n names of the headers \n SHA256(payload)
//   signing key      HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request")
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_SIGV4_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_SIGV4_H_

#include <absl/time/time.h>

#include <map>
#include <string>
#include <string_view>

#include "common/mysql/flow/secret.h"

namespace postern::relay {

struct AwsKeys {
  std::string key_id;
  mysql::Secret secret;
  mysql::Secret session_token;  // empty: the keys are a user's own
  absl::Time expires = absl::InfiniteFuture();
};

struct SigningScope {
  absl::Time time;
  std::string region;
  std::string service;
};

struct CanonicalRequest {
  std::string method = "GET";
  std::string path = "/";                       // percent-encoded already
  std::map<std::string, std::string> query;     // as they are
  std::map<std::string, std::string> headers;   // names in lower case
  std::string payload_hash;                     // hex, or UNSIGNED-PAYLOAD
};

// SHA-256 in lower-case hex.
std::string HexSha256(std::string_view text);

// 64 lower-case hex digits.
std::string Sign(const CanonicalRequest& request, const SigningScope& scope, std::string_view secret);

// The request's query with the signature in it, each part percent-encoded.
std::string PresignedQuery(CanonicalRequest request, const SigningScope& scope, const AwsKeys& keys, absl::Duration expires);

// What RDS takes as a password for a quarter of an hour: a signed URL without its scheme.
mysql::Secret RdsToken(std::string_view host, uint16_t port, std::string_view user, std::string_view region, const AwsKeys& keys,
                       absl::Time now);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_SIGV4_H_
