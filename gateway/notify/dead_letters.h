// What could not be delivered, as lines of JSON in a file of the gateway's own, for people to look at or to send again.
//
// Bounded: a file that is full takes the place of the one that was full before it. Thread-safe; calls block on the disk.
#ifndef POSTERN_GATEWAY_NOTIFY_DEAD_LETTERS_H_
#define POSTERN_GATEWAY_NOTIFY_DEAD_LETTERS_H_

#include <absl/status/status.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace postern::notify {

class DeadLetters {
 public:
  // The file is made when it is needed, mode 0600; beside it, with ".old" behind its name, the one before it.
  explicit DeadLetters(std::filesystem::path file, uint64_t most_bytes = 16u << 20) : file_(std::move(file)), most_bytes_(most_bytes) {}

  // REQUIRES: no newline in it.
  absl::Status Add(std::string_view line);

 private:
  absl::Status MakeRoom(uint64_t bytes);

  const std::filesystem::path file_;
  const uint64_t most_bytes_;
  std::mutex mutex_;
};

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_DEAD_LETTERS_H_
