#include "gateway/notify/dead_letters.h"

#include "common/files/append_file.h"

namespace postern::notify {

absl::Status DeadLetters::Add(std::string_view line) {
  std::lock_guard lock(mutex_);
  const std::string text = std::string(line) + "\n";
  if (absl::Status room = MakeRoom(text.size()); !room.ok()) return room;
  return files::AppendWhole(file_, text);
}

absl::Status DeadLetters::MakeRoom(uint64_t bytes) {
  std::error_code none;
  const uint64_t size = std::filesystem::file_size(file_, none);
  if (none || size + bytes <= most_bytes_) return absl::OkStatus();
  std::error_code failed;
  std::filesystem::rename(file_, file_.string() + ".old", failed);
  return failed ? absl::UnavailableError(file_.string() + " cannot be renamed: " + failed.message()) : absl::OkStatus();
}

}  // namespace postern::notify
