#include "relay-agent/closing/ledger.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace postern::relay {
namespace {

class Folder {
 public:
  Folder() { REQUIRE(mkdtemp(path_) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string path() const { return path_; }

 private:
  char path_[40] = "/tmp/postern-ledger-test.XXXXXX";
};

DoorRecord Record() {
  return {"ses_01J", "orders-prod", "orders-bot", "postern", "gateway.example.com:8443", 4711, "db 1/3306/1", absl::FromUnixMillis(1'760'000'000'123)};
}

TEST_CASE("a door written down is found again, and gone when removed") {
  const Folder folder;
  auto ledger = Ledger::Open(folder.path() + "/state/doors");
  REQUIRE(ledger.ok());
  REQUIRE(ledger->Add(Record()).ok());
  DoorRecord other = Record();
  other.thread_id = 4712;
  REQUIRE(ledger->Add(other).ok());
  ledger->Remove(other.session_id, other.thread_id);
  ledger = absl::UnknownError("this relay is gone");
  const Ledger::Found found = Ledger::Open(folder.path() + "/state/doors")->ReadAll();
  REQUIRE(found.records.size() == 1);
  CHECK(found.records[0].session_id == "ses_01J");
  CHECK(found.records[0].target == "orders-prod");
  CHECK(found.records[0].account == "orders-bot");
  CHECK(found.records[0].user == "postern");
  CHECK(found.records[0].gateway == "gateway.example.com:8443");
  CHECK(found.records[0].thread_id == 4711);
  CHECK(found.records[0].server_identity == "db 1/3306/1");
  CHECK(found.records[0].opened_at == Record().opened_at);
  struct stat about{};
  REQUIRE(stat((folder.path() + "/state/doors").c_str(), &about) == 0);
  CHECK((about.st_mode & 0077) == 0);
}

TEST_CASE("two relays cannot share a ledger") {
  const Folder folder;
  auto one = Ledger::Open(folder.path());
  REQUIRE(one.ok());
  CHECK(Ledger::Open(folder.path()).status().code() == absl::StatusCode::kFailedPrecondition);
  one = absl::UnknownError("gone");
  CHECK(Ledger::Open(folder.path()).ok());
}

TEST_CASE("a session id cannot be a path") {
  CHECK(IsSessionId("ses_01JD3X6Y0V7Q4M3Z8T5N2K9BRA"));
  for (const char* id : {"", "../x", "a/b", "a.b", "a b", "a\n"}) CHECK_FALSE(IsSessionId(id));
  CHECK_FALSE(IsSessionId(std::string(65, 'a')));
  const Folder folder;
  auto ledger = Ledger::Open(folder.path());
  DoorRecord record = Record();
  record.session_id = "../escape";
  CHECK_FALSE(ledger->Add(record).ok());
}

TEST_CASE("a file that is no record is told of and left alone") {
  const Folder folder;
  auto ledger = Ledger::Open(folder.path());
  REQUIRE(ledger->Add(Record()).ok());
  std::ofstream(folder.path() + "/torn.door") << "door 1\nsession ses_";
  const Ledger::Found found = ledger->ReadAll();
  CHECK(found.records.size() == 1);
  REQUIRE(found.unreadable.size() == 1);
  CHECK(found.unreadable[0] == "torn.door");
}

TEST_CASE("every truncation of a record is refused or whole") {
  const std::string text = EncodeRecord(Record());
  REQUIRE(DecodeRecord(text).has_value());
  for (size_t size = 0; size < text.find("\nopened"); ++size) CHECK_FALSE(DecodeRecord(text.substr(0, size)).has_value());
}

}  // namespace
}  // namespace postern::relay
