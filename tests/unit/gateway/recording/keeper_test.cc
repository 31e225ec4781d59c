#include "gateway/recording/keeper.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "gateway/recording/compress_segment.h"
#include "gateway/recording/segment/compressed.h"
#include "tests/unit/gateway/recording/faulty_files.h"
#include "tests/unit/gateway/recording/signed_journal.h"

namespace postern::recording {
namespace {

// Old enough for StatementRecord's time, which is in 2023.
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000) + absl::Hours(24);
constexpr std::chrono::hours kNeverByItself{1};

KeeperOptions Compressing() { return {.keep = {}, .free_floor_bytes = 0, .every = kNeverByItself}; }

// Does one round now, whatever the keeper's own thread does.
absl::Status Round(KeeperOptions options, FileJournal& journal, absl::Time now = kNow) {
  SegmentKeeper keeper(std::move(options), &journal);
  return keeper.Look(now);
}

TEST_CASE("sealed segments are compressed, and every reader reads on as before") {
  SignedJournal journal;
  const uint32_t last = journal.segments();
  std::vector<std::string> whole;
  for (uint32_t segment = 1; segment < last; ++segment) whole.push_back(ReadFile(journal.Segment(segment)));
  auto writer = journal.Open();
  REQUIRE(Round(Compressing(), *writer).ok());
  for (uint32_t segment = 1; segment < last; ++segment) {
    CHECK_FALSE(std::filesystem::exists(journal.Segment(segment)));
    auto back = OpenCompressed(journal.folder() / CompressedFileName(segment));
    REQUIRE(back.ok());
    std::string plain;
    REQUIRE((*back)->Read(0, 1 << 20, plain).ok());
    CHECK(plain == whole[segment - 1]);
  }
  const auto report = journal.Verify({.pinned = {journal.key->public_key()}, .witnessed = journal.witnessed});
  CHECK(Told(report) == "");
  CHECK(report.records == 8 + report.checkpoints);

  // From any place on, and any record for itself.
  auto reader = Reader::Open(journal.folder());
  REQUIRE(reader.ok());
  RecordFetcher fetcher(journal.folder());
  for (auto record = reader->Next(); record.ok() && *record; record = reader->Next()) {
    auto fetched = fetcher.Fetch(reader->record_at());
    REQUIRE(fetched.ok());
    CHECK(fetched->SerializeAsString() == (*record)->SerializeAsString());
    CHECK(Reader::Open(journal.folder(), {.start = reader->cursor(), .end = {}}).ok());
  }
  CHECK(reader->cursor().at == writer->durable_end().at);
  writer.reset();
  CHECK(journal.Open() != nullptr);
}

TEST_CASE("`zstd -d` gives the plain segment back") {
  if (std::system("command -v zstd >/dev/null") != 0) return;
  SignedJournal journal;
  const std::string plain = ReadFile(journal.Segment(1));
  REQUIRE(Round(Compressing(), *journal.Open()).ok());
  const std::string command = "zstd -q -d " + (journal.folder() / CompressedFileName(1)).string();
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(ReadFile(journal.Segment(1)) == plain);
}

TEST_CASE("any byte of a compressed segment that is flipped, and any cut, is found in its file") {
  SignedJournal journal;
  REQUIRE(Round(Compressing(), *journal.Open()).ok());
  const auto file = journal.folder() / CompressedFileName(2);
  const std::string whole = ReadFile(file);
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    const bool cut = GENERATE(false, true);
    WriteFile(file, cut ? whole.substr(0, at) : damaged);
    const auto report = journal.Verify();
    INFO("byte " << at << "\n" << Told(report));
    REQUIRE_FALSE(report.findings.empty());
    REQUIRE(report.findings.front().file == CompressedFileName(2));
    REQUIRE(report.findings.front().offset <= at);
  }
}

TEST_CASE("a large segment is read block by block, from any place") {
  SignedJournal journal(0, 64 << 20);
  {
    auto writer = journal.Open();
    for (int i = 0; i < 40; ++i) {
      REQUIRE(AppendAndWait(*writer, StatementRecord("ses_1", std::to_string(i), std::string(50'000, static_cast<char>('a' + i % 26)))).ok());
    }
  }
  // Another life with small segments seals the first one.
  JournalOptions options{.folder = journal.folder(), .segment_bytes = 1, .free_floor_bytes = 0};
  auto writer = FileJournal::Open(options);
  REQUIRE(writer.ok());
  REQUIRE(AppendAndWait(**writer, StatementRecord("ses_1", "40")).ok());
  REQUIRE(Round(Compressing(), **writer).ok());
  CHECK(std::filesystem::file_size(journal.folder() / CompressedFileName(1)) < 100'000);
  auto reader = Reader::Open(journal.folder());
  REQUIRE(reader.ok());
  int statements = 0;
  for (auto record = reader->Next(); record.ok() && *record; record = reader->Next()) statements += (*record)->has_statement() ? 1 : 0;
  CHECK(statements == 41);
}

TEST_CASE("wherever compressing is interrupted, the journal is whole and the next round ends it") {
  for (int life = 0;; ++life) {
    SignedJournal journal(4);
    auto writer = journal.Open();
    auto disk = std::make_shared<Disk>();
    disk->life = life;
    FaultyFiles files(disk);
    const absl::Status status = CompressSegment(journal.folder(), 1, files);
    INFO("after " << life << " operations: " << status.ToString());
    CHECK(Told(journal.Verify()) == "");
    writer.reset();
    writer = journal.Open();
    REQUIRE(Round(Compressing(), *writer).ok());
    CHECK(Told(journal.Verify()) == "");
    CHECK_FALSE(std::filesystem::exists(journal.Segment(1)));
    CHECK(std::filesystem::exists(journal.folder() / CompressedFileName(1)));
    if (status.ok()) break;
    REQUIRE(life < 50);
  }
}

TEST_CASE("what is older than it must be kept goes, oldest first, and the journal says so and stays whole") {
  SignedJournal journal;
  const uint32_t last = journal.segments();
  auto writer = journal.Open();
  REQUIRE(Round({.compress = false, .keep = absl::Hours(25), .every = kNeverByItself}, *writer, kNow).ok());
  CHECK(ListSegments(journal.folder()).value().front() == 1);
  SECTION("not before whoever reads behind is past it") {
    REQUIRE(Round({.keep = absl::Hours(1), .may_delete = [] { return false; }, .every = kNeverByItself}, *writer, kNow).ok());
    CHECK(ListSegments(journal.folder()).value().front() == 1);
  }
  SECTION("plain or compressed") {
    const bool compressed = GENERATE(false, true);
    if (compressed) REQUIRE(Round(Compressing(), *writer).ok());
    // Records of this life are written now, by the clock: only what begins before one of 2023 is that old.
    REQUIRE(Round({.compress = false, .keep = absl::Hours(1), .every = kNeverByItself}, *writer, kNow).ok());
    const auto left = ListSegments(journal.folder()).value();
    CHECK(left.front() > 1);
    CHECK(left.back() >= last);
    const auto report = journal.Verify({.pinned = {journal.key->public_key()}, .witnessed = journal.witnessed});
    CHECK(Told(report) == "");
    // That segments went is signed for before they go, not when the next signature is due.
    CHECK(report.records_after == 0);
    writer.reset();
    writer = journal.Open();
    CHECK(Told(journal.Verify()) == "");
  }
}

TEST_CASE("young segments are never deleted: beyond the limit records are refused, and taken again when old ones are gone") {
  TempFolder temp;
  auto journal = FileJournal::Open({.folder = temp.path(), .segment_bytes = 2000, .free_floor_bytes = 0, .max_bytes = 10'000});
  REQUIRE(journal.ok());
  int written = 0;
  absl::Status status;
  while (status.ok() && written < 1000) status = AppendAndWait(**journal, StatementRecord("ses_1", std::to_string(written++)));
  CHECK(absl::IsResourceExhausted(status));
  CHECK(absl::IsResourceExhausted((*journal)->Health()));
  CHECK(written > 20);
  const KeeperOptions options{.compress = false, .keep = absl::Hours(1), .every = kNeverByItself};
  // Nothing is that old yet.
  REQUIRE(Round(options, **journal, absl::FromUnixSeconds(1'700'000'000)).ok());
  CHECK(ListSegments(temp.path()).value().front() == 1);
  CHECK(absl::IsResourceExhausted(AppendAndWait(**journal, StatementRecord("ses_1", "x"))));
  REQUIRE(Round(options, **journal, kNow).ok());
  CHECK(ListSegments(temp.path()).value().front() > 1);
  CHECK(AppendAndWait(**journal, StatementRecord("ses_1", "y")).ok());
  CHECK((*journal)->Health().ok());
}

TEST_CASE("a table of blocks that claims too much is refused") {
  BlockTable table{.plain_bytes = 10, .blocks = {{.at = 0, .bytes = 20, .crc = 1}}};
  CHECK(DecodeTable(EncodeTable(table), 20).ok());
  CHECK_FALSE(DecodeTable(EncodeTable(table), 21).ok());
  SECTION("more than its blocks hold") { table.plain_bytes = kBlockBytes + 1; }
  SECTION("less than its blocks hold") { table.plain_bytes = 0; }
  SECTION("a block larger than any") { table.blocks[0].bytes = 1 << 30; }
  SECTION("no blocks") { table.blocks.clear(); }
  CHECK_FALSE(DecodeTable(EncodeTable(table), 20).ok());
}

TEST_CASE("a block that holds more than it should is not decompressed") {
  const auto bomb = CompressBlock(std::string(kBlockBytes, 'x'));
  REQUIRE(bomb.ok());
  CHECK(DecompressBlock(*bomb, kBlockBytes).ok());
  CHECK_FALSE(DecompressBlock(*bomb, 100).ok());
  CHECK_FALSE(DecompressBlock(bomb->substr(0, bomb->size() - 1), kBlockBytes).ok());
}

}  // namespace
}  // namespace postern::recording
