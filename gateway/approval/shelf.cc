#include "gateway/approval/shelf.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/observability/log.h"

namespace postern::approval {
namespace {

constexpr std::chrono::seconds kTryAgain{1};

}  // namespace

Shelf::Shelf(store::ApprovalStore& store) : store_(store), thread_([this] { Run(); }) {}

Shelf::~Shelf() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void Shelf::Keep(v1::Approval approval, Kept kept) {
  std::lock_guard lock(mutex_);
  const std::string id = approval.id();
  const bool is_new = waiting_.insert_or_assign(id, std::move(approval)).second;
  if (is_new) in_order_.push_back(id);
  if (kept) told_.push_back(std::move(kept));
  work_.notify_one();
}

void Shelf::Forget(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (waiting_.erase(id) != 0) in_order_.erase(std::find(in_order_.begin(), in_order_.end(), id));
  forgotten_.push_back(id);
  work_.notify_one();
}

void Shelf::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto has_work = [this] { return !in_order_.empty() || !forgotten_.empty(); };
    if (failed_) {
      work_.wait_for(lock, kTryAgain, [&] { return stopping_ || !told_.empty(); });
    } else {
      work_.wait(lock, [&] { return stopping_ || has_work(); });
    }
    if (has_work()) Write(lock);
    if (stopping_ && (failed_ || !has_work())) return;
  }
}

// Everything that waits, in one transaction. A failure puts back what has no later state.
void Shelf::Write(std::unique_lock<std::mutex>& lock) {
  std::vector<v1::Approval> approvals;
  for (const std::string& id : in_order_) approvals.push_back(std::move(waiting_.at(id)));
  waiting_.clear();
  in_order_.clear();
  const std::vector<std::string> forgotten = std::exchange(forgotten_, {});
  std::vector<Kept> told = std::exchange(told_, {});
  lock.unlock();
  const absl::Status saved = store_.Save(approvals, forgotten);
  if (!saved.ok()) log::Error("approvals could not be saved; it is tried again", {{"error", saved}});
  for (Kept& kept : told) kept(saved);
  lock.lock();
  failed_ = !saved.ok();
  if (saved.ok()) return;
  for (v1::Approval& approval : approvals) {
    const std::string id = approval.id();
    if (std::find(forgotten_.begin(), forgotten_.end(), id) != forgotten_.end()) continue;
    if (waiting_.try_emplace(id, std::move(approval)).second) in_order_.push_back(id);
  }
  forgotten_.insert(forgotten_.end(), forgotten.begin(), forgotten.end());
}

}  // namespace postern::approval
