// What a journal makes of files that a crash, a disk or a person left changed.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/segment/format.h"
#include "tests/unit/gateway/recording/journal_support.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::recording {
namespace {

JournalOptions In(const std::filesystem::path& folder, uint64_t segment_bytes = 1 << 20) {
  return {.folder = folder, .segment_bytes = segment_bytes, .free_floor_bytes = 0};
}

// Appends statements one batch each; where each begins, and the end.
std::vector<uint64_t> WriteStatements(const std::filesystem::path& folder, int count) {
  auto journal = FileJournal::Open(In(folder));
  REQUIRE(journal.ok());
  std::vector<uint64_t> places;
  for (int i = 0; i < count; ++i) {
    places.push_back((*journal)->durable_end().at.offset);
    REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", std::to_string(i))).ok());
  }
  places.push_back((*journal)->durable_end().at.offset);
  return places;
}

TEST_CASE("a write torn at any byte is cut off, said, and written over") {
  TempFolder temp;
  const auto places = WriteStatements(temp.path(), 3);
  const auto segment = temp.path() / SegmentFileName(1);
  const std::string whole = ReadFile(segment);
  REQUIRE(whole.size() == places[3]);
  for (size_t size = places[2]; size < whole.size(); ++size) {
    WriteFile(segment, whole.substr(0, size));
    CHECK(StatementIds(temp.path()) == Numbered(0, 2));
    auto journal = FileJournal::Open(In(temp.path()));
    REQUIRE(journal.ok());
    CHECK((*journal)->report().cut_bytes == size - places[2]);
    CHECK((*journal)->report().end.at == Position{1, places[2]});
    REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", "2")).ok());
    journal->reset();
    CHECK(StatementIds(temp.path()) == Numbered(0, 3));
  }
}

TEST_CASE("a tail that never reached the disk, or only in part, is cut off") {
  TempFolder temp;
  const auto places = WriteStatements(temp.path(), 3);
  const auto segment = temp.path() / SegmentFileName(1);
  const std::string whole = ReadFile(segment);
  const std::string tail = GENERATE(std::string(100, '\0'), std::string(5000, '\xFF'), std::string("x"));
  WriteFile(segment, whole + tail);
  auto journal = FileJournal::Open(In(temp.path()));
  REQUIRE(journal.ok());
  CHECK((*journal)->report().cut_bytes == tail.size());
  CHECK(StatementIds(temp.path()) == Numbered(0, 3));
}

TEST_CASE("a flipped byte in what was durable refuses to open and names the place") {
  TempFolder temp;
  const auto places = WriteStatements(temp.path(), 4);
  const auto segment = temp.path() / SegmentFileName(1);
  const std::string whole = ReadFile(segment);
  for (size_t frame = 0; frame < 3; ++frame) {
    for (size_t at = places[frame]; at < places[frame + 1]; ++at) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      WriteFile(segment, damaged);
      const auto status = FileJournal::Open(In(temp.path())).status();
      INFO("byte " << at << ": " << status.ToString());
      REQUIRE(absl::IsDataLoss(status));
      REQUIRE(status.ToString().find("offset " + std::to_string(places[frame])) != std::string::npos);
    }
  }
  // Refusing changed nothing.
  WriteFile(segment, whole);
  CHECK(StatementIds(temp.path()) == Numbered(0, 4));
}

TEST_CASE("a flipped byte in the last write is found, and that write is cut off") {
  TempFolder temp;
  const auto places = WriteStatements(temp.path(), 3);
  const auto segment = temp.path() / SegmentFileName(1);
  const std::string whole = ReadFile(segment);
  for (size_t at = places[2]; at < places[3]; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    WriteFile(segment, damaged);
    auto journal = FileJournal::Open(In(temp.path()));
    REQUIRE(journal.ok());
    REQUIRE((*journal)->report().cut_bytes == places[3] - places[2]);
  }
}

TEST_CASE("a record whose text imitates frames cannot make a torn tail look durable") {
  TempFolder temp;
  std::string imitation;
  for (const uint32_t marker : {0U, 1U, 0x41414141U}) AppendFrame(marker, 100'000, ChainHash{}, "SELECT 1", imitation);
  uint64_t start = 0;
  {
    auto journal = FileJournal::Open(In(temp.path()));
    REQUIRE(journal.ok());
    REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", "0")).ok());
    start = (*journal)->durable_end().at.offset;
    REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", "1", imitation)).ok());
  }
  const auto segment = temp.path() / SegmentFileName(1);
  std::string bytes = ReadFile(segment);
  bytes[start] = static_cast<char>(bytes[start] ^ 1);
  WriteFile(segment, bytes);
  CHECK(FileJournal::Open(In(temp.path())).ok());
  CHECK(StatementIds(temp.path()) == Numbered(0, 1));
}

TEST_CASE("a record that a person changed, CRC and all, breaks the chain") {
  TempFolder temp;
  const auto places = WriteStatements(temp.path(), 3);
  const auto path = temp.path() / SegmentFileName(1);
  std::string bytes = ReadFile(path);
  const std::string_view old = std::string_view(bytes).substr(places[1], places[2] - places[1]);
  const FrameHeader header = DecodeFrameHeader(old);
  std::string payload(old.substr(kFrameHeaderBytes));
  payload.replace(payload.find("SELECT 1"), 8, "SELECT 2");
  std::string forged;
  AppendFrame(header.marker, header.durable, header.chain, payload, forged);
  bytes.replace(places[1], forged.size(), forged);
  WriteFile(path, bytes);
  const auto status = FileJournal::Open(In(temp.path())).status();
  CHECK(absl::IsDataLoss(status));
  CHECK(status.ToString().find("chain") != std::string::npos);
}

class ManySegments {
 public:
  ManySegments() {
    auto journal = FileJournal::Open(In(temp_.path(), 500));
    REQUIRE(journal.ok());
    for (int i = 0; i < 20; ++i) REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", std::to_string(i))).ok());
  }
  const std::filesystem::path& folder() const { return temp_.path(); }
  std::filesystem::path Segment(uint32_t number) const { return folder() / SegmentFileName(number); }

 private:
  TempFolder temp_;
};

TEST_CASE("segments that are missing, shortened or strange refuse to open") {
  ManySegments journal;
  SECTION("missing") { std::filesystem::remove(journal.Segment(2)); }
  SECTION("shortened") {
    std::filesystem::resize_file(journal.Segment(2), std::filesystem::file_size(journal.Segment(2)) - 1);
  }
  SECTION("another's") {
    std::filesystem::copy_file(journal.Segment(1), journal.Segment(2),
                               std::filesystem::copy_options::overwrite_existing);
  }
  SECTION("header damaged") {
    std::string bytes = ReadFile(journal.Segment(3));
    bytes[30] = static_cast<char>(bytes[30] ^ 1);
    WriteFile(journal.Segment(3), bytes);
  }
  SECTION("empty") { WriteFile(journal.Segment(3), ""); }
  CHECK(absl::IsDataLoss(FileJournal::Open(In(journal.folder())).status()));
}

TEST_CASE("damage in an older segment is found by who reads it") {
  ManySegments journal;
  std::string bytes = ReadFile(journal.Segment(2));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  WriteFile(journal.Segment(2), bytes);
  auto reader = Reader::Open(journal.folder());
  REQUIRE(reader.ok());
  absl::StatusOr<std::optional<v1::Record>> record = reader->Next();
  while (record.ok() && *record) record = reader->Next();
  CHECK(absl::IsDataLoss(record.status()));
  CHECK(record.status().ToString().find(SegmentFileName(2)) != std::string::npos);
}

TEST_CASE("a segment that was never finished being made is ignored") {
  ManySegments journal;
  WriteFile(journal.folder() / kUnbornSegment, "half a hea");
  CHECK(FileJournal::Open(In(journal.folder())).ok());
  CHECK_FALSE(std::filesystem::exists(journal.folder() / kUnbornSegment));
  CHECK(StatementIds(journal.folder()) == Numbered(0, 20));
}

}  // namespace
}  // namespace postern::recording
