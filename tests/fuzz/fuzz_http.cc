// Property: any bytes are a request's head or none; one that is has a method, a path and exactly one Host, and says how
// long its body is.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/http/message/request.h"

using namespace postern::http;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const HeadLimits limits{.bytes = 4096, .headers = 16};
  const auto head = ParseRequestHead(text, limits);
  if (head.ok()) {
    if (text.size() > limits.bytes || head->headers.size() > limits.headers) std::abort();
    if (head->method.empty() || head->path.empty() || head->path.front() != '/') std::abort();
    size_t hosts = 0;
    for (const auto& [name, value] : head->headers) {
      hosts += name == "host";
      if (name == "transfer-encoding" || value.find_first_of("\r\n") != value.npos) std::abort();
    }
    if (hosts != 1) std::abort();
  }
  CookieValue(text, "postern");
  if (FieldValue(text, "code").size() > text.size()) std::abort();
  return 0;
}
