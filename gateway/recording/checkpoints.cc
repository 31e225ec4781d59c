#include "gateway/recording/checkpoints.h"

#include <absl/time/clock.h>

#include <utility>

#include "gateway/recording/verify/signed_records.h"

namespace postern::recording {

void Checkpoints::Wrote(uint64_t records) {
  if (!std::exchange(unsigned_, true)) due_ = Clock::now() + options_.every;
  records_ += records;
  if (records_ >= options_.records) due_ = Clock::now();
}

std::string Checkpoints::Sign(const Cursor& end, uint64_t records) {
  signed_ = SignCheckpoint(*options_.key, end, records, absl::ToUnixMicros(absl::Now()));
  return ToRecord(signed_).SerializeAsString();
}

void Checkpoints::Settle(bool durable) {
  records_ = 0;
  unsigned_ = !durable;
  due_ = Clock::now() + options_.every;
  if (durable && options_.witness) options_.witness(signed_);
}

}  // namespace postern::recording
