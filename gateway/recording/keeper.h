// Looks after segments that are sealed: compresses them, and deletes the oldest once they are older than they must be kept.
//
// Behind the journal and never in its way: what fails is logged, and tried again at the next round. Only whole segments go, the
// oldest first, each after a record that says so is durable and signed.
#ifndef POSTERN_GATEWAY_RECORDING_KEEPER_H_
#define POSTERN_GATEWAY_RECORDING_KEEPER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/file_system.h"

namespace postern::recording {

struct KeeperOptions {
  bool compress = true;
  // A segment all of whose records are older than this is deleted. None: never.
  std::optional<absl::Duration> keep;
  // Asked before a segment is deleted, on the keeper's thread: whether whoever reads behind the journal is past it. May block.
  std::function<bool()> may_delete = [] { return true; };
  // Segments are not compressed while the disk has less free than this and the segment's size.
  uint64_t free_floor_bytes = 64ULL << 20;
  std::chrono::milliseconds every = std::chrono::seconds(10);
};

class SegmentKeeper {
 public:
  // REQUIRES: `journal` outlives the keeper and is the only one to write to its folder. `files` is for tests.
  SegmentKeeper(KeeperOptions options, FileJournal* journal, std::unique_ptr<FileSystem> files = PosixFileSystem());
  // After the round it is in.
  ~SegmentKeeper();
  SegmentKeeper(const SegmentKeeper&) = delete;
  SegmentKeeper& operator=(const SegmentKeeper&) = delete;

  // One round now. Thread-safe.
  absl::Status Look(absl::Time now);

 private:
  void Run();
  bool stopping();
  absl::Status RetireOld(std::vector<uint32_t> segments, absl::Time now);
  absl::StatusOr<bool> RetireIfOld(uint32_t segment, absl::Time now);
  absl::Status Delete(uint32_t segment);
  absl::Status CompressSealed(const std::vector<uint32_t>& segments);
  absl::Status CheckSpace(const std::filesystem::path& plain);
  uint64_t BytesOf(uint32_t segment) const;
  void Report(const absl::Status& status);

  const KeeperOptions options_;
  FileJournal* const journal_;
  const std::unique_ptr<FileSystem> files_;
  std::mutex round_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  // Of the thread alone.
  bool failing_ = false;
  std::thread thread_;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_KEEPER_H_
