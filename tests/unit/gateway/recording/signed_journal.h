// A small signed journal of several segments for tests to tamper with, and what takes it apart into frames.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_RECORDING_SIGNED_JOURNAL_H_
#define POSTERN_TESTS_UNIT_GATEWAY_RECORDING_SIGNED_JOURNAL_H_

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/segment/format.h"
#include "gateway/recording/segment/segment_file.h"
#include "gateway/recording/verify/verify_journal.h"
#include "tests/unit/gateway/recording/journal_support.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::recording {

// The test writer's journal: its key, and each checkpoint as a witness would have it.
class SignedJournal {
 public:
  // A checkpoint for every other record; two records or so a segment.
  explicit SignedJournal(int records = 8, uint64_t segment_bytes = 500) : segment_bytes_(segment_bytes) { Write(records); }

  // One life of a gateway.
  void Write(int records) {
    auto journal = Open();
    for (int i = 0; i < records; ++i) REQUIRE(AppendAndWait(*journal, StatementRecord("ses_1", std::to_string(next_++))).ok());
  }

  std::unique_ptr<FileJournal> Open() {
    JournalOptions options{.folder = folder(), .segment_bytes = segment_bytes_, .free_floor_bytes = 0};
    options.checkpoints = {.key = key, .every = std::chrono::hours(1), .records = 2, .witness = [this](const Checkpoint& checkpoint) {
                             witnessed.push_back({"witness", witnessed.size(), checkpoint});
                           }};
    auto journal = FileJournal::Open(std::move(options));
    INFO(journal.status().ToString());
    REQUIRE(journal.ok());
    return *std::move(journal);
  }

  VerifyReport Verify(const VerifyOptions& options = {}) const {
    auto report = VerifyJournal(folder(), options);
    INFO(report.status().ToString());
    REQUIRE(report.ok());
    return *std::move(report);
  }

  const std::filesystem::path& folder() const { return temp_.path(); }
  std::filesystem::path Segment(uint32_t number) const { return folder() / SegmentFileName(number); }
  uint32_t segments() const { return ListSegments(folder()).value().back(); }

  std::shared_ptr<const SigningKey> key = std::make_shared<const SigningKey>(SigningKey::Generate());
  std::vector<Witnessed> witnessed;

 private:
  TempFolder temp_;
  const uint64_t segment_bytes_;
  int next_ = 0;
};

// The header of a segment, then each of its frames.
inline std::vector<std::string> Pieces(const std::string& segment) {
  std::vector<std::string> pieces = {segment.substr(0, kSegmentHeaderBytes)};
  for (size_t at = kSegmentHeaderBytes; at < segment.size(); at += pieces.back().size()) {
    const FrameHeader header = DecodeFrameHeader(std::string_view(segment).substr(at));
    pieces.push_back(segment.substr(at, kFrameHeaderBytes + header.length));
  }
  return pieces;
}

inline std::string Join(const std::vector<std::string>& pieces) {
  std::string joined;
  for (const std::string& piece : pieces) joined += piece;
  return joined;
}

// The findings, one per line.
inline std::string Told(const VerifyReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    text += finding.file + ":" + std::to_string(finding.offset) + ": " + finding.what + "\n";
  }
  return text;
}

}  // namespace postern::recording

#endif  // POSTERN_TESTS_UNIT_GATEWAY_RECORDING_SIGNED_JOURNAL_H_
