#include "relay-agent/credential/lease_keeper.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/observability/log.h"

namespace postern::relay {
namespace {

constexpr absl::Duration kCallPatience = absl::Seconds(10);
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(30);
// No lender is asked more often for one lease.
constexpr absl::Duration kShortestRenewal = absl::Milliseconds(500);

}  // namespace

LeaseKeeper::LeaseKeeper(std::optional<LeaseLedger> ledger) : ledger_(std::move(ledger)), thread_([this] { Work(); }) {}

LeaseKeeper::~LeaseKeeper() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

absl::Status LeaseKeeper::Keep(const std::string& account, std::shared_ptr<CredentialSource> source, const Lease& lease,
                               OnLost on_lost) {
  absl::Status written = ledger_ ? ledger_->Add({account, lease.id}) : absl::OkStatus();
  {
    std::lock_guard lock(mutex_);
    Kept& kept = leases_[lease.id];
    kept.source = std::move(source);
    SetTerms(kept, lease);
    kept.returning = !written.ok();
    if (written.ok()) kept.on_lost = std::move(on_lost);
    if (kept.returning) kept.next = absl::Now();
  }
  changed_.notify_all();
  return written;
}

void LeaseKeeper::GiveBack(const std::string& id) {
  {
    std::lock_guard lock(mutex_);
    const auto kept = leases_.find(id);
    if (kept == leases_.end()) return;
    kept->second.returning = true;
    kept->second.next = absl::Now();
    kept->second.pause = absl::ZeroDuration();
  }
  changed_.notify_all();
}

void LeaseKeeper::GiveBackFound(const LeaseRecord& record, std::shared_ptr<CredentialSource> source) {
  {
    std::lock_guard lock(mutex_);
    Kept& kept = leases_[record.id];
    kept.source = std::move(source);
    kept.returning = true;
    kept.expires = absl::InfiniteFuture();
    kept.next = absl::Now();
  }
  changed_.notify_all();
}

bool LeaseKeeper::Settle(absl::Duration patience) {
  const auto settled = [this] {
    return std::none_of(leases_.begin(), leases_.end(), [](const auto& kept) { return kept.second.returning; });
  };
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(patience), settled);
}

void LeaseKeeper::Work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto first = std::min_element(leases_.begin(), leases_.end(),
                                        [](const auto& a, const auto& b) { return a.second.next < b.second.next; });
    const absl::Time now = absl::Now();
    if (first == leases_.end() || first->second.next == absl::InfiniteFuture()) {
      changed_.wait(lock);
    } else if (first->second.next > now) {
      changed_.wait_for(lock, absl::ToChronoMilliseconds(first->second.next - now + absl::Milliseconds(1)));
    } else {
      Do(lock, first);
    }
  }
}

void LeaseKeeper::Do(std::unique_lock<std::mutex>& lock, Leases::iterator due) {
  const std::string id = due->first;
  const std::shared_ptr<CredentialSource> source = due->second.source;
  if (due->second.returning) return Return(lock, id, source);
  if (absl::Now() >= due->second.expires) return Lose(lock, due);
  Renew(lock, id, source);
}

void LeaseKeeper::Renew(std::unique_lock<std::mutex>& lock, const std::string& id, const std::shared_ptr<CredentialSource>& source) {
  lock.unlock();
  absl::StatusOr<Lease> renewed = source->Renew(id, absl::Now() + kCallPatience);
  lock.lock();
  const auto kept = leases_.find(id);
  if (kept == leases_.end() || kept->second.returning) return;
  if (renewed.ok()) return SetTerms(kept->second, *renewed);
  log::Warning("a lease was not renewed", {{"reason", renewed.status()}});
  if (renewed.status().code() == absl::StatusCode::kNotFound) return Lose(lock, kept);
  TryLater(kept->second);
  kept->second.next = std::min(kept->second.next, kept->second.expires);
}

void LeaseKeeper::Return(std::unique_lock<std::mutex>& lock, const std::string& id, const std::shared_ptr<CredentialSource>& source) {
  lock.unlock();
  absl::Status returned = source->GiveBack(id, absl::Now() + kCallPatience);
  const bool gone = returned.ok() || returned.code() == absl::StatusCode::kNotFound;
  if (gone && ledger_) ledger_->Remove(id);
  lock.lock();
  const auto kept = leases_.find(id);
  if (kept == leases_.end()) return;
  if (gone) {
    leases_.erase(kept);
    changed_.notify_all();
    return;
  }
  log::Warning("a lease was not given back", {{"reason", returned}});
  TryLater(kept->second);
}

// It stays known until it is given back: the lender has the last word on whether it is over.
void LeaseKeeper::Lose(std::unique_lock<std::mutex>& lock, Leases::iterator lost) {
  lost->second.next = absl::InfiniteFuture();
  OnLost on_lost = std::exchange(lost->second.on_lost, nullptr);
  lock.unlock();
  if (on_lost) on_lost();
  lock.lock();
}

void LeaseKeeper::SetTerms(Kept& kept, const Lease& lease) {
  const absl::Time now = absl::Now();
  kept.expires = now + lease.lasts;
  kept.renewable = lease.renewable;
  kept.pause = absl::ZeroDuration();
  kept.next = kept.renewable ? std::min(kept.expires, now + std::max(lease.lasts / 2, kShortestRenewal)) : kept.expires;
}

void LeaseKeeper::TryLater(Kept& kept) {
  kept.pause = std::clamp(kept.pause * 2, kFirstPause, kLongestPause);
  kept.next = absl::Now() + kept.pause;
}

}  // namespace postern::relay
