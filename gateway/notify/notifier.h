// Tells configured webhooks what becomes of approvals.
//
// Never in an approval's way: what is offered is copied, bounded, and handed to a courier for each webhook. Thread-safe.
#ifndef POSTERN_GATEWAY_NOTIFY_NOTIFIER_H_
#define POSTERN_GATEWAY_NOTIFY_NOTIFIER_H_

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/notify/courier.h"
#include "gateway/notify/dead_letters.h"
#include "gateway/notify/options.h"
#include "proto/postern/v1/approval.pb.h"

namespace postern::notify {

struct NotifierOptions {
  std::vector<Webhook> webhooks;
  // The console's address; empty: there is none.
  std::string console;
  // Where dead letters are kept.
  std::filesystem::path dead_letters;
  // Told of each try, by the webhook's name; any thread.
  std::function<void(const std::string& webhook, Tried)> tried;
};

class Notifier {
 public:
  explicit Notifier(NotifierOptions options);
  // Tries for a few seconds to deliver what waits.
  ~Notifier();

  // An approval as it is now: a watcher of Approvals. Never blocks. What it was told of before it does not tell again.
  void Offer(const v1::Approval& approval);

  // How many deliveries wait, by the webhook's name.
  std::map<std::string, size_t> Waiting() const;

 private:
  std::optional<Event> EventOf(const v1::Approval& approval);

  DeadLetters dead_letters_;
  std::vector<std::unique_ptr<Courier>> couriers_;
  std::mutex mutex_;
  std::set<std::string> requested_;  // ids that wait and were told of
};

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_NOTIFIER_H_
