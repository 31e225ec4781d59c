#include "gateway/recording/file_journal.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "gateway/recording/segment/format.h"
#include "tests/unit/gateway/recording/faulty_files.h"
#include "tests/unit/gateway/recording/journal_support.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::recording {
namespace {

TEST_CASE("records come back in order, over several lives of the journal") {
  TempFolder temp;
  const auto folder = temp.path() / "journal";
  for (int life = 0; life < 3; ++life) {
    auto journal = FileJournal::Open({.folder = folder, .free_floor_bytes = 0});
    REQUIRE(journal.ok());
    CHECK((*journal)->report().cut_bytes == 0);
    for (int i = 0; i < 4; ++i) {
      REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", std::to_string(life * 4 + i))).ok());
    }
    CHECK((*journal)->Health().ok());
  }
  CHECK(StatementIds(folder) == Numbered(0, 12));
}

TEST_CASE("only one journal may have a folder open") {
  TempFolder temp;
  auto first = FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0});
  REQUIRE(first.ok());
  CHECK(absl::IsFailedPrecondition(FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0}).status()));
  first->reset();
  CHECK(FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0}).ok());
}

TEST_CASE("a record without a time gets one") {
  TempFolder temp;
  auto journal = FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0});
  REQUIRE(journal.ok());
  v1::Record record;
  record.mutable_gateway_started()->set_version("1");
  REQUIRE(AppendAndWait(**journal, record).ok());
  auto reader = Reader::Open(temp.path());
  REQUIRE(reader.ok());
  auto read = reader->Next();
  REQUIRE(read.ok());
  REQUIRE(*read);
  CHECK((*read)->at_unix_us() > 1'700'000'000'000'000);
}

TEST_CASE("a record over the limit is refused and the next one is not") {
  TempFolder temp;
  auto journal = FileJournal::Open({.folder = temp.path(), .max_record_bytes = 1000, .free_floor_bytes = 0});
  REQUIRE(journal.ok());
  const auto large = AppendAndWait(**journal, StatementRecord("ses_1", "1", std::string(2000, 'x')));
  CHECK(absl::IsInvalidArgument(large));
  CHECK(AppendAndWait(**journal, StatementRecord("ses_1", "2")).ok());
  CHECK(StatementIds(temp.path()) == Numbered(2, 3));
}

// Holds the journal's thread in its listener until let go.
class Gate {
 public:
  explicit Gate(FileJournal& journal) {
    journal.SetDurableListener([this, first = true]() mutable {
      if (!std::exchange(first, false)) return;
      reached_.set_value();
      opened_.get_future().wait();
    });
    journal.Append(StatementRecord("ses_1", "gate"), [](const absl::Status&) {});
    reached_.get_future().wait();
  }
  void Open() { opened_.set_value(); }

 private:
  std::promise<void> reached_;
  std::promise<void> opened_;
};

TEST_CASE("what waits together shares one fdatasync") {
  TempFolder temp;
  auto disk = std::make_shared<Disk>();
  auto journal = FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0}, std::make_unique<FaultyFiles>(disk));
  REQUIRE(journal.ok());
  Gate gate(**journal);
  const int before = disk->syncs;
  std::atomic<int> durable{0};
  for (int i = 0; i < 100; ++i) {
    (*journal)->Append(StatementRecord("ses_1", std::to_string(i)), [&](const absl::Status& status) {
      if (status.ok()) ++durable;
    });
  }
  gate.Open();
  journal->reset();
  CHECK(durable == 100);
  CHECK(disk->syncs == before + 1);
}

TEST_CASE("a full queue refuses at once and takes more when it has drained") {
  TempFolder temp;
  auto journal = FileJournal::Open({.folder = temp.path(), .queue_bytes = 5000, .free_floor_bytes = 0});
  REQUIRE(journal.ok());
  Gate gate(**journal);
  const auto record = StatementRecord("ses_1", "1", std::string(1000, 'x'));
  std::atomic<int> durable{0};
  absl::Status refused;
  int accepted = 0;
  while (refused.ok() && accepted < 100) {
    // A refusal is told inside Append; what was accepted waits behind the gate.
    (*journal)->Append(record,
                       [&](const absl::Status& status) { status.ok() ? void(++durable) : void(refused = status); });
    if (refused.ok()) ++accepted;
  }
  CHECK(absl::IsResourceExhausted(refused));
  CHECK(accepted == 4);
  gate.Open();
  // May find the queue still full until the batch is through.
  while (!AppendAndWait(**journal, record).ok()) std::this_thread::yield();
  CHECK(durable == 4);
}

TEST_CASE("eight writers at once: each keeps its order and nothing is lost") {
  constexpr int kWriters = 8;
  constexpr int kEach = 300;
  TempFolder temp;
  auto journal = FileJournal::Open({.folder = temp.path(), .segment_bytes = 20'000, .free_floor_bytes = 0});
  REQUIRE(journal.ok());
  std::atomic<int> durable{0};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) {
        (*journal)->Append(StatementRecord("ses_" + std::to_string(w), std::to_string(i)),
                           [&](const absl::Status& status) { durable += status.ok() ? 1 : 0; });
      }
    });
  }
  for (auto& writer : writers) writer.join();
  journal->reset();
  CHECK(durable == kWriters * kEach);

  std::map<std::string, int> next;
  auto reader = Reader::Open(temp.path());
  REQUIRE(reader.ok());
  int read = 0;
  for (;; ++read) {
    auto record = reader->Next();
    REQUIRE(record.ok());
    if (!*record) break;
    REQUIRE((*record)->statement().statement_id() == std::to_string(next[(*record)->session_id()]++));
  }
  CHECK(read == kWriters * kEach);
  CHECK(next.size() == kWriters);
}

TEST_CASE("segments rotate by size and readers cross them, from the start or from any place") {
  TempFolder temp;
  {
    auto journal = FileJournal::Open({.folder = temp.path(), .segment_bytes = 500, .free_floor_bytes = 0});
    REQUIRE(journal.ok());
    for (int i = 0; i < 20; ++i) REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", std::to_string(i))).ok());
    CHECK((*journal)->durable_end().at.segment > 3);
  }
  auto segments = ListSegments(temp.path());
  REQUIRE(segments.ok());
  CHECK(segments->size() > 3);
  CHECK(StatementIds(temp.path()) == Numbered(0, 20));
  for (const auto segment : *segments) CHECK(std::filesystem::file_size(temp.path() / SegmentFileName(segment)) <= 500);

  auto first = Reader::Open(temp.path());
  REQUIRE(first.ok());
  for (int i = 0; i < 20; ++i) {
    auto record = first->Next();
    REQUIRE(record.ok());
    // From each place on, another reader finds the rest, and a fetch by place finds this one.
    auto rest = Reader::Open(temp.path(), {.start = first->cursor(), .end = {}});
    REQUIRE(rest.ok());
    auto next = rest->Next();
    REQUIRE(next.ok());
    CHECK(next->has_value() == (i < 19));
    if (*next) CHECK((*next)->statement().statement_id() == std::to_string(i + 1));
    RecordFetcher fetcher(temp.path());
    auto fetched = fetcher.Fetch(first->record_at());
    REQUIRE(fetched.ok());
    CHECK(fetched->statement().statement_id() == std::to_string(i));
  }
}

TEST_CASE("a reader that reached the end reads on when the journal grows") {
  TempFolder temp;
  auto journal = FileJournal::Open({.folder = temp.path(), .segment_bytes = 300, .free_floor_bytes = 0});
  REQUIRE(journal.ok());
  auto reader = Reader::Open(temp.path());
  REQUIRE(reader.ok());
  for (int i = 0; i < 10; ++i) {
    auto none = reader->Next();
    REQUIRE(none.ok());
    CHECK_FALSE(none->has_value());
    REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", std::to_string(i))).ok());
    auto record = reader->Next();
    REQUIRE(record.ok());
    REQUIRE(*record);
    CHECK((*record)->statement().statement_id() == std::to_string(i));
  }
  CHECK(reader->cursor().at == (*journal)->durable_end().at);
  CHECK(reader->cursor().chain == (*journal)->durable_end().chain);
}

}  // namespace
}  // namespace postern::recording
