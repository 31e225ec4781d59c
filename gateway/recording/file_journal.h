// The journal on disk: append-only segments in one folder (docs/recording-format.md).
//
// One thread writes. Everything waiting goes out in one write and one fdatasync, then the callers are told. A failed
// write loses its batch and nothing else: later appends are tried again, so the journal heals by itself once there is
// space. Only one process may have a folder open.
#ifndef POSTERN_GATEWAY_RECORDING_FILE_JOURNAL_H_
#define POSTERN_GATEWAY_RECORDING_FILE_JOURNAL_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/recording/checkpoints.h"
#include "gateway/recording/journal.h"
#include "gateway/recording/segment/position.h"

namespace postern::files {
class FolderLock;
}  // namespace postern::files

namespace postern::recording {

class FileSystem;
class SegmentLog;

struct JournalOptions {
  // Created, with mode 0700, when missing.
  std::filesystem::path folder;
  // A segment that reached this size is followed by a new one.
  uint64_t segment_bytes = 256ULL << 20;
  // Larger records are refused: INVALID_ARGUMENT. At most 256 MiB, which is what readers take.
  uint64_t max_record_bytes = 64ULL << 20;
  // Bytes that may wait to be written; more are refused: RESOURCE_EXHAUSTED.
  uint64_t queue_bytes = 128ULL << 20;
  // Appends fail while the disk has less free than this, so that the rest of the gateway can still stop in good order.
  uint64_t free_floor_bytes = 64ULL << 20;
  // Appends fail when the journal's files would take more than this, but for records that segments are retired; 0: no such
  // limit.
  uint64_t max_bytes = 0;
  CheckpointOptions checkpoints;
};

// What opening found.
struct OpenReport {
  uint32_t segments = 0;
  // Where the journal ends now.
  Cursor end;
  // Bytes of an unfinished write cut from the end of the last segment; 0 after a clean stop.
  uint64_t cut_bytes = 0;
};

class FileJournal final : public Journal {
 public:
  // DATA_LOSS, naming file and offset, when something that was durable is damaged: such a journal is not opened, people
  // must look at it first. FAILED_PRECONDITION when another process writes it. `files` is for tests.
  static absl::StatusOr<std::unique_ptr<FileJournal>> Open(JournalOptions options);
  static absl::StatusOr<std::unique_ptr<FileJournal>> Open(JournalOptions options, std::unique_ptr<FileSystem> files);

  // Writes what still waits and signs it, then ends the thread.
  ~FileJournal() override;
  FileJournal(const FileJournal&) = delete;
  FileJournal& operator=(const FileJournal&) = delete;

  // A record without a time gets the present one.
  void Append(const v1::Record& record, Done done) override;
  absl::Status Health() const override;

  const OpenReport& report() const { return report_; }
  const std::filesystem::path& folder() const { return options_.folder; }

  // The end of what is durable. Thread-safe.
  Cursor durable_end() const;

  // Signs what is durable now, without waiting until it is due. `done` runs on the journal's thread, OK once a checkpoint that
  // covers it is durable; UNAVAILABLE when the journal closes. Thread-safe.
  void Sign(Done done);

  // Sealed segments were compressed or deleted: by so much what all of them take on the disk changed. Thread-safe.
  void AddBytes(int64_t change);

  // Called on the journal's thread after each durable batch, before the batch's callers are told; must only signal.
  // Replaces the listener; once this returns the old one is not called again.
  void SetDurableListener(absl::AnyInvocable<void()> listener);

 private:
  struct Waiting {
    std::string payload;
    // Says that a segment goes: written even when there is too much.
    bool makes_room = false;
    Done done;
  };

  FileJournal(JournalOptions options, OpenReport report, std::unique_ptr<files::FolderLock> lock,
              std::unique_ptr<SegmentLog> log);
  absl::Status Enqueue(Waiting& waiting);
  absl::Status CheckRoom(const Waiting& waiting) const;
  void Run();
  bool Wait(std::vector<Waiting>& batch);
  void WriteBatch(std::vector<Waiting> batch);
  absl::Status WriteCheckpoint();
  void SignForThoseWhoAsked();
  void Settle(const absl::Status& status, uint64_t written_bytes);
  void SetHealth(const absl::Status& health);

  const JournalOptions options_;
  const OpenReport report_;
  const std::unique_ptr<files::FolderLock> lock_;
  // Used by the journal's thread alone.
  std::unique_ptr<SegmentLog> log_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Waiting> queue_;
  uint64_t queued_bytes_ = 0;
  // Who wants a checkpoint.
  std::vector<Done> signing_;
  bool stopping_ = false;
  absl::Status health_;
  Cursor durable_end_;

  std::mutex listener_mutex_;
  absl::AnyInvocable<void()> listener_;

  std::thread thread_;
};

// Appends and waits until the record is durable or failed. For start, stop and calls that may block; never on a
// session's thread.
absl::Status AppendAndWait(Journal& journal, const v1::Record& record);

// Signs what is durable and waits for it, where AppendAndWait may.
absl::Status SignAndWait(FileJournal& journal);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_FILE_JOURNAL_H_
