// The journal, with what goes into it counted and timed. Every statement, login and closed door passes here, so nothing else needs to
// know of metrics. Thread-safe.
#ifndef POSTERN_GATEWAY_METRICS_COUNTED_JOURNAL_H_
#define POSTERN_GATEWAY_METRICS_COUNTED_JOURNAL_H_

#include "gateway/metrics/metrics.h"
#include "gateway/recording/journal.h"

namespace postern::metrics {

class CountedJournal final : public recording::Journal {
 public:
  // REQUIRES: both outlive their use here; this, and `metrics`, what is under way in `real`.
  CountedJournal(recording::Journal& real, Metrics& metrics) : real_(real), metrics_(metrics) {}

  void Append(const v1::Record& record, Done done) override;
  absl::Status Health() const override { return real_.Health(); }

 private:
  recording::Journal& real_;
  Metrics& metrics_;
};

}  // namespace postern::metrics

#endif  // POSTERN_GATEWAY_METRICS_COUNTED_JOURNAL_H_
