#include "gateway/recording/verify/verify_journal.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <utility>

#include "gateway/recording/verify/signed_records.h"
#include "tests/unit/gateway/recording/signed_journal.h"

namespace postern::recording {
namespace {

TEST_CASE("a journal nobody touched is whole, and signed to its end") {
  SignedJournal journal;
  REQUIRE(journal.segments() >= 3);
  const auto report = journal.Verify({.pinned = {journal.key->public_key()}, .witnessed = journal.witnessed});
  CHECK(Told(report) == "");
  CHECK(report.first_segment == 1);
  CHECK(report.last_segment == journal.segments());
  CHECK(report.records == 8 + report.checkpoints);
  CHECK(report.witnessed == report.checkpoints);
  // The clean stop signed everything.
  CHECK(report.records_after == 0);
  REQUIRE(report.last_checkpoint);
  CHECK(report.last_checkpoint->end.at.segment == report.end.at.segment);
}

TEST_CASE("every life of the gateway signs where it begins and ends, and nothing when there is nothing new") {
  SignedJournal journal(1);
  const auto first = journal.witnessed.size();
  // One, when the record was there before the first was due.
  CHECK(first >= 1);
  CHECK(first <= 2);
  journal.Write(0);
  CHECK(journal.witnessed.size() == first + 1);
  CHECK(Told(journal.Verify({.pinned = {}, .witnessed = journal.witnessed})) == "");
}

TEST_CASE("whoever asks has what is durable signed at once, once") {
  SignedJournal signed_journal(0);
  auto journal = signed_journal.Open();
  REQUIRE(AppendAndWait(*journal, StatementRecord("ses_1", "0")).ok());
  const Cursor end = journal->durable_end();
  REQUIRE(SignAndWait(*journal).ok());
  const size_t checkpoints = signed_journal.witnessed.size();
  REQUIRE(checkpoints >= 1);
  CHECK(signed_journal.witnessed.back().checkpoint.end.at >= end.at);
  REQUIRE(SignAndWait(*journal).ok());
  CHECK(signed_journal.witnessed.size() == checkpoints);
  CHECK(signed_journal.Verify().records_after == 0);
}

TEST_CASE("earlier segments are left alone by who asks for the later ones only") {
  SignedJournal journal;
  REQUIRE(journal.segments() >= 3);
  std::string whole = ReadFile(journal.Segment(1));
  whole[whole.size() / 2] = static_cast<char>(whole[whole.size() / 2] ^ 1);
  WriteFile(journal.Segment(1), whole);
  CHECK(Told(journal.Verify()) != "");
  const auto later = journal.Verify({.pinned = {journal.key->public_key()}, .from_segment = 2});
  CHECK(Told(later) == "");
  CHECK(later.first_segment == 2);
  CHECK(later.checkpoints > 0);
}

TEST_CASE("any byte that is flipped is found, in its file, at its frame") {
  SignedJournal journal;
  for (uint32_t segment = 1; segment <= journal.segments(); ++segment) {
    const std::string whole = ReadFile(journal.Segment(segment));
    const auto pieces = Pieces(whole);
    size_t from = 0;
    for (const std::string& piece : pieces) {
      for (size_t at = from; at < from + piece.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
        WriteFile(journal.Segment(segment), damaged);
        const auto report = journal.Verify();
        INFO("segment " << segment << " byte " << at << "\n" << Told(report));
        REQUIRE_FALSE(report.findings.empty());
        REQUIRE(report.findings.front().file == SegmentFileName(segment));
        REQUIRE(report.findings.front().offset == from);
      }
      from += piece.size();
    }
    WriteFile(journal.Segment(segment), whole);
  }
}

TEST_CASE("records that are dropped, doubled or swapped are found where it was done") {
  SignedJournal journal;
  for (uint32_t segment = 1; segment <= journal.segments(); ++segment) {
    const std::string whole = ReadFile(journal.Segment(segment));
    const auto pieces = Pieces(whole);
    size_t at = kSegmentHeaderBytes;
    for (size_t i = 1; i < pieces.size(); at += pieces[i].size(), ++i) {
      const bool is_last = segment == journal.segments() && i + 1 == pieces.size();
      auto dropped = pieces;
      dropped.erase(dropped.begin() + static_cast<ptrdiff_t>(i));
      auto doubled = pieces;
      doubled.insert(doubled.begin() + static_cast<ptrdiff_t>(i), pieces[i]);
      std::vector<std::pair<std::vector<std::string>, size_t>> changes = {{doubled, at + pieces[i].size()}};
      // What is cut off behind the last checkpoint but one, only a witness saw.
      if (!is_last) changes.emplace_back(dropped, at);
      if (i + 1 < pieces.size()) {
        auto swapped = pieces;
        std::swap(swapped[i], swapped[i + 1]);
        changes.emplace_back(swapped, at);
      }
      for (const auto& [changed, where] : changes) {
        WriteFile(journal.Segment(segment), Join(changed));
        const auto report = journal.Verify();
        INFO("segment " << segment << " record " << i << "\n" << Told(report));
        REQUIRE_FALSE(report.findings.empty());
        CHECK(report.findings.front().file == SegmentFileName(segment));
        CHECK(report.findings.front().offset == where);
      }
    }
    WriteFile(journal.Segment(segment), whole);
  }
}

TEST_CASE("segments that are missing, swapped or doubled are found") {
  SignedJournal journal;
  const uint32_t last = journal.segments();
  REQUIRE(last >= 4);
  SECTION("the first") {
    std::filesystem::remove(journal.Segment(1));
    CHECK(Told(journal.Verify()).find("00000002.pjl:0: segments before this one are missing") == 0);
  }
  SECTION("one in the middle") {
    std::filesystem::remove(journal.Segment(2));
    CHECK(Told(journal.Verify()).find("00000002.pjl:0: the segment is missing") == 0);
  }
  SECTION("the last") {
    std::filesystem::remove(journal.Segment(last));
    // Nothing in the journal itself says how long it was.
    CHECK(Told(journal.Verify()) == "");
    const auto report = journal.Verify({.pinned = {}, .witnessed = journal.witnessed});
    CHECK(Told(report).find("but a witness saw it reach") != std::string::npos);
    CHECK(report.findings.front().file == SegmentFileName(last - 1));
  }
  SECTION("two swapped") {
    const std::string second = ReadFile(journal.Segment(2));
    WriteFile(journal.Segment(2), ReadFile(journal.Segment(3)));
    WriteFile(journal.Segment(3), second);
    CHECK(Told(journal.Verify()).find("00000002.pjl:0: ") == 0);
  }
  SECTION("one in place of another") {
    WriteFile(journal.Segment(2), ReadFile(journal.Segment(1)));
    CHECK(Told(journal.Verify()).find("00000002.pjl:0: ") == 0);
  }
}

TEST_CASE("a segment cut at any byte is found; the last one, between two records, by a witness alone") {
  SignedJournal journal;
  for (uint32_t segment = 1; segment <= journal.segments(); ++segment) {
    const std::string whole = ReadFile(journal.Segment(segment));
    size_t from = 0;
    for (const std::string& piece : Pieces(whole)) {
      for (size_t size = from; size < from + piece.size(); ++size) {
        WriteFile(journal.Segment(segment), whole.substr(0, size));
        const bool between = size == from && size > 0 && segment == journal.segments();
        const auto report = journal.Verify({.pinned = {}, .witnessed = between ? journal.witnessed : std::vector<Witnessed>{}});
        INFO("segment " << segment << " cut to " << size << "\n" << Told(report));
        REQUIRE_FALSE(report.findings.empty());
        REQUIRE(report.findings.front().file == SegmentFileName(segment));
        REQUIRE(report.findings.front().offset == from);
      }
      from += piece.size();
    }
    WriteFile(journal.Segment(segment), whole);
  }
}

// What somebody who may write the files can do to the last segment: another text in the first statement, CRCs and chain made to fit.
std::string Rewritten(const std::string& segment, const SigningKey* forger) {
  auto pieces = Pieces(segment);
  SegmentHeader header = DecodeSegmentHeader(pieces.front()).value();
  std::string out = pieces.front();
  ChainHash chain = header.chain;
  for (size_t i = 1; i < pieces.size(); ++i) {
    v1::Record record;
    REQUIRE(record.ParseFromString(pieces[i].substr(kFrameHeaderBytes)));
    if (record.has_statement()) record.mutable_statement()->set_text("SELECT 2");
    if (record.has_checkpoint() && forger != nullptr) {
      record = ToRecord(SignCheckpoint(*forger, {.at = {header.segment, out.size()}, .chain = chain}, i - 1, 1));
    }
    const std::string payload = record.SerializeAsString();
    chain = NextChain(chain, payload);
    AppendFrame(header.marker, DecodeFrameHeader(pieces[i]).durable, chain, payload, out);
  }
  return out;
}

TEST_CASE("whoever rewrites the journal cannot sign it") {
  SignedJournal journal(6, 1 << 20);
  const PublicKey ours = journal.key->public_key();
  const std::string whole = ReadFile(journal.Segment(1));

  WriteFile(journal.Segment(1), Rewritten(whole, nullptr));
  CHECK(Told(journal.Verify()).find("the checkpoint") != std::string::npos);

  // With a key of their own the journal is sound in itself: that is what pinning and witnesses are for.
  const SigningKey forger = SigningKey::Generate();
  WriteFile(journal.Segment(1), Rewritten(whole, &forger));
  CHECK(Told(journal.Verify()) == "");
  CHECK(Told(journal.Verify({.pinned = {ours}})).find("neither pinned") != std::string::npos);
  CHECK(Told(journal.Verify({.pinned = {}, .witnessed = journal.witnessed})).find("witness saw") != std::string::npos);
}

TEST_CASE("a key that changes without the old one's word is found") {
  SignedJournal journal(2);
  const auto old_key = journal.key;
  journal.key = std::make_shared<const SigningKey>(SigningKey::Generate());
  SECTION("without it") {
    journal.Write(2);
    CHECK(Told(journal.Verify()).find("neither pinned nor named") != std::string::npos);
    // Somebody who knows both keys may pin both.
    CHECK(Told(journal.Verify({.pinned = {old_key->public_key(), journal.key->public_key()}})) == "");
  }
  SECTION("with it") {
    {
      const auto next = std::exchange(journal.key, old_key);
      auto writer = journal.Open();
      REQUIRE(AppendAndWait(*writer, SuccessorRecord(*old_key, next->public_key())).ok());
      writer.reset();
      journal.key = next;
    }
    journal.Write(2);
    CHECK(Told(journal.Verify()) == "");
    CHECK(Told(journal.Verify({.pinned = {old_key->public_key()}, .witnessed = journal.witnessed})) == "");
    CHECK(Told(journal.Verify({.pinned = {journal.key->public_key()}})) == "");
    // The old key signs no more.
    journal.key = old_key;
    journal.Write(2);
    CHECK(Told(journal.Verify()).find("neither pinned nor named") != std::string::npos);
  }
}

TEST_CASE("a journal whose beginning was retired is whole if it says so") {
  SignedJournal journal;
  const ChainHash cut = SegmentFile::Find(journal.folder(), 2).value().header().chain;
  v1::Record retired;
  retired.mutable_segment_retired()->set_segment(1);
  SECTION("with the chain at the cut") {
    retired.mutable_segment_retired()->set_chain(std::string(ToBytes(cut)));
    REQUIRE(AppendAndWait(*journal.Open(), retired).ok());
    std::filesystem::remove(journal.Segment(1));
    const auto report = journal.Verify({.pinned = {}, .witnessed = journal.witnessed});
    CHECK(Told(report) == "");
    CHECK(report.first_segment == 2);
    CHECK(report.witnessed_before > 0);
    // More than was said is missing.
    std::filesystem::remove(journal.Segment(2));
    CHECK_FALSE(journal.Verify().findings.empty());
  }
  SECTION("but not on the word of a frame that nobody signed") {
    retired.mutable_segment_retired()->set_chain(std::string(ToBytes(cut)));
    const auto key = std::exchange(journal.key, nullptr);
    REQUIRE(AppendAndWait(*journal.Open(), retired).ok());
    journal.key = key;
    std::filesystem::remove(journal.Segment(1));
    CHECK(Told(journal.Verify({.pinned = {key->public_key()}, .witnessed = journal.witnessed})).find("no signed record") !=
          std::string::npos);
  }
  SECTION("with another") {
    retired.mutable_segment_retired()->set_chain(std::string(32, 'x'));
    REQUIRE(AppendAndWait(*journal.Open(), retired).ok());
    std::filesystem::remove(journal.Segment(1));
    CHECK_FALSE(journal.Verify().findings.empty());
  }
}

TEST_CASE("a journal that is being written to is whole") {
  SignedJournal journal;
  auto writer = journal.Open();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(AppendAndWait(*writer, StatementRecord("ses_2", std::to_string(i))).ok());
    CHECK(Told(journal.Verify({.pinned = {journal.key->public_key()}})) == "");
  }
  // Also in the middle of a write, and of going on to another segment.
  std::atomic<bool> written = false;
  std::thread busy([&] {
    for (int i = 0; i < 1000; ++i) (void)AppendAndWait(*writer, StatementRecord("ses_3", std::to_string(i)));
    written = true;
  });
  std::string told;
  while (!written && told.empty()) told = Told(journal.Verify());
  busy.join();
  CHECK(told == "");
}

TEST_CASE("some segments can be looked at for themselves") {
  SignedJournal journal;
  const auto report = VerifySegments({journal.Segment(3), journal.Segment(2)}, {.pinned = {journal.key->public_key()}});
  REQUIRE(report.ok());
  CHECK(Told(*report) == "");
  CHECK(report->first_segment == 2);
  CHECK(report->last_segment == 3);
  CHECK(absl::IsNotFound(VerifySegments({journal.folder() / "00000099.pjl"}, {}).status()));
  CHECK(absl::IsInvalidArgument(VerifySegments({journal.folder() / "lock"}, {}).status()));
}

TEST_CASE("a journal without signatures is whole unless a key is pinned") {
  TempFolder temp;
  {
    auto journal = FileJournal::Open({.folder = temp.path(), .free_floor_bytes = 0});
    REQUIRE(journal.ok());
    REQUIRE(AppendAndWait(**journal, StatementRecord("ses_1", "1")).ok());
  }
  CHECK(VerifyJournal(temp.path(), {}).value().findings.empty());
  CHECK_FALSE(VerifyJournal(temp.path(), {.pinned = {PublicKey{}}}).value().findings.empty());
}

}  // namespace
}  // namespace postern::recording
