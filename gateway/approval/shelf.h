// Keeps approvals in the store, on a thread of its own: whoever changes one does not wait for the disk unless it must.
//
// What is waiting is the last state of each approval, so it is bounded by how many there are. What the store does not take is
// tried again until it does. Thread-safe.
#ifndef POSTERN_GATEWAY_APPROVAL_SHELF_H_
#define POSTERN_GATEWAY_APPROVAL_SHELF_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/store/approval_store.h"

namespace postern::approval {

class Shelf {
 public:
  using Kept = absl::AnyInvocable<void(const absl::Status&)>;

  // `store` outlives this.
  explicit Shelf(store::ApprovalStore& store);
  // Tries once more to keep what waits.
  ~Shelf();
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;

  // Do not block. `kept` runs once, later, on the shelf's thread: OK when the store has this state of the approval or a
  // later one; else why it did not take it at the first try.
  void Keep(v1::Approval approval, Kept kept = nullptr);
  void Forget(const std::string& id);

 private:
  void Run();
  void Write(std::unique_lock<std::mutex>& lock);

  store::ApprovalStore& store_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::map<std::string, v1::Approval> waiting_;
  std::vector<std::string> in_order_;  // ids of waiting_, as they came
  std::vector<std::string> forgotten_;
  std::vector<Kept> told_;
  bool failed_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace postern::approval

#endif  // POSTERN_GATEWAY_APPROVAL_SHELF_H_
