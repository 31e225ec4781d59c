#include "relay-agent/joining/renewal.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/observability/log.h"

namespace postern::relay {
namespace {

constexpr absl::Duration kBetweenAttempts = absl::Seconds(30);
constexpr absl::Duration kShortest = absl::Milliseconds(200);

}  // namespace

Renewal::Renewal(IdentityFolder folder, std::vector<Enrolling> gateways)
    : folder_(std::move(folder)), gateways_(std::move(gateways)), thread_([this] { Run(); }) {}

Renewal::~Renewal() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Renewal::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    absl::Time next = absl::InfiniteFuture();
    for (const Enrolling& gateway : gateways_) next = std::min(next, Tend(gateway));
    lock.lock();
    const absl::Duration wait = std::clamp(next - absl::Now(), kShortest, absl::Hours(1));
    stop_.wait_for(lock, absl::ToChronoMilliseconds(wait), [this] { return stopping_; });
  }
}

absl::Time Renewal::Tend(const Enrolling& gateway) {
  const absl::Time now = absl::Now();
  const auto validity = folder_.ValidityOf(gateway.gateway);
  if (!validity.ok()) {
    log::Error("certificate not readable", {{"gateway", gateway.gateway}, {"error", validity.status()}});
    return now + kBetweenAttempts;
  }
  const absl::Duration life = validity->until - validity->from;
  const absl::Time due = validity->from + life * 2 / 3;
  if (now < due) return due;
  const auto renewed = Renew(gateway, folder_);
  if (renewed.ok()) {
    log::Info("certificate renewed", {{"gateway", gateway.gateway}, {"until", absl::FormatTime(absl::FromUnixMillis(renewed->expires_at_unix_ms()))}});
    return now;
  }
  log::Error("certificate not renewed", {{"gateway", gateway.gateway}, {"until", absl::FormatTime(validity->until)}, {"error", renewed.status()}});
  // Short lives are renewed as eagerly as they run out.
  return now + std::min(kBetweenAttempts, life / 10);
}

}  // namespace postern::relay
