// The few file operations the journal writes with, so that tests can make each of them fail.
//
// Statuses carry errno's meaning: RESOURCE_EXHAUSTED is a full disk or quota.
#ifndef POSTERN_GATEWAY_RECORDING_FILE_SYSTEM_H_
#define POSTERN_GATEWAY_RECORDING_FILE_SYSTEM_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace postern::recording {

// One open file. Closed by the destructor; what was not synced may then be lost.
class File {
 public:
  virtual ~File() = default;
  // May write less than it was given, never nothing.
  virtual absl::StatusOr<size_t> Write(uint64_t offset, std::string_view bytes) = 0;
  // fdatasync.
  virtual absl::Status Sync() = 0;
  virtual absl::Status Truncate(uint64_t size) = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // For writing; mode 0600.
  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::filesystem::path& path) = 0;
  virtual absl::StatusOr<std::unique_ptr<File>> CreateEmpty(const std::filesystem::path& path) = 0;
  virtual absl::Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual absl::Status Remove(const std::filesystem::path& path) = 0;
  // fsync of a folder, so that names in it are durable.
  virtual absl::Status SyncFolder(const std::filesystem::path& folder) = 0;
  virtual absl::StatusOr<uint64_t> FreeBytes(const std::filesystem::path& folder) = 0;
};

// The real one.
std::unique_ptr<FileSystem> PosixFileSystem();

// The whole of `bytes`, however little each write takes.
absl::Status WriteWhole(File& file, uint64_t offset, std::string_view bytes);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_FILE_SYSTEM_H_
