#include "common/http/client.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <curl/curl.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>

namespace postern::http {
namespace {

struct Free {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

bool StartLibrary() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

// What has arrived. Its room is made once, so that no copy is left behind when it grows.
struct Arrived {
  std::string& body;
  size_t limit;
  bool too_long = false;
};

size_t Take(char* data, size_t, size_t size, void* context) {
  auto& arrived = *static_cast<Arrived*>(context);
  arrived.too_long = size > arrived.limit - arrived.body.size();
  if (arrived.too_long) return 0;
  arrived.body.append(data, size);
  return size;
}

void SetUp(CURL* handle, const Request& request, curl_slist* headers) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  const long timeout_ms = std::max<long>(1, absl::ToInt64Milliseconds(request.timeout));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!request.ca_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_file.c_str());
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method != "GET") {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
}

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

Response::~Response() { OPENSSL_cleanse(body.data(), body.size()); }

absl::StatusOr<Response> Send(const Request& request) {
  if (!StartLibrary()) return absl::InternalError("libcurl does not start");
  const std::unique_ptr<CURL, Free> handle(curl_easy_init());
  if (handle == nullptr) return absl::ResourceExhaustedError("out of memory");
  // Without this one libcurl would wait for leave to send a longer body.
  std::unique_ptr<curl_slist, Free> headers(curl_slist_append(nullptr, "Expect:"));
  for (const auto& [name, value] : request.headers) {
    // A line's end would begin another header.
    const bool one_line = std::all_of(value.begin(), value.end(), absl::ascii_isprint);
    if (!one_line) return absl::InvalidArgumentError("a header that is no single line");
    std::string line = absl::StrCat(name, ": ", value);
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
    OPENSSL_cleanse(line.data(), line.size());
  }
  SetUp(handle.get(), request, headers.get());
  Response response;
  response.body.reserve(request.max_response_bytes);
  Arrived arrived{response.body, request.max_response_bytes};
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, Take);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &arrived);
  const CURLcode code = curl_easy_perform(handle.get());
  for (curl_slist* line = headers.get(); line != nullptr; line = line->next) {
    OPENSSL_cleanse(line->data, std::char_traits<char>::length(line->data));
  }
  if (arrived.too_long) return absl::ResourceExhaustedError("the answer is too long");
  if (code != CURLE_OK) return absl::UnavailableError(curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

bool IsPrivateUrl(const std::string& url) { return url.find('?') == std::string::npos && IsSecureUrl(url); }

bool IsSecureUrl(const std::string& url) {
  const std::unique_ptr<CURLU, Free> parsed(curl_url());
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  for (const CURLUPart unwanted : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT}) {
    if (!Part(parsed.get(), unwanted).empty()) return false;
  }
  const std::string scheme = Part(parsed.get(), CURLUPART_SCHEME);
  const std::string host = Part(parsed.get(), CURLUPART_HOST);
  if (scheme == "https") return true;
  return scheme == "http" && (host == "127.0.0.1" || host == "localhost" || host == "[::1]");
}

std::string Encode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

}  // namespace postern::http
