#include "gateway/notify/courier.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/observability/log.h"
#include "gateway/ctl/words.h"
#include "gateway/notify/message.h"

namespace postern::notify {
namespace {

constexpr absl::Duration kFarewell = absl::Seconds(5);
constexpr char kTooMany[] = "too many deliveries were waiting";
constexpr char kStopped[] = "the gateway stopped";

}  // namespace

Courier::Courier(CourierParts parts) : parts_(std::move(parts)), thread_([this] { Run(); }) {}

Courier::~Courier() {
  Stop();
  thread_.join();
}

void Courier::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    stop_by_ = absl::Now() + kFarewell;
  }
  changed_.notify_one();
}

// While the thread is busy with one there may be twice as many as should wait, and no more.
void Courier::Offer(NoticePtr notice) {
  bool lost = false;
  {
    std::lock_guard lock(mutex_);
    lost = waiting_.size() >= 2 * kMostWaiting;
    if (lost) waiting_.pop_front();  // counted, not kept: the disk is not for whoever offers
    waiting_.push_back(std::move(notice));
  }
  if (lost) parts_.tried(Tried::kDead);
  changed_.notify_one();
}

size_t Courier::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_.size() + (busy_ ? 1 : 0);
}

void Courier::Run() {
  while (const NoticePtr notice = Next()) Handle(*notice);
}

// Null: it stops, and nothing waits.
NoticePtr Courier::Next() {
  std::unique_lock lock(mutex_);
  busy_ = false;
  changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (waiting_.empty()) return nullptr;
  NoticePtr next = std::move(waiting_.front());
  waiting_.pop_front();
  busy_ = true;
  return next;
}

void Courier::Handle(const Notice& notice) {
  const Delivery delivery{.id = notice.id(), .body = Body(parts_.webhook.format, notice, parts_.console)};
  const absl::Time too_old = notice.at + parts_.webhook.give_up_after;
  std::string why = kStopped;
  int tries = 0;
  bool delivered = false;
  while (!delivered && MayTry()) {
    const absl::Status status = parts_.deliver(parts_.webhook.endpoint, delivery, absl::Now());
    ++tries;
    Report(status);
    delivered = status.ok();
    why = status.ToString();
    const absl::Time now = absl::Now();
    if (delivered || now >= too_old) break;
    parts_.tried(Tried::kFailed);
    if (!Pause(std::min(too_old, now + Backoff(tries)))) {
      why = kTooMany;
      break;
    }
  }
  if (delivered) return parts_.tried(Tried::kDelivered);
  Bury(notice, delivery.body, tries, why);
}

// When it stops, only as long as things go well, and not for long.
bool Courier::MayTry() {
  std::lock_guard lock(mutex_);
  return !stopping_ || (!failing_ && absl::Now() < stop_by_);
}

// False: too many wait behind it.
bool Courier::Pause(absl::Time until) {
  std::unique_lock lock(mutex_);
  const auto crowded = [this] { return waiting_.size() > kMostWaiting; };
  changed_.wait_until(lock, absl::ToChronoTime(until), [&] { return stopping_ || crowded(); });
  return !crowded();
}

// Half of it is chance, so that gateways that failed together do not come back together.
absl::Duration Courier::Backoff(int tries) {
  const absl::Duration full = std::min(parts_.longest_pause, parts_.pause * (1 << std::min(tries - 1, 20)));
  return full * std::uniform_real_distribution<double>(0.5, 1)(random_);
}

void Courier::Report(const absl::Status& status) {
  const bool failed_before = std::exchange(failing_, !status.ok());
  if (failing_ && !failed_before) {
    log::Error("a webhook cannot be delivered to; it is tried again", {{"webhook", parts_.webhook.name}, {"error", status}});
  }
  if (!failing_ && failed_before) log::Info("a webhook takes deliveries again", {{"webhook", parts_.webhook.name}});
}

void Courier::Bury(const Notice& notice, const std::string& body, int tries, const std::string& why) {
  const nlohmann::ordered_json letter = {{"at", ctl::IsoMillis(absl::ToUnixMillis(absl::Now()))},
                                         {"webhook", parts_.webhook.name},
                                         {"id", notice.id()},
                                         {"tries", tries},
                                         {"why", why},
                                         {"body", nlohmann::ordered_json::parse(body)}};
  const absl::Status kept = parts_.dead_letters.Add(letter.dump(-1, ' ', true));
  if (!kept.ok()) log::Error("a dead letter could not be kept", {{"id", notice.id()}, {"error", kept}});
  log::Warning("a delivery to a webhook was given up", {{"webhook", parts_.webhook.name}, {"id", notice.id()}});
  parts_.tried(Tried::kDead);
}

}  // namespace postern::notify
