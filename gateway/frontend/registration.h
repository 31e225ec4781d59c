// A session's place among those that live, from its login to its end. It goes with its owner however that ends, and the record
// then says so: nothing can be counted, listed or killed that is not there any more.
#ifndef POSTERN_GATEWAY_FRONTEND_REGISTRATION_H_
#define POSTERN_GATEWAY_FRONTEND_REGISTRATION_H_

#include <asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "gateway/frontend/live_sessions.h"
#include "gateway/recording/journal.h"

namespace postern::frontend {

class Registration {
 public:
  // REQUIRES: the session was added to `live`. Both outlive this.
  Registration(LiveSessions& live, recording::Journal& journal, std::string session_id, std::string task_id)
      : live_(live), journal_(journal), session_id_(std::move(session_id)), task_id_(std::move(task_id)) {}
  // Of a session that did not come to its end (its login could not be answered, or failed here): closed as "disconnect".
  ~Registration();
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  // The session's record exists: an end must be recorded too.
  void SetOpened() { opened_ = true; }

  // Takes the session from among the living and records its end; completes when that is durable.
  asio::awaitable<void> Close(std::string reason, uint64_t statements);

 private:
  LiveSessions& live_;
  recording::Journal& journal_;
  const std::string session_id_;
  const std::string task_id_;
  bool opened_ = false;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_REGISTRATION_H_
