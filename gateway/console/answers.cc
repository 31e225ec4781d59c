#include "gateway/console/answers.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace postern::console {
namespace {

// Scripts and styles are our own files and nothing else; nothing may frame the page, and no text may become markup.
constexpr char kContentPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

http::Answer Bounded(int status, std::string_view type, std::string_view caching, std::string body) {
  return {status,
          {{"Content-Type", std::string(type)},
           {"Cache-Control", std::string(caching)},
           {"Content-Security-Policy", kContentPolicy},
           {"X-Content-Type-Options", "nosniff"},
           {"X-Frame-Options", "DENY"},
           {"Referrer-Policy", "no-referrer"},
           {"Cross-Origin-Opener-Policy", "same-origin"},
           {"Cross-Origin-Resource-Policy", "same-origin"},
           {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}},
          std::move(body)};
}

constexpr char kJson[] = "application/json; charset=utf-8";
constexpr char kNeverKept[] = "no-store";

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    case absl::StatusCode::kUnimplemented:
      return 405;
    default:
      return 500;
  }
}

}  // namespace

http::Answer FileAnswer(const WebFile& file, std::string_view known) {
  const bool same = known == file.etag;
  http::Answer answer = Bounded(same ? 304 : 200, file.type, "no-cache", std::string(same ? "" : file.content));
  answer.headers.emplace_back("ETag", std::string(file.etag));
  return answer;
}

http::Answer JsonAnswer(std::string json) { return Bounded(200, kJson, kNeverKept, std::move(json)); }

std::string ErrorJson(const absl::Status& why) {
  const nlohmann::json error = {{"code", absl::StatusCodeToString(why.code())},
                                {"message", std::string(why.message())}};
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

http::Answer ErrorAnswer(const absl::Status& why) {
  return Bounded(HttpStatusOf(why.code()), kJson, kNeverKept, ErrorJson(why));
}

http::Answer StreamHead() { return Bounded(200, "application/x-ndjson; charset=utf-8", kNeverKept, ""); }

http::Answer Redirect(int status, std::string location) {
  http::Answer answer = Bounded(status, "text/plain; charset=utf-8", kNeverKept, "");
  answer.headers.emplace_back("Location", std::move(location));
  return answer;
}

}  // namespace postern::console
