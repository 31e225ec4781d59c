// What recording costs: 64 writers, each of whom waits until its record is durable before it writes the next one, on the disk of a
// folder that is given; and what that disk does by itself, one small write and one fdatasync after the other.
//
//   build/release/bin/bench_journal [FOLDER] [SECONDS]
//
// Prints records a second, records for each fdatasync, and records a second as a multiple of the disk's fdatasyncs a second.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/file_system.h"

namespace postern::recording {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWriters = 64;
constexpr size_t kTextBytes = 200;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class CountingFile final : public File {
 public:
  CountingFile(std::unique_ptr<File> file, std::atomic<uint64_t>& syncs) : file_(std::move(file)), syncs_(syncs) {}
  absl::StatusOr<size_t> Write(uint64_t offset, std::string_view bytes) override { return file_->Write(offset, bytes); }
  absl::Status Sync() override {
    ++syncs_;
    return file_->Sync();
  }
  absl::Status Truncate(uint64_t size) override { return file_->Truncate(size); }

 private:
  const std::unique_ptr<File> file_;
  std::atomic<uint64_t>& syncs_;
};

class CountingFiles final : public FileSystem {
 public:
  explicit CountingFiles(std::atomic<uint64_t>& syncs) : syncs_(syncs) {}
  absl::StatusOr<std::unique_ptr<File>> Open(const std::filesystem::path& path) override { return Count(real_->Open(path)); }
  absl::StatusOr<std::unique_ptr<File>> CreateEmpty(const std::filesystem::path& path) override {
    return Count(real_->CreateEmpty(path));
  }
  absl::Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override { return real_->Rename(from, to); }
  absl::Status Remove(const std::filesystem::path& path) override { return real_->Remove(path); }
  absl::Status SyncFolder(const std::filesystem::path& folder) override { return real_->SyncFolder(folder); }
  absl::StatusOr<uint64_t> FreeBytes(const std::filesystem::path& folder) override { return real_->FreeBytes(folder); }

 private:
  absl::StatusOr<std::unique_ptr<File>> Count(absl::StatusOr<std::unique_ptr<File>> file) {
    if (!file.ok()) return file.status();
    return std::make_unique<CountingFile>(*std::move(file), syncs_);
  }
  std::atomic<uint64_t>& syncs_;
  const std::unique_ptr<FileSystem> real_ = PosixFileSystem();
};

// Writes of 4 KiB, each synced before the next.
double RawSyncs(const std::filesystem::path& file, double seconds) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return 0;
  const std::string page(4096, 'x');
  uint64_t syncs = 0;
  const auto start = Clock::now();
  while (SecondsSince(start) < seconds) {
    if (::pwrite(fd, page.data(), page.size(), static_cast<off_t>(syncs * page.size())) < 0 || ::fdatasync(fd) != 0) break;
    ++syncs;
  }
  const double elapsed = SecondsSince(start);
  ::close(fd);
  return static_cast<double>(syncs) / elapsed;
}

v1::Record Statement() {
  v1::Record record;
  record.set_at_unix_us(1'700'000'000'000'000);
  record.set_session_id("ses_00000000000000000000000000");
  record.mutable_statement()->set_statement_id("stm_00000000000000000000000000");
  record.mutable_statement()->set_text(std::string(kTextBytes, 'x'));
  record.mutable_statement()->set_decision(v1::Statement::DECISION_ALLOW);
  return record;
}

int Run(const std::filesystem::path& folder, double seconds) {
  const double raw = RawSyncs(folder / "raw", seconds);
  std::atomic<uint64_t> syncs{0};
  auto journal = FileJournal::Open({.folder = folder / "journal"}, std::make_unique<CountingFiles>(syncs));
  if (!journal.ok()) {
    std::fprintf(stderr, "%s\n", journal.status().ToString().c_str());
    return 1;
  }
  std::atomic<uint64_t> records{0};
  std::atomic<bool> failed{false};
  syncs = 0;
  const auto start = Clock::now();
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      const v1::Record record = Statement();
      while (!failed && SecondsSince(start) < seconds) {
        if (!AppendAndWait(**journal, record).ok()) failed = true;
        ++records;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const double elapsed = SecondsSince(start);
  if (failed || raw == 0) {
    std::fprintf(stderr, "the disk failed\n");
    return 1;
  }
  const double rate = static_cast<double>(records) / elapsed;
  std::printf("%d writers, %.0f s: %.0f records/s, %.1f records for each fdatasync\n", kWriters, elapsed, rate,
              static_cast<double>(records) / static_cast<double>(syncs));
  std::printf("the disk alone: %.0f fdatasync/s; records/s is %.1f times that\n", raw, rate / raw);
  return 0;
}

}  // namespace
}  // namespace postern::recording

int main(int argc, char** argv) {
  const std::filesystem::path parent = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
  std::string folder = (parent / "postern-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const int code = postern::recording::Run(folder, argc > 2 ? std::atof(argv[2]) : 5.0);
  std::filesystem::remove_all(folder);
  return code;
}
