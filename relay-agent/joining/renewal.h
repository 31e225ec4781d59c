// Renews the relay's certificates while it runs: each when two thirds of its life are over, and every so often again until that
// works. A link uses the new one when it dials next. One thread of its own.
#ifndef POSTERN_RELAY_AGENT_JOINING_RENEWAL_H_
#define POSTERN_RELAY_AGENT_JOINING_RENEWAL_H_

#include <absl/time/time.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "relay-agent/joining/identity_folder.h"
#include "relay-agent/joining/join.h"

namespace postern::relay {

class Renewal {
 public:
  Renewal(IdentityFolder folder, std::vector<Enrolling> gateways);
  // Waits for a renewal that is under way, at most its time-out.
  ~Renewal();
  Renewal(const Renewal&) = delete;
  Renewal& operator=(const Renewal&) = delete;

 private:
  void Run();
  // When to look at the gateway's certificate again.
  absl::Time Tend(const Enrolling& gateway);

  const IdentityFolder folder_;
  const std::vector<Enrolling> gateways_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_JOINING_RENEWAL_H_
