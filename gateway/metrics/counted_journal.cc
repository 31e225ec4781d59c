#include "gateway/metrics/counted_journal.h"

#include <chrono>
#include <utility>

namespace postern::metrics {

using Clock = std::chrono::steady_clock;

void CountedJournal::Append(const v1::Record& record, Done done) {
  metrics_.Count(record);
  const Clock::time_point start = Clock::now();
  real_.Append(record, [this, start, done = std::move(done)](absl::Status status) mutable {
    metrics_.JournalTook(absl::FromChrono(Clock::now() - start), status.ok());
    done(std::move(status));
  });
}

}  // namespace postern::metrics
