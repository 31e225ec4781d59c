#include "gateway/frontend/live_sessions.h"

#include <absl/strings/str_cat.h>

#include <utility>

namespace postern::frontend {

LiveSessions::LiveSessions(SessionLimits limits) : limits_(limits) {}

absl::Status LiveSessions::Add(Entry entry, size_t at_once) {
  std::lock_guard lock(mutex_);
  if (entries_.size() >= limits_.sessions) {
    return absl::ResourceExhaustedError("the gateway has as many sessions as limits.sessions lets it have");
  }
  size_t of_agent = 0;
  size_t beside = 0;
  for (const auto& [id, other] : entries_) {
    if (other.agent != entry.agent) continue;
    ++of_agent;
    if (entry.task_id.empty() ? other.target == entry.target : other.task_id == entry.task_id) ++beside;
  }
  if (of_agent >= limits_.sessions_per_agent) {
    return absl::ResourceExhaustedError("the agent has as many sessions as limits.sessions_per_agent lets it have");
  }
  if (beside >= at_once) {
    return absl::ResourceExhaustedError(absl::StrCat(entry.task_id.empty() ? "the agent" : "the task", " has its ", at_once,
                                                     " connections to ", entry.target, " open; close one"));
  }
  std::string id = entry.session_id;
  entries_.emplace(std::move(id), std::move(entry));
  return absl::OkStatus();
}

void LiveSessions::Remove(const std::string& session_id) {
  std::lock_guard lock(mutex_);
  entries_.erase(session_id);
}

void LiveSessions::SetThreadId(const std::string& session_id, uint64_t thread_id) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(session_id);
  if (found != entries_.end()) found->second.thread_id = thread_id;
}

std::optional<LiveSessions::Entry> LiveSessions::FindForKill(uint64_t id, std::string_view agent,
                                                             std::string_view target) const {
  std::lock_guard lock(mutex_);
  const Entry* found = nullptr;
  for (const auto& [session_id, entry] : entries_) {
    if (entry.agent != agent || entry.target != target) continue;
    if (entry.connection_id != id && (entry.thread_id == 0 || entry.thread_id != id)) continue;
    if (found != nullptr) return std::nullopt;
    found = &entry;
  }
  return found == nullptr ? std::nullopt : std::optional<Entry>(*found);
}

template <class Matches>
size_t LiveSessions::EndWhere(Matches matches, const std::string& reason) {
  std::vector<std::function<void(std::string)>> to_end;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [session_id, entry] : entries_) {
      if (matches(entry)) to_end.push_back(entry.end);
    }
  }
  for (const auto& end : to_end) end(reason);
  return to_end.size();
}

size_t LiveSessions::End(std::string_view session_id, const std::string& reason) {
  return EndWhere([&](const Entry& entry) { return entry.session_id == session_id; }, reason);
}

size_t LiveSessions::EndByIdentity(std::string_view identity_id, const std::string& reason) {
  return EndWhere([&](const Entry& entry) { return entry.identity_id == identity_id; }, reason);
}

size_t LiveSessions::EndByTask(std::string_view task_id, const std::string& reason) {
  return EndWhere([&](const Entry& entry) { return !task_id.empty() && entry.task_id == task_id; }, reason);
}

size_t LiveSessions::EndUnproven(const std::string& reason) {
  std::vector<Entry> all;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [session_id, entry] : entries_) all.push_back(entry);
  }
  // Not under the lock: a certificate takes its time.
  std::erase_if(all, [](const Entry& entry) { return entry.still_valid(); });
  for (const Entry& entry : all) entry.end(reason);
  return all.size();
}

size_t LiveSessions::EndAll(const std::string& reason) {
  return EndWhere([](const Entry&) { return true; }, reason);
}

bool LiveSessions::Contains(std::string_view session_id) const {
  std::lock_guard lock(mutex_);
  return entries_.find(session_id) != entries_.end();
}

size_t LiveSessions::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace postern::frontend
