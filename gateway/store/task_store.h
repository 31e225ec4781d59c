// Tasks between the gateway's lives: those that wait, those that are open, and the last ones that ended.
//
// Backends: sqlite/ and a memory one in tests/support. Public methods check, the private Do methods touch the backend;
// tests/unit/gateway/store holds one suite over all of them. Thread-safe; calls block on I/O.
#ifndef POSTERN_GATEWAY_STORE_TASK_STORE_H_
#define POSTERN_GATEWAY_STORE_TASK_STORE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proto/postern/v1/task.pb.h"

namespace postern::store {

// A task as it is kept: never its password, only what proves that somebody else has it.
struct StoredTask {
  v1::Task task;
  // The short random part of the password that finds the row.
  std::string lookup;
  // SHA-256(SHA-256(password)), 32 bytes.
  std::string digest;
  // Who asked for it, for its keeper to read.
  std::string starter;
};

class TaskStore {
 public:
  // Tasks that ended stay as long as no more than so many began after them.
  static constexpr int64_t kKept = 10'000;

  virtual ~TaskStore() = default;

  // INVALID_ARGUMENT when id, agent, target, lookup or digest is missing; ALREADY_EXISTS for a known id or lookup.
  absl::Status Insert(const StoredTask& task);

  // What they are now: all of them or none. An unknown id is no error: the task may have been forgotten.
  absl::Status Save(absl::Span<const v1::Task> tasks);

  // Those that wait, are open or are closing, oldest first.
  absl::StatusOr<std::vector<StoredTask>> LoadLive();

  // NOT_FOUND.
  absl::StatusOr<v1::Task> Get(std::string_view id);

  // Newest first. Empty fields match everything.
  absl::StatusOr<std::vector<v1::Task>> List(const v1::ListTasksRequest& filter, size_t limit);

 private:
  virtual absl::Status DoInsert(const StoredTask& task) = 0;
  virtual absl::Status DoSave(absl::Span<const v1::Task> tasks) = 0;
  virtual absl::StatusOr<std::vector<StoredTask>> DoLoadLive() = 0;
  virtual absl::StatusOr<v1::Task> DoGet(std::string_view id) = 0;
  virtual absl::StatusOr<std::vector<v1::Task>> DoList(const v1::ListTasksRequest& filter, size_t limit) = 0;
};

inline bool IsLive(const v1::Task& task) {
  return task.state() == v1::Task::STATE_REQUESTED || task.state() == v1::Task::STATE_OPEN ||
         task.state() == v1::Task::STATE_CLOSING;
}

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_TASK_STORE_H_
