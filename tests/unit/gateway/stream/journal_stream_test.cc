#include "gateway/stream/journal_stream.h"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/keeper.h"
#include "tests/unit/gateway/recording/journal_support.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::stream {
namespace {

using recording::AppendAndWait;
using recording::FileJournal;

// Whoever collects the lines, over all lives of the stream.
class Collector {
 public:
  std::unique_ptr<Sink> NewSink() { return std::make_unique<ItsSink>(*this); }

  void Refuse(bool refusing) {
    std::lock_guard lock(mutex_);
    refusing_ = refusing;
  }
  // Once `ready` of the lines so far.
  template <class Ready>
  std::vector<nlohmann::json> Await(Ready ready) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(60), [&] { return ready(lines_); }));
    return lines_;
  }
  std::vector<nlohmann::json> AwaitLines(size_t count) {
    return Await([count](const auto& lines) { return lines.size() >= count; });
  }

 private:
  class ItsSink final : public Sink {
   public:
    explicit ItsSink(Collector& collector) : collector_(collector) {}
    absl::Status Write(const std::vector<Line>& lines) override { return collector_.Take(lines); }

   private:
    Collector& collector_;
  };

  absl::Status Take(const std::vector<Line>& lines) {
    std::lock_guard lock(mutex_);
    if (refusing_) return absl::UnavailableError("away");
    for (const Line& line : lines) lines_.push_back(nlohmann::json::parse(line.text));
    changed_.notify_all();
    return absl::OkStatus();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool refusing_ = false;
  std::vector<nlohmann::json> lines_;
};

class Streamed {
 public:
  Streamed() { OpenJournal(); }

  void OpenJournal(uint64_t segment_bytes = 256 << 10) {
    journal.reset();
    auto opened = FileJournal::Open({.folder = temp.path() / "journal", .segment_bytes = segment_bytes, .free_floor_bytes = 0});
    REQUIRE(opened.ok());
    journal = *std::move(opened);
  }
  void Append(int from, int to, const std::string& text = "SELECT 1") {
    for (int i = from; i < to; ++i) REQUIRE(AppendAndWait(*journal, recording::StatementRecord("ses_1", std::to_string(i), text)).ok());
  }
  std::unique_ptr<JournalStream> Start() {
    auto stream = JournalStream::Start({.journal = temp.path() / "journal",
                                        .durable_end = [this] { return journal->durable_end(); },
                                        .progress = temp.path() / "progress",
                                        .sink = collector.NewSink(),
                                        .look = absl::Milliseconds(1),
                                        .longest_pause = absl::Milliseconds(5)});
    REQUIRE(stream.ok());
    return *std::move(stream);
  }

  TempFolder temp;
  Collector collector;
  std::unique_ptr<FileJournal> journal;
};

std::vector<std::string> Ids(const std::vector<nlohmann::json>& lines) {
  std::vector<std::string> ids;
  for (const auto& line : lines) {
    if (line.contains("statement")) ids.push_back(line["statement"]["statement_id"]);
  }
  return ids;
}

void CheckNumbered(const std::vector<nlohmann::json>& lines) {
  for (size_t i = 0; i < lines.size(); ++i) CHECK(lines[i]["number"] == i + 1);
}

TEST_CASE("every record comes once, in order, numbered, whatever life of the stream it falls into") {
  Streamed streamed;
  streamed.Append(0, 20);
  {
    const auto stream = streamed.Start();
    streamed.collector.AwaitLines(20);
    streamed.Append(20, 40);
    streamed.collector.AwaitLines(40);
  }
  streamed.Append(40, 60);
  const auto stream = streamed.Start();
  const auto lines = streamed.collector.AwaitLines(60);
  CHECK(Ids(lines) == recording::Numbered(0, 60));
  CheckNumbered(lines);
  CHECK(lines[0]["session_id"] == "ses_1");
  CHECK(lines[0]["at"] == "2023-11-14T22:13:20.000000Z");
  CHECK(lines[0]["segment"] == 1);
  CHECK(lines[0]["offset"] == 64);
  CHECK(stream->state().records == 20);
  CHECK(stream->state().gaps == 0);
}

TEST_CASE("what was delivered and not yet noted comes again with the same number") {
  Streamed streamed;
  streamed.Append(0, 10);
  const auto progress = streamed.temp.path() / "progress";
  {
    const auto stream = streamed.Start();
    streamed.collector.AwaitLines(10);
  }
  const std::string noted = recording::ReadFile(progress);
  streamed.Append(10, 20);
  { const auto stream = streamed.Start(); }
  // As if it had died before it could note that.
  recording::WriteFile(progress, noted);
  const auto stream = streamed.Start();
  const auto lines = streamed.collector.AwaitLines(30);
  for (size_t i = 10; i < 20; ++i) CHECK(lines[i] == lines[i + 10]);
}

TEST_CASE("a receiver that is away loses nothing and is told of in the state") {
  Streamed streamed;
  streamed.collector.Refuse(true);
  const auto stream = streamed.Start();
  streamed.Append(0, 10);
  while (stream->state().failures < 3) absl::SleepFor(absl::Milliseconds(1));
  CHECK(stream->state().lag > absl::ZeroDuration());
  CHECK(stream->state().records == 0);
  streamed.collector.Refuse(false);
  const auto lines = streamed.collector.AwaitLines(10);
  CHECK(Ids(lines) == recording::Numbered(0, 10));
}

TEST_CASE("what was deleted before it was streamed is told as missing, and what is left comes") {
  Streamed streamed;
  streamed.Append(0, 1);
  {
    const auto stream = streamed.Start();
    streamed.collector.AwaitLines(1);
  }
  streamed.Append(1, 13, std::string(100'000, 'x'));
  recording::SegmentKeeper keeper({.keep = absl::Seconds(1), .every = std::chrono::hours(1)}, streamed.journal.get());
  REQUIRE(keeper.Look(absl::Now() + absl::Hours(1)).ok());
  const auto stream = streamed.Start();
  const auto lines = streamed.collector.Await([](const auto& all) { return !all.empty() && Ids(all).back() == "12"; });
  CheckNumbered(lines);
  CHECK(lines[1]["event"] == "stream_gap");
  CHECK(lines[1]["stream_gap"]["from"]["segment"] == 1);
  CHECK(lines[1]["stream_gap"]["to"]["segment"] == lines[1]["segment"]);
  CHECK(lines[1]["segment"] > 1);
  CHECK(stream->state().gaps == 1);
}

TEST_CASE("a segment that was streamed whole may go without a gap") {
  Streamed streamed;
  streamed.Append(0, 3, std::string(100'000, 'x'));
  {
    const auto stream = streamed.Start();
    streamed.collector.AwaitLines(3);
  }
  // The first one behind what was streamed begins the second segment.
  streamed.Append(3, 4);
  std::filesystem::remove(streamed.temp.path() / "journal" / "00000001.pjl");
  const auto stream = streamed.Start();
  const auto lines = streamed.collector.AwaitLines(4);
  CHECK(Ids(lines) == recording::Numbered(0, 4));
  CHECK(stream->state().gaps == 0);
}

TEST_CASE("another journal is streamed from its beginning, and that is said") {
  Streamed streamed;
  streamed.Append(0, 5);
  {
    const auto stream = streamed.Start();
    streamed.collector.AwaitLines(5);
  }
  streamed.journal.reset();
  std::filesystem::remove_all(streamed.temp.path() / "journal");
  streamed.OpenJournal();
  streamed.Append(0, 2);
  const auto stream = streamed.Start();
  const auto lines = streamed.collector.AwaitLines(8);
  CheckNumbered(lines);
  CHECK(lines[5]["event"] == "stream_gap");
  CHECK(Ids(lines).back() == "1");
}

TEST_CASE("progress that cannot be understood stops the start; nothing is guessed") {
  TempFolder temp;
  const auto file = temp.path() / "progress";
  const Progress progress{.cursor = {.at = {7, 4096}, .chain = {1, 2, 3}}, .number = 12};
  REQUIRE(SaveProgress(file, progress).ok());
  const auto loaded = LoadProgress(file);
  REQUIRE(loaded.ok());
  CHECK((*loaded)->cursor.at == progress.cursor.at);
  CHECK((*loaded)->cursor.chain == progress.cursor.chain);
  CHECK((*loaded)->number == 12);
  const std::string text = recording::ReadFile(file);
  for (size_t size = 0; size + 1 < text.size(); ++size) {
    recording::WriteFile(file, text.substr(0, size));
    CHECK(absl::IsFailedPrecondition(LoadProgress(file).status()));
  }
  std::filesystem::remove(file);
  CHECK_FALSE(LoadProgress(file)->has_value());
}

}  // namespace
}  // namespace postern::stream
