#include "gateway/recording/session_index.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/store/sqlite/database.h"
#include "tests/unit/gateway/recording/journal_support.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::recording {
namespace {

v1::Record Of(const std::string& session) {
  v1::Record record;
  record.set_session_id(session);
  return record;
}

v1::Record Opened(const std::string& session, const std::string& agent = "bot", const std::string& target = "orders") {
  auto record = Of(session);
  record.mutable_session_opened()->set_agent(agent);
  record.mutable_session_opened()->set_target(target);
  record.mutable_session_opened()->set_client_address("192.0.2.1:4711");
  record.mutable_session_opened()->set_connection_id(17);
  return record;
}

v1::Record Closed(const std::string& session) {
  auto record = Of(session);
  record.mutable_session_closed()->set_reason("quit");
  return record;
}

v1::Record Decided(const std::string& session, const std::string& id, v1::Statement::Decision decision) {
  auto record = StatementRecord(session, id);
  record.mutable_statement()->set_decision(decision);
  return record;
}

v1::Record Ended(const std::string& session, const std::string& id, v1::Outcome::Result result) {
  auto record = Of(session);
  record.mutable_outcome()->set_statement_id(id);
  record.mutable_outcome()->set_result(result);
  return record;
}

v1::Record Door(const std::string& session, uint64_t thread) {
  auto record = Of(session);
  record.mutable_door_opened()->set_relay("relay-1");
  record.mutable_door_opened()->set_thread_id(thread);
  return record;
}

v1::Record Proof(const std::string& session, uint64_t thread, v1::CloseProof::State state,
                 const std::string& relay = "relay-1") {
  auto record = Of(session);
  record.mutable_door_closed()->set_relay(relay);
  record.mutable_door_closed()->mutable_proof()->set_thread_id(thread);
  record.mutable_door_closed()->mutable_proof()->set_state(state);
  return record;
}

// A journal with its index, which may be stopped and started.
class Recorder {
 public:
  Recorder() { Start(); }
  ~Recorder() { Stop(); }

  void Start() {
    auto journal = FileJournal::Open({.folder = folder(), .segment_bytes = 2000, .free_floor_bytes = 0});
    REQUIRE(journal.ok());
    journal_ = *std::move(journal);
    auto index = SessionIndex::Open({.database = database(), .wait = absl::Seconds(60)}, journal_.get());
    INFO(index.status().ToString());
    REQUIRE(index.ok());
    index_ = *std::move(index);
  }
  void Stop() {
    index_.reset();
    journal_.reset();
  }
  void Write(const v1::Record& record) { REQUIRE(AppendAndWait(*journal_, record).ok()); }
  void Post(const v1::Record& record) {
    journal_->Append(record, [](const absl::Status&) {});
  }

  std::vector<v1::Session> List(const v1::ListSessionsRequest& filter = {}) {
    auto sessions = index_->List(filter);
    INFO(sessions.status().ToString());
    REQUIRE(sessions.ok());
    return *std::move(sessions);
  }
  v1::SessionDetail Get(const std::string& id) {
    auto detail = index_->Get(id);
    INFO(detail.status().ToString());
    REQUIRE(detail.ok());
    return *std::move(detail);
  }
  std::vector<std::string> Replay(const std::string& id) {
    std::vector<std::string> records;
    const auto status = index_->Replay(id, [&](const v1::Record& record) {
      records.push_back(record.ShortDebugString());
      return true;
    });
    INFO(status.ToString());
    REQUIRE(status.ok());
    return records;
  }
  // Everything the index answers, as one text.
  std::string Everything() {
    std::string all;
    for (const auto& session : List()) {
      all += Get(session.id()).DebugString();
      for (const auto& record : Replay(session.id())) all += record + "\n";
    }
    return all;
  }

  // Sessions in the database, whether or not the index is whole.
  int64_t CountIndexed() {
    auto opened = store::Database::OpenForReading(database());
    REQUIRE(opened.ok());
    auto count = opened->Prepare("SELECT COUNT(*) FROM sessions");
    REQUIRE(count.ok());
    REQUIRE(count->Step().value());
    return count->Int(0);
  }

  SessionIndex& index() { return *index_; }
  std::filesystem::path folder() const { return temp_.path() / "journal"; }
  std::filesystem::path database() const { return temp_.path() / "sessions.db"; }

 private:
  TempFolder temp_;
  std::unique_ptr<FileJournal> journal_;
  std::unique_ptr<SessionIndex> index_;
};

std::vector<std::string> Ids(const std::vector<v1::Session>& sessions) {
  std::vector<std::string> ids;
  for (const auto& session : sessions) ids.push_back(session.id());
  return ids;
}

void WriteVariety(Recorder& recorder) {
  recorder.Write(Opened("ses_a"));
  recorder.Write(Decided("ses_a", "stm_1", v1::Statement::DECISION_ALLOW));
  recorder.Write(Door("ses_a", 41));
  recorder.Write(Opened("ses_b", "other", "stock"));
  recorder.Write(Ended("ses_a", "stm_1", v1::Outcome::RESULT_OK));
  recorder.Write(Decided("ses_a", "stm_2", v1::Statement::DECISION_DENY));
  recorder.Write(Ended("ses_a", "stm_2", v1::Outcome::RESULT_REFUSED));
  recorder.Write(Decided("ses_a", "stm_3", v1::Statement::DECISION_HOLD));
  recorder.Write(Ended("ses_a", "stm_3", v1::Outcome::RESULT_REFUSED));
  recorder.Write(Closed("ses_a"));
  recorder.Write(Proof("ses_a", 41, v1::CloseProof::STATE_GONE));
}

TEST_CASE("whoever wrote a record finds it at once") {
  Recorder recorder;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "ses_" + std::to_string(i);
    recorder.Write(Opened(id));
    CHECK(recorder.Get(id).session().state() == v1::Session::STATE_LIVE);
  }
}

TEST_CASE("a session is shown with what happened in it") {
  Recorder recorder;
  WriteVariety(recorder);
  const auto detail = recorder.Get("ses_a");
  const auto& session = detail.session();
  CHECK(session.agent() == "bot");
  CHECK(session.target() == "orders");
  CHECK(session.client_address() == "192.0.2.1:4711");
  CHECK(session.connection_id() == 17);
  CHECK(session.opened_at_unix_ms() > 0);
  CHECK(session.closed_at_unix_ms() >= session.opened_at_unix_ms());
  CHECK(session.close_reason() == "quit");
  CHECK(session.statements() == 3);
  // Denied by a rule, or by a reviewer: each counts once.
  CHECK(session.refused() == 2);
  CHECK(session.held() == 1);
  REQUIRE(detail.statements_size() == 3);
  for (int i = 0; i < 3; ++i) {
    CHECK(detail.statements(i).statement().statement_id() == "stm_" + std::to_string(i + 1));
    CHECK(detail.statements(i).outcome().statement_id() == "stm_" + std::to_string(i + 1));
  }
  REQUIRE(detail.doors_opened_size() == 1);
  CHECK(detail.doors_opened(0).relay() == "relay-1");
  REQUIRE(detail.doors_closed_size() == 1);
  CHECK(detail.doors_closed(0).proof().state() == v1::CloseProof::STATE_GONE);
}

TEST_CASE("a replay gives every record of the session and of no other") {
  Recorder recorder;
  WriteVariety(recorder);
  CHECK(recorder.Replay("ses_a").size() == 10);
  CHECK(recorder.Replay("ses_b").size() == 1);
  int seen = 0;
  CHECK(recorder.index().Replay("ses_a", [&](const v1::Record&) { return ++seen < 3; }).ok());
  CHECK(seen == 3);
  CHECK(absl::IsNotFound(recorder.index().Replay("ses_x", [](const v1::Record&) { return true; })));
  CHECK(absl::IsNotFound(recorder.index().Get("ses_x").status()));
}

TEST_CASE("a list is newest first, filtered and limited") {
  Recorder recorder;
  WriteVariety(recorder);
  recorder.Write(Opened("ses_c"));
  v1::ListSessionsRequest filter;
  CHECK(Ids(recorder.List(filter)) == std::vector<std::string>{"ses_c", "ses_b", "ses_a"});
  filter.set_limit(2);
  CHECK(Ids(recorder.List(filter)) == std::vector<std::string>{"ses_c", "ses_b"});
  filter.set_agent("bot");
  CHECK(Ids(recorder.List(filter)) == std::vector<std::string>{"ses_c", "ses_a"});
  filter.set_state(v1::Session::STATE_CLOSED);
  CHECK(Ids(recorder.List(filter)) == std::vector<std::string>{"ses_a"});
  filter.set_target("stock");
  CHECK(recorder.List(filter).empty());
  filter.Clear();
  filter.set_target("stock");
  filter.set_state(v1::Session::STATE_LIVE);
  CHECK(Ids(recorder.List(filter)) == std::vector<std::string>{"ses_b"});
}

TEST_CASE("a session is closed only when every door it opened is proven closed") {
  Recorder recorder;
  recorder.Write(Opened("ses_a"));
  recorder.Write(Door("ses_a", 41));
  recorder.Write(Door("ses_a", 42));
  recorder.Write(Proof("ses_a", 41, v1::CloseProof::STATE_KILLED));
  CHECK(recorder.Get("ses_a").session().state() == v1::Session::STATE_LIVE);
  recorder.Write(Closed("ses_a"));
  auto session = recorder.Get("ses_a").session();
  CHECK(session.state() == v1::Session::STATE_CLOSING);
  CHECK(session.close_proof() == v1::CloseProof::STATE_UNSPECIFIED);
  v1::ListSessionsRequest closing;
  closing.set_state(v1::Session::STATE_CLOSING);
  CHECK(Ids(recorder.List(closing)) == std::vector<std::string>{"ses_a"});

  recorder.Write(Proof("ses_a", 42, v1::CloseProof::STATE_GONE));
  session = recorder.Get("ses_a").session();
  CHECK(session.state() == v1::Session::STATE_CLOSED);
  // The worse of the two.
  CHECK(session.close_proof() == v1::CloseProof::STATE_KILLED);
  CHECK(recorder.List(closing).empty());
}

TEST_CASE("a proof that comes again counts once, and one without an opening is not lost") {
  Recorder recorder;
  recorder.Write(Opened("ses_a"));
  recorder.Write(Door("ses_a", 41));
  recorder.Write(Closed("ses_a"));
  recorder.Write(Proof("ses_a", 41, v1::CloseProof::STATE_UNPROVEN));
  recorder.Write(Proof("ses_a", 41, v1::CloseProof::STATE_GONE));
  auto detail = recorder.Get("ses_a");
  CHECK(detail.doors_closed_size() == 1);
  CHECK(detail.session().close_proof() == v1::CloseProof::STATE_GONE);
  recorder.Write(Proof("ses_a", 99, v1::CloseProof::STATE_UNPROVEN));
  detail = recorder.Get("ses_a");
  CHECK(detail.doors_opened_size() == 1);
  CHECK(detail.doors_closed_size() == 2);
  CHECK(detail.session().close_proof() == v1::CloseProof::STATE_UNPROVEN);
}

TEST_CASE("no other relay can prove that a door is closed") {
  Recorder recorder;
  recorder.Write(Opened("ses_a"));
  recorder.Write(Door("ses_a", 41));
  recorder.Write(Closed("ses_a"));
  recorder.Write(Proof("ses_a", 41, v1::CloseProof::STATE_GONE, "relay-2"));
  CHECK(recorder.Get("ses_a").session().state() == v1::Session::STATE_CLOSING);
  recorder.Write(Proof("ses_a", 41, v1::CloseProof::STATE_GONE));
  CHECK(recorder.Get("ses_a").session().state() == v1::Session::STATE_CLOSED);
}

TEST_CASE("refused logins and admin actions are no sessions; anything else recorded is in sight") {
  Recorder recorder;
  auto refused = Of("ses_x");
  refused.mutable_login_refused()->set_user("bot");
  recorder.Write(refused);
  v1::Record admin;
  admin.mutable_admin_action()->set_who("alice");
  recorder.Write(admin);
  CHECK(recorder.List().empty());
  recorder.Write(StatementRecord("ses_lost", "stm_1"));
  CHECK(Ids(recorder.List()) == std::vector<std::string>{"ses_lost"});
  CHECK(recorder.Replay("ses_lost").size() == 1);
}

TEST_CASE("sessions that an earlier life left open are closed at the next start, once") {
  Recorder recorder;
  WriteVariety(recorder);
  recorder.Write(Opened("ses_c"));
  recorder.Write(Door("ses_c", 7));
  recorder.Stop();
  recorder.Start();
  auto closed = recorder.index().CloseLeftOpen();
  REQUIRE(closed.ok());
  CHECK(*closed == 2);
  CHECK(recorder.Get("ses_b").session().state() == v1::Session::STATE_CLOSED);
  CHECK(recorder.Get("ses_b").session().close_reason() == "gateway died");
  // Its door may still be open as far as anyone knows, until the relay's proof arrives.
  CHECK(recorder.Get("ses_c").session().state() == v1::Session::STATE_CLOSING);
  recorder.Write(Proof("ses_c", 7, v1::CloseProof::STATE_GONE));
  CHECK(recorder.Get("ses_c").session().state() == v1::Session::STATE_CLOSED);
  CHECK(recorder.Get("ses_a").session().close_reason() == "quit");
  closed = recorder.index().CloseLeftOpen();
  REQUIRE(closed.ok());
  CHECK(*closed == 0);
}

TEST_CASE("an index that is gone, broken, stale or another journal's is built anew, the same") {
  Recorder recorder;
  WriteVariety(recorder);
  const std::string before = recorder.Everything();
  Recorder other;
  for (int i = 0; i < 40; ++i) other.Write(Opened("ses_other"));
  (void)other.List();
  const auto database = recorder.database();

  SECTION("kept") { recorder.Stop(); }
  SECTION("deleted while stopped") {
    recorder.Stop();
    std::filesystem::remove(database);
  }
  SECTION("no database at all") {
    recorder.Stop();
    WriteFile(database, std::string(9000, 'x'));
  }
  SECTION("of a journal that is longer") {
    recorder.Stop();
    other.Stop();
    std::filesystem::copy_file(other.database(), database, std::filesystem::copy_options::overwrite_existing);
  }
  SECTION("of a journal that is shorter") {
    Recorder shorter;
    shorter.Write(Opened("ses_short"));
    (void)shorter.List();
    recorder.Stop();
    shorter.Stop();
    std::filesystem::copy_file(shorter.database(), database, std::filesystem::copy_options::overwrite_existing);
  }
  recorder.Start();
  // A reader during the rebuilding may be told to come again.
  while (!recorder.index().List({}).ok()) std::this_thread::yield();
  CHECK(recorder.Everything() == before);
}

TEST_CASE("what was written while no index ran is found by the next one") {
  Recorder recorder;
  WriteVariety(recorder);
  (void)recorder.List();
  recorder.Stop();
  {
    auto journal = FileJournal::Open({.folder = recorder.folder(), .free_floor_bytes = 0});
    REQUIRE(journal.ok());
    REQUIRE(AppendAndWait(**journal, Opened("ses_late")).ok());
  }
  recorder.Start();
  CHECK(recorder.Get("ses_late").session().agent() == "bot");
}

TEST_CASE("damage in the journal hides nothing that stands before it, and is said") {
  Recorder recorder;
  WriteVariety(recorder);
  for (int i = 0; i < 30; ++i) recorder.Write(Opened("ses_" + std::to_string(i)));
  recorder.Stop();
  std::filesystem::remove(recorder.database());
  const auto segment = recorder.folder() / "00000001.pjl";
  std::string bytes = ReadFile(segment);
  // In the middle of what the index, gone, must read again; the last segment is another one.
  REQUIRE(std::filesystem::exists(recorder.folder() / "00000002.pjl"));
  bytes[bytes.size() - 5] = static_cast<char>(bytes[bytes.size() - 5] ^ 1);
  WriteFile(segment, bytes);
  recorder.Start();
  const auto status = recorder.index().List({}).status();
  CHECK(absl::IsUnavailable(status));
  CHECK(status.ToString().find("00000001.pjl is damaged at offset") != std::string::npos);
  CHECK(recorder.CountIndexed() > 2);
  CHECK(recorder.CountIndexed() < 32);
}

TEST_CASE("an index that breaks while it runs is built anew") {
  Recorder recorder;
  WriteVariety(recorder);
  recorder.Stop();
  // The first page, with the schema, stays; the tables behind it go.
  std::string bytes = ReadFile(recorder.database());
  REQUIRE(bytes.size() > 3 * 4096);
  std::fill(bytes.begin() + 2 * 4096, bytes.end(), '\xA5');
  WriteFile(recorder.database(), bytes);
  recorder.Start();
  recorder.Write(Opened("ses_new"));
  while (!recorder.index().List({}).ok()) std::this_thread::yield();
  CHECK(recorder.Get("ses_new").session().agent() == "bot");
  CHECK(recorder.Replay("ses_a").size() == 10);
}

TEST_CASE("a detail stays small however much was recorded, and a replay is whole") {
  Recorder recorder;
  recorder.Write(Opened("ses_a"));
  const std::string text = "SELECT '" + std::string(100'000, 'x') + "'";
  for (int i = 0; i < 5; ++i) recorder.Write(StatementRecord("ses_a", "long_" + std::to_string(i), text));
  for (int i = 0; i < 1000; ++i) {
    auto record = StatementRecord("ses_a", std::to_string(i), text.substr(0, 3900));
    record.mutable_statement()->set_forwarded(text.substr(0, 3900));
    // Not waiting for each: they are durable by the time of the last.
    if (i < 999)
      recorder.Post(record);
    else
      recorder.Write(record);
  }
  const auto detail = recorder.Get("ses_a");
  CHECK(detail.ByteSizeLong() < (4 << 20));
  CHECK(detail.statements_size() > 300);
  CHECK(detail.statements(detail.statements_size() - 1).statement().statement_id() == "999");
  CHECK(detail.session().statements() == 1005);
  size_t bytes = 0;
  CHECK(recorder.index()
            .Replay("ses_a",
                    [&](const v1::Record& record) {
                      bytes += record.statement().text().size();
                      return true;
                    })
            .ok());
  CHECK(bytes == 5 * text.size() + 1000 * 3900);
}

TEST_CASE("a long text is cut in the detail") {
  Recorder recorder;
  recorder.Write(Opened("ses_a"));
  recorder.Write(StatementRecord("ses_a", "1", std::string(100'000, 'x')));
  const auto text = recorder.Get("ses_a").statements(0).statement().text();
  CHECK(text == std::string(4096, 'x') + "…");
}

TEST_CASE("readers and writers may come together") {
  Recorder recorder;
  std::vector<std::thread> threads;
  std::atomic<int> found{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string id = "ses_" + std::to_string(t) + "_" + std::to_string(i);
        recorder.Post(Opened(id));
        if (!recorder.index().List({}).ok()) return;
        ++found;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(found == 100);
  recorder.Write(Opened("ses_last"));
  v1::ListSessionsRequest all;
  all.set_limit(1000);
  CHECK(recorder.List(all).size() == 101);
}

}  // namespace
}  // namespace postern::recording
