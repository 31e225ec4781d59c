// One HTTP request and its answer, for the small documents of other services: tokens, keys, secrets.
//
// Blocking, any thread. Bounded in time and size; no redirect is followed, no proxy of the environment asked, no cookie kept,
// and nothing that was answered stays in memory once the answer is dropped.
#ifndef POSTERN_COMMON_HTTP_CLIENT_H_
#define POSTERN_COMMON_HTTP_CLIENT_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::http {

struct Request {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // PEM of the authorities that an https server is checked against; empty: the system's.
  std::string ca_file;
  absl::Duration timeout = absl::Seconds(10);
  size_t max_response_bytes = 64 * 1024;
};

struct Response {
  Response() = default;
  Response(Response&&) = default;
  Response& operator=(Response&&) = default;
  ~Response();  // wipes the body

  int status = 0;
  std::string body;
};

// UNAVAILABLE without an answer, with libcurl's reason and no part of the URL; RESOURCE_EXHAUSTED when it is too long. Any
// status of the server's is an answer.
absl::StatusOr<Response> Send(const Request& request);

// Whether it is an https URL, or an http one of this machine, without user, query or fragment.
bool IsPrivateUrl(const std::string& url);

// The same, but it may have a query: services give out URLs that are secrets themselves, with the secret there.
bool IsSecureUrl(const std::string& url);

// Percent-encoded as RFC 3986 has it: all but letters, digits, '-', '.', '_' and '~'.
std::string Encode(std::string_view text);

}  // namespace postern::http

#endif  // POSTERN_COMMON_HTTP_CLIENT_H_
