// A few pages of text over plain HTTP, for the operator's own monitoring: no TLS, no login, so listen where only it can reach.
//
// One thread and a few connections at most; whoever is slow is cut off. Pages are made on that thread.
#ifndef POSTERN_COMMON_HTTP_SERVER_PAGE_LISTENER_H_
#define POSTERN_COMMON_HTTP_SERVER_PAGE_LISTENER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace postern::http {

struct Page {
  int status = 200;
  std::string text;
  std::string type = "text/plain; charset=utf-8";
};

class PageListener {
 public:
  using Pages = std::map<std::string, std::function<Page()>>;  // by path, such as "/healthz"; for GET

  // UNAVAILABLE when the address cannot be had. REQUIRES: what the pages refer to outlives the listener.
  static absl::StatusOr<std::unique_ptr<PageListener>> Start(const std::string& host, uint16_t port, Pages pages);
  // Returns when no page is being made any more.
  ~PageListener();
  PageListener(const PageListener&) = delete;
  PageListener& operator=(const PageListener&) = delete;

  uint16_t port() const;

 private:
  struct Impl;
  explicit PageListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::http

#endif  // POSTERN_COMMON_HTTP_SERVER_PAGE_LISTENER_H_
