#include "gateway/notify/notifier.h"

#include <absl/time/clock.h>

#include <utility>

namespace postern::notify {

Notifier::Notifier(NotifierOptions options) : dead_letters_(options.dead_letters) {
  for (Webhook& webhook : options.webhooks) {
    auto tried = [tell = options.tried, name = webhook.name](Tried result) { tell(name, result); };
    couriers_.push_back(std::make_unique<Courier>(CourierParts{
        .webhook = std::move(webhook), .console = options.console, .dead_letters = dead_letters_, .tried = std::move(tried)}));
  }
}

// All at once: each of them may take a while.
Notifier::~Notifier() {
  for (const auto& courier : couriers_) courier->Stop();
}

void Notifier::Offer(const v1::Approval& approval) {
  const std::optional<Event> event = EventOf(approval);
  if (!event) return;
  NoticePtr notice;
  for (const auto& courier : couriers_) {
    if (!courier->webhook().events.contains(*event)) continue;
    if (notice == nullptr) notice = std::make_shared<const Notice>(Notice{.event = *event, .at = absl::Now(), .approval = MayBeTold(approval)});
    courier->Offer(notice);
  }
}

// A pending approval changes with each vote and when its preview is there; an approved ticket once more when it is used.
std::optional<Event> Notifier::EventOf(const v1::Approval& approval) {
  std::lock_guard lock(mutex_);
  if (approval.state() == v1::Approval::STATE_PENDING) {
    const bool is_new = requested_.insert(approval.id()).second;
    return is_new ? std::optional(Event::kRequested) : std::nullopt;
  }
  requested_.erase(approval.id());
  switch (approval.state()) {
    case v1::Approval::STATE_APPROVED: return approval.used_at_unix_ms() == 0 ? std::optional(Event::kApproved) : std::nullopt;
    case v1::Approval::STATE_DENIED: return Event::kDenied;
    case v1::Approval::STATE_EXPIRED: return Event::kExpired;
    case v1::Approval::STATE_VOID: return Event::kVoid;
    default: return std::nullopt;  // protobuf's enums are open
  }
}

std::map<std::string, size_t> Notifier::Waiting() const {
  std::map<std::string, size_t> waiting;
  for (const auto& courier : couriers_) waiting[courier->webhook().name] = courier->waiting();
  return waiting;
}

}  // namespace postern::notify
