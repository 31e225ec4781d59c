#include "relay-agent/link/doors.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace postern::relay {

absl::Status Doors::Add(const std::string& session_id, Entry entry, size_t max_doors) {
  std::lock_guard lock(mutex_);
  const auto of_target = std::count_if(entries_.begin(), entries_.end(),
                                       [&](const auto& other) { return other.second.target == entry.target; });
  if (static_cast<size_t>(of_target) >= max_doors) {
    return absl::ResourceExhaustedError("the relay has as many connections open as it may");
  }
  if (!entries_.emplace(session_id, std::move(entry)).second) {
    return absl::FailedPreconditionError("the session has a door already");
  }
  return absl::OkStatus();
}

void Doors::SetThread(const std::string& session_id, uint64_t thread_id, std::shared_ptr<Login> lent) {
  std::lock_guard lock(mutex_);
  const auto entry = entries_.find(session_id);
  if (entry == entries_.end()) return;
  entry->second.thread_id = thread_id;
  entry->second.lent.swap(lent);
}

void Doors::Remove(const std::string& session_id) {
  std::lock_guard lock(mutex_);
  entries_.erase(session_id);
}

std::optional<Doors::Entry> Doors::Find(const std::string& session_id) const {
  std::lock_guard lock(mutex_);
  const auto entry = entries_.find(session_id);
  if (entry == entries_.end()) return std::nullopt;
  return entry->second;
}

bool Doors::IsLive(const std::string& target, uint64_t thread_id) const {
  std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.second.thread_id == thread_id && entry.second.target == target;
  });
}

size_t Doors::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

template <class Matches>
size_t Doors::CloseWhere(Matches matches) {
  std::vector<std::function<void()>> closes;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [session, entry] : entries_) {
      if (matches(entry)) closes.push_back(entry.close);
    }
  }
  for (const auto& close : closes) close();
  return closes.size();
}

size_t Doors::CloseOf(const std::string& gateway) {
  return CloseWhere([&](const Entry& entry) { return entry.gateway == gateway; });
}

size_t Doors::CloseAll() {
  return CloseWhere([](const Entry&) { return true; });
}

}  // namespace postern::relay
