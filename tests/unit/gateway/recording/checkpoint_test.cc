#include "gateway/recording/segment/checkpoint.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <future>
#include <mutex>
#include <sstream>

#include "gateway/recording/journal_key.h"
#include "gateway/recording/verify/witness_lines.h"
#include "gateway/recording/witness.h"
#include "tests/unit/gateway/recording/signed_journal.h"

namespace postern::recording {
namespace {

const Cursor kEnd{.at = {7, 4096}, .chain = {1, 2, 3}};

TEST_CASE("a checkpoint is genuine until any part of it changes") {
  const SigningKey key = SigningKey::Generate();
  const Checkpoint good = SignCheckpoint(key, kEnd, 12, 1'700'000'000'000'000);
  CHECK(IsGenuine(good));
  std::vector<Checkpoint> bad(7, good);
  bad[0].end.at.segment++;
  bad[1].end.at.offset++;
  bad[2].end.chain[31] ^= 1;
  bad[3].records++;
  bad[4].at_unix_us++;
  bad[5].key = SigningKey::Generate().public_key();
  bad[6].signature[0] ^= 1;
  for (const Checkpoint& one : bad) CHECK_FALSE(IsGenuine(one));
}

TEST_CASE("a witness line comes back as it was, and nothing else passes for one") {
  const Checkpoint checkpoint = SignCheckpoint(SigningKey::Generate(), kEnd, 12, 1'700'000'000'000'000);
  const std::string line = ToWitnessLine(checkpoint);
  const auto read = FromWitnessLine(line);
  REQUIRE(read.ok());
  CHECK(IsGenuine(*read));
  CHECK(ToWitnessLine(*read) == line);
  for (size_t size = 0; size < line.size(); ++size) CHECK_FALSE(FromWitnessLine(line.substr(0, size)).ok());
  CHECK_FALSE(FromWitnessLine("[]").ok());
  CHECK_FALSE(FromWitnessLine(R"({"segment":4294967296})").ok());
  CHECK_FALSE(FromWitnessLine(line + std::string(kMaxWitnessLineBytes, ' ')).ok());
}

TEST_CASE("lines that a witness did not write are findings, and one it never finished is none") {
  const std::string good = ToWitnessLine(SignCheckpoint(SigningKey::Generate(), kEnd, 12, 1));
  std::string forged = good;
  forged.replace(forged.find("4096"), 4, "4097");
  std::istringstream lines(good + "\nnonsense\n" + forged + "\n" + good.substr(0, 20));
  const WitnessLines read = ReadWitness(lines, "seen");
  CHECK(read.seen.size() == 1);
  REQUIRE(read.findings.size() == 2);
  CHECK(read.findings[0].offset == good.size() + 1);
  CHECK(read.findings[1].what.find("signature") != std::string::npos);
}

TEST_CASE("a witness that fails is told again, and never holds up who tells it") {
  std::mutex mutex;
  int failures = 3;
  std::vector<std::string> told;
  std::promise<void> whole;
  Witness witness(
      "test",
      [&](const std::string& line) {
        std::lock_guard lock(mutex);
        if (failures-- > 0) return absl::UnavailableError("not yet");
        told.push_back(line);
        if (told.size() == 5) whole.set_value();
        return absl::OkStatus();
      },
      std::chrono::milliseconds(1));
  const SigningKey key = SigningKey::Generate();
  std::vector<std::string> offered;
  for (uint64_t i = 0; i < 5; ++i) {
    const Checkpoint checkpoint = SignCheckpoint(key, kEnd, i, 1);
    offered.push_back(ToWitnessLine(checkpoint));
    witness.Offer(checkpoint);
  }
  whole.get_future().wait();
  std::lock_guard lock(mutex);
  CHECK(told == offered);
}

TEST_CASE("a witness file has a line for each checkpoint and vouches for the journal") {
  SignedJournal journal;
  TempFolder temp;
  const auto file = temp.path() / "witness.jsonl";
  {
    Witness witness("file", ToFile(file));
    for (const Witnessed& one : journal.witnessed) witness.Offer(one.checkpoint);
  }
  const auto lines = ReadWitnessFile(file);
  REQUIRE(lines.ok());
  CHECK(lines->findings.empty());
  CHECK(lines->seen.size() == journal.witnessed.size());
  const auto report = journal.Verify({.pinned = {}, .witnessed = lines->seen});
  CHECK(Told(report) == "");
  CHECK(report.witnessed == lines->seen.size());
}

class KeyFiles {
 public:
  std::shared_ptr<const SigningKey> Load() {
    auto key = LoadJournalKey(key_file(), public_file());
    INFO(key.status().ToString());
    REQUIRE(key.ok());
    return *key;
  }
  absl::Status Finish() { return FinishRotation(key_file(), {.folder = temp_.path() / "journal", .free_floor_bytes = 0}); }
  std::filesystem::path key_file() const { return temp_.path() / "journal.key"; }
  std::filesystem::path public_file() const { return temp_.path() / "journal.pub"; }
  std::filesystem::path journal() const { return temp_.path() / "journal"; }

 private:
  TempFolder temp_;
};

TEST_CASE("the journal's key is made once, for its owner only, and its public half is there to take") {
  KeyFiles files;
  const auto made = files.Load();
  struct stat facts {};
  REQUIRE(::stat(files.key_file().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(files.Load()->public_key() == made->public_key());
  const auto taken = ParsePublicKeys(ReadFile(files.public_file()));
  REQUIRE(taken.ok());
  CHECK(*taken == std::vector<PublicKey>{made->public_key()});
  WriteFile(files.key_file(), "no key");
  CHECK(absl::IsFailedPrecondition(LoadJournalKey(files.key_file(), files.public_file()).status()));
}

TEST_CASE("public keys are read one after the other, and other text is refused") {
  const PublicKey first = SigningKey::Generate().public_key();
  const PublicKey second = SigningKey::Generate().public_key();
  CHECK(ParsePublicKeys(PublicKeyPem(first) + PublicKeyPem(second)).value() == std::vector<PublicKey>{first, second});
  CHECK_FALSE(ParsePublicKeys("").ok());
  CHECK_FALSE(ParsePublicKeys("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").ok());
}

TEST_CASE("a rotation that was interrupted is finished, and the journal stays whole") {
  KeyFiles files;
  const auto old_key = files.Load();
  CHECK(files.Finish().ok());
  CHECK(files.Load()->public_key() == old_key->public_key());

  REQUIRE(PrepareNextKey(files.key_file()).ok());
  const std::string next = ReadFile(files.key_file().string() + ".next");
  REQUIRE(files.Finish().ok());
  const auto new_key = files.Load();
  CHECK(new_key->public_key() != old_key->public_key());
  // It died before it could take the next key away, or before the new one took the old one's place.
  WriteFile(files.key_file().string() + ".next", next);
  const bool replaced = GENERATE(true, false);
  if (!replaced) {
    std::string pem = old_key->Pem();
    WriteFile(files.key_file(), pem);
  }
  REQUIRE(files.Finish().ok());
  CHECK(files.Load()->public_key() == new_key->public_key());

  JournalOptions options{.folder = files.journal(), .free_floor_bytes = 0};
  options.checkpoints.key = new_key;
  REQUIRE(AppendAndWait(**FileJournal::Open(options), StatementRecord("ses_1", "1")).ok());
  const auto report = VerifyJournal(files.journal(), {.pinned = {old_key->public_key()}});
  REQUIRE(report.ok());
  CHECK(Told(*report) == "");
}

}  // namespace
}  // namespace postern::recording
