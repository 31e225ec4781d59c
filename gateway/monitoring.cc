#include "gateway/monitoring.h"

#include <absl/strings/str_cat.h>

#include <utility>

namespace postern {
namespace {

constexpr char kMetricsType[] = "text/plain; version=0.0.4; charset=utf-8";

http::Page Ready(const metrics::Now& now) {
  if (!now.journal_writable) return {.status = 503, .text = "the journal cannot be written: statements are refused\n"};
  return {.text = "ready\n"};
}

}  // namespace

absl::StatusOr<std::unique_ptr<http::PageListener>> ListenForMonitoring(const config::HostPort& listen, metrics::Metrics& metrics,
                                                                    std::function<metrics::Now()> now) {
  http::PageListener::Pages pages;
  pages["/metrics"] = [&metrics, now] { return http::Page{.text = metrics.Text(now()), .type = kMetricsType}; };
  pages["/healthz"] = [] { return http::Page{.text = "alive\n"}; };
  pages["/readyz"] = [now] { return Ready(now()); };
  auto listener = http::PageListener::Start(listen.host, listen.port, std::move(pages));
  if (!listener.ok()) return absl::UnavailableError(absl::StrCat("metrics.listen: ", listener.status().message()));
  return listener;
}

}  // namespace postern
