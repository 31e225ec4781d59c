// The doors of this relay that are opening or open: counted against limits, found by session, closed from outside.
// Thread-safe.
#ifndef POSTERN_RELAY_AGENT_LINK_DOORS_H_
#define POSTERN_RELAY_AGENT_LINK_DOORS_H_

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "relay-agent/credential/account.h"

namespace postern::relay {

class Doors {
 public:
  struct Entry {
    std::string target;
    std::string account;  // the agent's, if it has one of its own; empty: the target's
    std::string gateway;
    std::function<void()> close;  // only posts
    uint64_t thread_id = 0;  // 0 while opening and once closed
    std::shared_ptr<Login> lent = nullptr;  // what the thread is logged in with, if that was lent for it
  };

  // RESOURCE_EXHAUSTED when the target has `max_doors`; FAILED_PRECONDITION when the session has one.
  absl::Status Add(const std::string& session_id, Entry entry, size_t max_doors);
  void SetThread(const std::string& session_id, uint64_t thread_id, std::shared_ptr<Login> lent);
  void Remove(const std::string& session_id);

  std::optional<Entry> Find(const std::string& session_id) const;
  bool IsLive(const std::string& target, uint64_t thread_id) const;
  size_t size() const;

  // Asks the doors of one gateway, or all, to close.
  size_t CloseOf(const std::string& gateway);
  size_t CloseAll();

 private:
  template <class Matches>
  size_t CloseWhere(Matches matches);

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_DOORS_H_
