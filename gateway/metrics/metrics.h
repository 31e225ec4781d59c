// What the gateway counts, and how Prometheus reads it. Names and units follow its conventions; docs/metrics.md lists them.
//
// Thread-safe. Counting takes a lock of its own for a moment, and never blocks on anything else.
#ifndef POSTERN_GATEWAY_METRICS_METRICS_H_
#define POSTERN_GATEWAY_METRICS_METRICS_H_

#include <absl/time/time.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "proto/postern/v1/record.pb.h"
#include "proto/postern/v1/verification.pb.h"

namespace postern::metrics {

// Of the journal's stream, since the gateway started.
struct StreamNow {
  uint64_t records = 0;
  uint64_t failures = 0;
  uint64_t gaps = 0;
  absl::Duration lag;
};

// How things are at the moment somebody asks.
struct Now {
  size_t sessions = 0;
  size_t doors = 0;
  size_t held = 0;
  bool journal_writable = false;
  // Names of relays: connected ones, and all that are known by configuration or enrolment.
  std::set<std::string> connected;
  std::set<std::string> relays;
  // Deliveries, by the webhook's name.
  std::map<std::string, size_t> webhooks_waiting;
  std::optional<StreamNow> stream;
};

class Metrics {
 public:
  Metrics();

  // By what goes into the journal.
  void Count(const v1::Record& record);
  void JournalTook(absl::Duration time, bool durable);
  // `kind`: what was shown, such as "token". Every failure, also those that are not recorded one by one.
  void LoginFailed(std::string_view kind);
  // From now on the webhook is listed.
  void ExpectWebhook(const std::string& webhook);
  // `result`: delivered, failed (it is tried again) or dead.
  void WebhookTried(const std::string& webhook, std::string_view result);

  // So that a target that is verified and never passed is told from one that is not verified.
  void ExpectVerification(const std::string& target);
  // Of a run that passed or failed.
  void Verified(const v1::VerificationRun& run);

  // The text exposition format, version 0.0.4.
  std::string Text(const Now& now);

 private:
  using Counters = prometheus::Family<prometheus::Counter>;
  using Gauges = prometheus::Family<prometheus::Gauge>;

  void CountStatement(const v1::Statement& statement);
  void ShowStream(const StreamNow& now);
  // The rule, as long as there are few enough of them to be told apart.
  std::string RuleLabel(const std::string& rule);

  prometheus::Registry registry_;
  Counters& statements_;
  Counters& refusals_;
  Counters& approvals_;
  Counters& logins_;
  Counters& login_failures_;
  Counters& doors_closed_;
  Counters& journal_failures_;
  Counters& webhook_deliveries_;
  Counters& stream_records_;
  Counters& stream_failures_;
  Counters& stream_gaps_;
  prometheus::Histogram& journal_append_;
  prometheus::Gauge& sessions_;
  prometheus::Gauge& doors_;
  prometheus::Gauge& held_;
  prometheus::Gauge& journal_writable_;
  Gauges& relay_connected_;
  Gauges& webhook_waiting_;
  Gauges& stream_lag_;
  Counters& verification_runs_;
  Gauges& verification_passed_;
  Gauges& verification_last_passed_;

  std::mutex rules_mutex_;
  std::set<std::string> rules_;
  // One scrape at a time sets the gauges and reads them.
  std::mutex scrape_mutex_;
};

}  // namespace postern::metrics

#endif  // POSTERN_GATEWAY_METRICS_METRICS_H_
