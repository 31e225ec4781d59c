// The real file system with a disk that fails when told to.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_RECORDING_FAULTY_FILES_H_
#define POSTERN_TESTS_UNIT_GATEWAY_RECORDING_FAULTY_FILES_H_

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/recording/file_system.h"

namespace postern::recording {

// What fails, and what was asked. One for all files of a test; tests change it while the journal's thread reads it.
struct Disk {
  std::mutex mutex;
  // Errno for every write, sync, truncate or rename; 0 works.
  int write_error = 0;
  int sync_error = 0;
  int truncate_error = 0;
  int folder_error = 0;
  // Bytes that may still be written before ENOSPC, and the most that one write takes.
  uint64_t space = std::numeric_limits<uint64_t>::max();
  size_t write_at_most = std::numeric_limits<size_t>::max();
  uint64_t free_bytes = std::numeric_limits<uint64_t>::max() / 2;
  // Operations that still work before the machine is dead.
  int life = std::numeric_limits<int>::max();

  int operations = 0;
  int syncs = 0;
  // Written since the last sync, by path: what a power failure may take.
  std::map<std::filesystem::path, std::vector<std::pair<uint64_t, uint64_t>>> unsynced;

  // Counts an operation; an error when the machine is dead or `error` says so. REQUIRES: mutex held.
  absl::Status Try(int error) {
    if (life == 0) return absl::ErrnoToStatus(EIO, "dead");
    --life;
    ++operations;
    return error == 0 ? absl::OkStatus() : absl::ErrnoToStatus(error, "injected");
  }
};

class FaultyFile final : public File {
 public:
  FaultyFile(std::shared_ptr<Disk> disk, std::filesystem::path path, std::unique_ptr<File> file)
      : disk_(std::move(disk)), path_(std::move(path)), file_(std::move(file)) {}

  absl::StatusOr<size_t> Write(uint64_t offset, std::string_view bytes) override {
    std::lock_guard lock(disk_->mutex);
    if (auto status = disk_->Try(disk_->write_error); !status.ok()) return status;
    const size_t size = std::min<uint64_t>({bytes.size(), disk_->write_at_most, disk_->space});
    if (size == 0) return absl::ErrnoToStatus(ENOSPC, "injected");
    disk_->space -= size;
    disk_->unsynced[path_].emplace_back(offset, size);
    return file_->Write(offset, bytes.substr(0, size));
  }

  absl::Status Sync() override {
    std::lock_guard lock(disk_->mutex);
    ++disk_->syncs;
    if (auto status = disk_->Try(disk_->sync_error); !status.ok()) return status;
    disk_->unsynced.erase(path_);
    return file_->Sync();
  }

  absl::Status Truncate(uint64_t size) override {
    std::lock_guard lock(disk_->mutex);
    if (auto status = disk_->Try(disk_->truncate_error); !status.ok()) return status;
    return file_->Truncate(size);
  }

 private:
  const std::shared_ptr<Disk> disk_;
  const std::filesystem::path path_;
  const std::unique_ptr<File> file_;
};

class FaultyFiles final : public FileSystem {
 public:
  explicit FaultyFiles(std::shared_ptr<Disk> disk) : disk_(std::move(disk)) {}

  absl::StatusOr<std::unique_ptr<File>> Open(const std::filesystem::path& path) override {
    return Wrap(path, real_->Open(path));
  }
  absl::StatusOr<std::unique_ptr<File>> CreateEmpty(const std::filesystem::path& path) override {
    {
      std::lock_guard lock(disk_->mutex);
      if (auto status = disk_->Try(disk_->write_error); !status.ok()) return status;
    }
    return Wrap(path, real_->CreateEmpty(path));
  }
  absl::Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    std::lock_guard lock(disk_->mutex);
    if (auto status = disk_->Try(disk_->folder_error); !status.ok()) return status;
    return real_->Rename(from, to);
  }
  absl::Status Remove(const std::filesystem::path& path) override {
    std::lock_guard lock(disk_->mutex);
    if (auto status = disk_->Try(disk_->folder_error); !status.ok()) return status;
    return real_->Remove(path);
  }
  absl::Status SyncFolder(const std::filesystem::path& folder) override {
    std::lock_guard lock(disk_->mutex);
    if (auto status = disk_->Try(disk_->folder_error); !status.ok()) return status;
    return real_->SyncFolder(folder);
  }
  absl::StatusOr<uint64_t> FreeBytes(const std::filesystem::path&) override {
    std::lock_guard lock(disk_->mutex);
    return disk_->free_bytes;
  }

 private:
  absl::StatusOr<std::unique_ptr<File>> Wrap(const std::filesystem::path& path,
                                             absl::StatusOr<std::unique_ptr<File>> file) {
    if (!file.ok()) return file.status();
    // A segment is written under its new name only after it was synced under the old one.
    return std::make_unique<FaultyFile>(disk_, path, *std::move(file));
  }

  const std::shared_ptr<Disk> disk_;
  const std::unique_ptr<FileSystem> real_ = PosixFileSystem();
};

}  // namespace postern::recording

#endif  // POSTERN_TESTS_UNIT_GATEWAY_RECORDING_FAULTY_FILES_H_
