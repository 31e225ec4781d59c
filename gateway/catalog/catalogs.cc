#include "gateway/catalog/catalogs.h"

#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/observability/log.h"
#include "gateway/catalog/incoming_catalog.h"

namespace postern::catalog {
namespace {

// Longer than any reading: an age beyond this is nonsense.
constexpr uint64_t kMaxAgeMs = 24 * 60 * 60 * 1000;

}  // namespace

Catalogs::Catalogs(const std::vector<std::string>& targets, CatalogLimits limits, Ask ask)
    : limits_(limits), ask_(std::move(ask)) {
  for (const std::string& target : targets) targets_.try_emplace(target);
}

Catalogs::~Catalogs() { Shutdown(); }

void Catalogs::Shutdown() {
  std::map<uint64_t, Waiter> waiters;
  {
    std::lock_guard lock(mutex_);
    shut_down_ = true;
    waiters.swap(waiters_);
  }
  for (auto& [id, waiter] : waiters) waiter.done(absl::CancelledError("the gateway is stopping"));
}

CatalogPtr Catalogs::Of(std::string_view target) const {
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(target);
  return found == targets_.end() ? nullptr : found->second.catalog;
}

uint64_t Catalogs::Refresh(const std::string& target) {
  uint64_t ticket = 0;
  {
    std::lock_guard lock(mutex_);
    const auto found = targets_.find(target);
    if (found == targets_.end()) return 0;
    ticket = ++found->second.asked;
  }
  if (absl::Status asked = ask_(target); !asked.ok()) {
    log::Warning("no relay can be asked for the schema", {{"target", target}, {"error", asked}});
  }
  return ticket;
}

uint64_t Catalogs::Unanswered(std::string_view target) const {
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(target);
  return found == targets_.end() || found->second.answered >= found->second.asked ? 0 : found->second.asked;
}

bool Catalogs::IsSatisfied(const Target& target, const Waiter& waiter) {
  if (target.catalog == nullptr) return false;
  return waiter.ticket ? target.answered >= *waiter.ticket : target.generation > *waiter.generation;
}

uint64_t Catalogs::Wait(Waiter waiter) {
  absl::StatusOr<CatalogPtr> answer(absl::NotFoundError("there is no such target"));
  {
    std::lock_guard lock(mutex_);
    const auto target = targets_.find(waiter.target);
    const bool satisfied = target != targets_.end() && IsSatisfied(target->second, waiter);
    if (target != targets_.end() && !satisfied && !shut_down_) {
      waiters_.emplace(next_waiter_, std::move(waiter));
      return next_waiter_++;
    }
    if (satisfied) answer = target->second.catalog;
    if (!satisfied && shut_down_) answer = absl::CancelledError("the gateway is stopping");
  }
  waiter.done(std::move(answer));
  return 0;
}

uint64_t Catalogs::WhenFresh(const std::string& target, uint64_t ticket, Done done) {
  return Wait({target, ticket, std::nullopt, std::move(done)});
}

void Catalogs::Forget(uint64_t waiter) {
  Done done;  // dropped outside of the lock
  std::lock_guard lock(mutex_);
  const auto found = waiters_.find(waiter);
  if (found == waiters_.end()) return;
  done = std::move(found->second.done);
  waiters_.erase(found);
}

absl::StatusOr<CatalogPtr> Catalogs::Await(Waiter waiter, absl::Time deadline) {
  struct Meeting {
    absl::Notification happened;
    absl::StatusOr<CatalogPtr> answer{absl::DeadlineExceededError("the schema did not come in time")};
  };
  const auto meeting = std::make_shared<Meeting>();
  waiter.done = [meeting](absl::StatusOr<CatalogPtr> answer) {
    meeting->answer = std::move(answer);
    meeting->happened.Notify();
  };
  const uint64_t id = Wait(std::move(waiter));
  if (meeting->happened.WaitForNotificationWithDeadline(deadline)) return meeting->answer;
  Forget(id);
  return absl::DeadlineExceededError("the schema did not come in time");
}

absl::StatusOr<CatalogPtr> Catalogs::AwaitFresh(const std::string& target, uint64_t ticket, absl::Time deadline) {
  return Await({target, ticket, std::nullopt, nullptr}, deadline);
}

absl::StatusOr<CatalogPtr> Catalogs::AwaitNewer(const std::string& target, uint64_t generation, absl::Time deadline) {
  return Await({target, std::nullopt, generation, nullptr}, deadline);
}

std::optional<v1::CatalogStatus> Catalogs::StatusOf(std::string_view name) const {
  CatalogPtr catalog;
  v1::CatalogStatus status;
  {
    std::lock_guard lock(mutex_);
    const auto target = targets_.find(name);
    if (target == targets_.end() || (target->second.catalog == nullptr && target->second.error.empty()))
      return std::nullopt;
    status.set_error(target->second.error);
    catalog = target->second.catalog;
  }
  if (catalog == nullptr) return status;
  const CatalogCounts& counts = catalog->counts();
  status.set_generation(catalog->generation());
  status.set_captured_at_unix_ms(absl::ToUnixMillis(catalog->captured_at()));
  status.set_schemas(counts.schemas);
  status.set_relations(counts.relations);
  status.set_columns(counts.columns);
  status.set_routines(counts.routines);
  status.set_triggers(counts.triggers);
  status.set_hidden_definitions(counts.hidden_definitions);
  status.set_memory_bytes(catalog->memory_bytes());
  return status;
}

v1::RefreshCatalog Catalogs::Wish(const std::string& target) const {
  v1::RefreshCatalog wish;
  wish.set_target(target);
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(target);
  if (found == targets_.end()) return wish;
  wish.set_request(found->second.asked);
  if (found->second.catalog != nullptr) wish.set_known_digest(found->second.catalog->digest());
  return wish;
}

absl::StatusOr<std::unique_ptr<tunnel::IncomingCatalog>> Catalogs::Begin(const std::string&,
                                                                         const v1::CatalogBegin& begin) {
  if (begin.age_ms() > kMaxAgeMs) return absl::InvalidArgumentError("an age that cannot be");
  const absl::Time captured_at = absl::Now() - absl::Milliseconds(static_cast<int64_t>(begin.age_ms()));
  return std::make_unique<IncomingSnapshot>(begin, limits_,
                                            [this, begin, captured_at](std::shared_ptr<Catalog> catalog) {
                                              return TakeOver({begin, captured_at, std::move(catalog)});
                                            });
}

absl::StatusOr<v1::CatalogReceived> Catalogs::TakeOver(Report report) {
  v1::CatalogReceived received;
  std::vector<Waiter> satisfied;
  CatalogPtr now;  // what it replaces is dropped outside of the lock
  bool changed = false;
  {
    std::lock_guard lock(mutex_);
    const auto found = targets_.find(report.begin.target());
    if (found == targets_.end()) return absl::NotFoundError("there is no such target");
    Target& target = found->second;
    now = target.catalog;
    const bool same = now != nullptr && now->digest() == report.begin.digest();
    if (!same && report.catalog == nullptr)
      return absl::FailedPreconditionError("this gateway does not have that content");
    const bool older = now != nullptr && now->captured_at() > report.captured_at;
    if (!same && !older) {
      report.catalog->generation_ = ++target.generation;
      report.catalog->captured_at_ms_ = absl::ToUnixMillis(report.captured_at);
      now = std::exchange(target.catalog, std::move(report.catalog));
      changed = true;
    } else if (!older) {
      std::const_pointer_cast<Catalog>(target.catalog)->captured_at_ms_ = absl::ToUnixMillis(report.captured_at);
    }
    target.error.clear();
    // What came later than a report of another relay may answer more wishes than that one.
    target.answered = std::max(target.answered, std::min(report.begin.request(), target.asked));
    received.set_generation(target.generation);
    satisfied = Satisfied(found->first, target);
  }
  if (changed) {
    log::Info("schema in force", {{"target", report.begin.target()}, {"generation", received.generation()}});
  }
  const CatalogPtr in_force = Of(report.begin.target());
  for (Waiter& waiter : satisfied) waiter.done(in_force);
  return received;
}

std::vector<Catalogs::Waiter> Catalogs::Satisfied(const std::string& name, const Target& target) {
  std::vector<Waiter> satisfied;
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    const bool over = waiter->second.target == name && IsSatisfied(target, waiter->second);
    if (over) satisfied.push_back(std::move(waiter->second));
    waiter = over ? waiters_.erase(waiter) : std::next(waiter);
  }
  return satisfied;
}

void Catalogs::Failed(const std::string& relay, const std::string& target, const absl::Status& why) {
  // A relay that thought its content known sends it next; nothing is wrong.
  if (absl::IsFailedPrecondition(why)) return;
  log::Warning("schema not taken over", {{"target", target}, {"relay", relay}, {"error", why}});
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(target);
  if (found != targets_.end()) found->second.error = std::string(why.message());
}

}  // namespace postern::catalog
