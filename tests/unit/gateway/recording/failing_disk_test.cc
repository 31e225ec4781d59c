// The journal on a disk that is full, breaks, or loses power.
#include <sys/mount.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/segment/format.h"
#include "gateway/recording/recover.h"
#include "gateway/recording/segment_log.h"
#include "tests/unit/gateway/recording/faulty_files.h"
#include "tests/unit/gateway/recording/journal_support.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::recording {
namespace {

// A journal on a faulty disk, and the ids it said are durable.
class Patient {
 public:
  explicit Patient(uint64_t segment_bytes = 1 << 20, uint64_t floor = 0) {
    auto journal =
        FileJournal::Open({.folder = temp_.path(), .segment_bytes = segment_bytes, .free_floor_bytes = floor},
                          std::make_unique<FaultyFiles>(disk_));
    REQUIRE(journal.ok());
    journal_ = *std::move(journal);
  }

  absl::Status Append(size_t bytes = 100) {
    const std::string id = std::to_string(next_++);
    auto status = AppendAndWait(*journal_, StatementRecord("ses_1", id, std::string(bytes, 'x')));
    if (status.ok()) durable_.push_back(id);
    return status;
  }

  template <class Change>
  void With(Change change) {
    std::lock_guard lock(disk_->mutex);
    change(*disk_);
  }

  // What is read now, and after a restart, is exactly what was said to be durable.
  void CheckContents() {
    CHECK(StatementIds(temp_.path()) == durable_);
    journal_.reset();
    auto again = FileJournal::Open({.folder = temp_.path(), .free_floor_bytes = 0});
    INFO(again.status().ToString());
    REQUIRE(again.ok());
    CHECK(StatementIds(temp_.path()) == durable_);
  }

  FileJournal& journal() { return *journal_; }
  const std::filesystem::path& folder() const { return temp_.path(); }

 private:
  TempFolder temp_;
  std::shared_ptr<Disk> disk_ = std::make_shared<Disk>();
  std::unique_ptr<FileJournal> journal_;
  int next_ = 0;
  std::vector<std::string> durable_;
};

TEST_CASE("a full disk fails the batch, leaves no trace of it, and heals when there is space") {
  Patient patient;
  REQUIRE(patient.Append().ok());
  const auto good = patient.journal().durable_end();
  // Room for some of a frame, never for all of it.
  for (const uint64_t space : {0, 1, 40, 52, 60, 150}) {
    patient.With([&](Disk& disk) { disk.space = space; });
    CHECK(absl::IsResourceExhausted(patient.Append()));
    CHECK(absl::IsResourceExhausted(patient.journal().Health()));
    CHECK(patient.journal().durable_end().at == good.at);
    CHECK(std::filesystem::file_size(patient.folder() / SegmentFileName(1)) == good.at.offset);
  }
  patient.With([](Disk& disk) { disk.space = 1 << 20; });
  CHECK(patient.Append().ok());
  CHECK(patient.journal().Health().ok());
  CHECK(patient.journal().durable_end().at.segment == 1);
  patient.CheckContents();
}

TEST_CASE("a full disk whose rest cannot be cut off goes on in a new segment") {
  Patient patient;
  REQUIRE(patient.Append().ok());
  patient.With([](Disk& disk) { disk.space = 60, disk.truncate_error = EIO; });
  CHECK_FALSE(patient.Append().ok());
  patient.With([](Disk& disk) { disk.space = 1 << 20, disk.truncate_error = 0; });
  CHECK(patient.Append().ok());
  CHECK(patient.journal().durable_end().at.segment == 2);
  patient.CheckContents();
}

TEST_CASE("after a failed fdatasync the file is trusted no more") {
  Patient patient;
  REQUIRE(patient.Append().ok());
  // The cut fails too: the failed record stays in the file, whole and sound, and must still not count.
  const int truncate_error = GENERATE(0, EIO);
  patient.With([&](Disk& disk) { disk.sync_error = EIO, disk.truncate_error = truncate_error; });
  CHECK_FALSE(patient.Append().ok());
  CHECK_FALSE(patient.journal().Health().ok());
  CHECK_FALSE(patient.Append().ok());
  patient.With([](Disk& disk) { disk.sync_error = 0, disk.truncate_error = 0; });
  CHECK(patient.Append().ok());
  CHECK(patient.Append().ok());
  CHECK(patient.journal().durable_end().at.segment == 2);
  CHECK(patient.journal().Health().ok());
  patient.CheckContents();
}

TEST_CASE("a failed write that is not about space goes on in a new segment") {
  Patient patient;
  REQUIRE(patient.Append().ok());
  patient.With([](Disk& disk) { disk.write_error = EIO; });
  CHECK_FALSE(patient.Append().ok());
  CHECK_FALSE(patient.Append().ok());
  patient.With([](Disk& disk) { disk.write_error = 0; });
  CHECK(patient.Append().ok());
  CHECK(patient.journal().durable_end().at.segment == 2);
  patient.CheckContents();
}

TEST_CASE("a rotation that fails is tried again") {
  Patient patient(400);
  REQUIRE(patient.Append().ok());
  patient.With([](Disk& disk) { disk.folder_error = EIO; });
  for (int i = 0; i < 3; ++i) (void)patient.Append();
  CHECK_FALSE(patient.journal().Health().ok());
  patient.With([](Disk& disk) { disk.folder_error = 0; });
  for (int i = 0; i < 10; ++i) CHECK(patient.Append().ok());
  patient.CheckContents();
}

TEST_CASE("writes that take a few bytes each still make whole frames") {
  Patient patient;
  const size_t at_most = GENERATE(1U, 7U, 51U, 53U);
  patient.With([&](Disk& disk) { disk.write_at_most = at_most; });
  for (int i = 0; i < 5; ++i) CHECK(patient.Append().ok());
  patient.CheckContents();
}

TEST_CASE("appends stop before the last free bytes are gone") {
  Patient patient(1 << 20, 1 << 20);
  patient.With([](Disk& disk) { disk.free_bytes = (1 << 20) + 100; });
  CHECK(absl::IsResourceExhausted(patient.Append()));
  CHECK(absl::IsResourceExhausted(patient.journal().Health()));
  patient.With([](Disk& disk) { disk.free_bytes = (1 << 20) + 10'000; });
  CHECK(patient.Append().ok());
  patient.CheckContents();
}

TEST_CASE("a process that dies at any operation loses nothing that it said was durable") {
  bool finished = false;
  for (int life = 3; !finished; ++life) {
    TempFolder temp;
    auto disk = std::make_shared<Disk>();
    disk->life = life;
    std::vector<std::string> durable;
    {
      auto journal = FileJournal::Open({.folder = temp.path(), .segment_bytes = 400, .free_floor_bytes = 0},
                                       std::make_unique<FaultyFiles>(disk));
      if (!journal.ok()) continue;
      for (int i = 0; i < 6; ++i) {
        const std::string id = std::to_string(i);
        if (AppendAndWait(**journal, StatementRecord("ses_1", id)).ok()) durable.push_back(id);
      }
      finished = durable.size() == 6;
    }
    auto again = FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0});
    INFO("life " << life << ": " << again.status().ToString());
    REQUIRE(again.ok());
    // One more may be there: written whole when the process died, before it could say so.
    auto ids = StatementIds(temp.path());
    REQUIRE(ids.size() >= durable.size());
    REQUIRE(ids.size() <= durable.size() + 1);
    ids.resize(durable.size());
    REQUIRE(ids == durable);
  }
}

// Any part of what was not synced may be missing after a power failure: here, blocks of 64 bytes at random.
void LosePower(const std::filesystem::path& file, const std::vector<std::pair<uint64_t, uint64_t>>& unsynced,
               std::mt19937& random) {
  std::string bytes = ReadFile(file);
  for (const auto& [offset, size] : unsynced) {
    for (uint64_t at = offset; at < offset + size; at += 64) {
      if (random() % 2 == 0) continue;
      const auto block = std::min<uint64_t>(64, offset + size - at);
      std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(at), block, '\0');
    }
  }
  WriteFile(file, bytes);
}

TEST_CASE("a batch of which power failure kept any part is cut off, never taken for damage") {
  std::mt19937 random(20);
  for (int round = 0; round < 200; ++round) {
    TempFolder temp;
    auto disk = std::make_shared<Disk>();
    auto log = SegmentLog::Open({.folder = temp.path(), .free_floor_bytes = 0}, Recovered{}, {},
                                std::make_unique<FaultyFiles>(disk));
    REQUIRE(log.ok());
    std::vector<std::string> records;
    for (int i = 0; i < 6; ++i) records.push_back(StatementRecord("ses_1", std::to_string(i)).SerializeAsString());
    REQUIRE((*log)->Write(std::vector<std::string_view>{records[0], records[1]}).ok());
    // The machine dies between the second batch's write and its fdatasync.
    disk->life = 1;
    REQUIRE_FALSE((*log)->Write(std::vector<std::string_view>{records[2], records[3], records[4], records[5]}).ok());
    log->reset();
    REQUIRE(disk->unsynced.size() == 1);
    LosePower(temp.path() / SegmentFileName(1), disk->unsynced.begin()->second, random);

    auto journal = FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0});
    INFO(journal.status().ToString());
    REQUIRE(journal.ok());
    const auto ids = StatementIds(temp.path());
    REQUIRE(ids.size() >= 2);
    CHECK(ids == Numbered(0, static_cast<int>(ids.size())));
  }
}

// A file system of 256 KiB, where the kernel lets us have one.
class SmallDisk {
 public:
  SmallDisk() { mounted_ = ::mount("tmpfs", temp_.path().c_str(), "tmpfs", 0, "size=256k") == 0; }
  ~SmallDisk() {
    if (mounted_) ::umount2(temp_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  const std::filesystem::path& path() const { return temp_.path(); }

 private:
  TempFolder temp_;
  bool mounted_ = false;
};

TEST_CASE("a file system that really is full") {
  SmallDisk small;
  if (!small.mounted()) {
    WARN("no right to mount a small file system; the injected full disk above stands for it");
    return;
  }
  const auto ballast = small.path() / "ballast";
  WriteFile(ballast, std::string(128 << 10, 'b'));
  std::vector<std::string> durable;
  auto journal = FileJournal::Open({.folder = small.path() / "journal", .free_floor_bytes = 0});
  REQUIRE(journal.ok());
  auto append = [&](int i) {
    auto status = AppendAndWait(**journal, StatementRecord("ses_1", std::to_string(i), std::string(3000, 'x')));
    if (status.ok()) durable.push_back(std::to_string(i));
    return status;
  };
  int i = 0;
  while (append(i).ok()) ++i;
  CHECK(i > 10);
  CHECK(absl::IsResourceExhausted((*journal)->Health()));
  CHECK(absl::IsResourceExhausted(append(++i)));
  std::filesystem::remove(ballast);
  CHECK(append(++i).ok());
  journal->reset();
  CHECK(StatementIds(small.path() / "journal") == durable);
}

}  // namespace
}  // namespace postern::recording
