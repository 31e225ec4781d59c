// The pages that an operator's monitoring reads: /metrics, /healthz and /readyz.
#ifndef POSTERN_GATEWAY_MONITORING_H_
#define POSTERN_GATEWAY_MONITORING_H_

#include <absl/status/statusor.h>

#include <functional>
#include <memory>

#include "common/config/host_port.h"
#include "common/http/server/page_listener.h"
#include "gateway/metrics/metrics.h"

namespace postern {

// `now` is asked at each scrape, on a thread of the listener's. /healthz is 200 while the process answers, /readyz while it can serve: 503 says why
// it cannot. REQUIRES: `metrics`, and what `now` refers to, outlive the listener.
absl::StatusOr<std::unique_ptr<http::PageListener>> ListenForMonitoring(const config::HostPort& listen, metrics::Metrics& metrics,
                                                                    std::function<metrics::Now()> now);

}  // namespace postern

#endif  // POSTERN_GATEWAY_MONITORING_H_
