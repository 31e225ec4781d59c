// The sessions open on the MySQL port now: found by id or connection id, counted against limits, ended from outside.
//
// Thread-safe. A session registers itself for its life; `End` only asks, on the session's own thread.
#ifndef POSTERN_GATEWAY_FRONTEND_LIVE_SESSIONS_H_
#define POSTERN_GATEWAY_FRONTEND_LIVE_SESSIONS_H_

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::frontend {

struct SessionLimits {
  size_t sessions = 2000;
  size_t sessions_per_agent = 16;
};

class LiveSessions {
 public:
  // How to reach one session. All callables may be called from several threads at once, and do not block.
  struct Entry {
    std::string session_id;
    uint32_t connection_id = 0;
    std::string agent;
    std::string target;
    std::string identity_id;
    // Empty for a session that is a task of its own.
    std::string task_id;
    // The server's thread id, 0 while no door is open.
    uint64_t thread_id = 0;
    // Ends the session for that reason.
    std::function<void(std::string reason)> end;
    // Stops what the session waits for or runs (KILL QUERY), not the session.
    std::function<void()> interrupt;
    // Whether what its agent proved itself with is still good.
    std::function<bool()> still_valid = [] { return true; };
  };

  explicit LiveSessions(SessionLimits limits);

  // RESOURCE_EXHAUSTED when the gateway or the agent has its fill; `at_once`: how many its task may have; of a session that is
  // a task of its own, how many the agent may have at this target.
  absl::Status Add(Entry entry, size_t at_once);
  void Remove(const std::string& session_id);
  void SetThreadId(const std::string& session_id, uint64_t thread_id);

  // The agent's session that a KILL of `id` means: by the id in our greeting or by the server's thread id. None when no
  // session of that agent and target has it, or when it could mean two.
  std::optional<Entry> FindForKill(uint64_t id, std::string_view agent, std::string_view target) const;

  // Asks one session, those of a token or a task, or all to end. How many were asked.
  size_t End(std::string_view session_id, const std::string& reason);
  size_t EndByIdentity(std::string_view identity_id, const std::string& reason);
  size_t EndByTask(std::string_view task_id, const std::string& reason);
  // Those whose proof of identity is worth nothing any more.
  size_t EndUnproven(const std::string& reason);
  size_t EndAll(const std::string& reason);

  bool Contains(std::string_view session_id) const;
  size_t size() const;

 private:
  template <class Matches>
  size_t EndWhere(Matches matches, const std::string& reason);

  const SessionLimits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_LIVE_SESSIONS_H_
