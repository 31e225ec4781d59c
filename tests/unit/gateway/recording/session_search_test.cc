#include "gateway/recording/session_search.h"

#include <catch2/catch.hpp>

#include "gateway/recording/session_index.h"
#include "gateway/store/sqlite/database.h"
#include "tests/unit/gateway/recording/journal_support.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::recording {
namespace {

v1::Record Opened(const std::string& session, const std::string& agent, int64_t at_ms) {
  v1::Record record;
  record.set_at_unix_us(at_ms * 1000);
  record.set_session_id(session);
  record.mutable_session_opened()->set_agent(agent);
  return record;
}

v1::Record Did(const std::string& session, const std::string& id, const std::string& verb, const std::string& object,
               v1::Statement::Decision decision, const std::string& text) {
  v1::Record record = StatementRecord(session, id, text);
  record.mutable_statement()->set_verb(verb);
  record.mutable_statement()->add_objects(object);
  record.mutable_statement()->set_decision(decision);
  return record;
}

// Three sessions: one reads orders, one was not let drop them, one updates customers in words of another alphabet.
class Index {
 public:
  Index() {
    Open();
    for (const v1::Record& record :
         {Opened("ses_a", "reader", 1000),
          Did("ses_a", "1", "select", "shop.orders", v1::Statement::DECISION_ALLOW, "SELECT total FROM orders WHERE note = 'very\"odd'"),
          Opened("ses_b", "bot", 2000),
          Did("ses_b", "1", "select", "shop.customers", v1::Statement::DECISION_ALLOW, "SELECT 1 FROM customers"),
          Did("ses_b", "2", "drop_table", "shop.orders", v1::Statement::DECISION_DENY, "DROP TABLE orders"),
          Opened("ses_c", "bot", 3000),
          Did("ses_c", "1", "update", "shop.customers", v1::Statement::DECISION_HOLD, "UPDATE customers SET name = 'Łódź \xFF' WHERE id = 7")}) {
      REQUIRE(AppendAndWait(*journal_, record).ok());
    }
  }
  ~Index() { index_.reset(); }

  void Open() {
    index_.reset();
    journal_.reset();
    journal_ = FileJournal::Open({.folder = temp_.path() / "journal", .segment_bytes = 500, .free_floor_bytes = 0}).value();
    index_ = SessionIndex::Open({.database = database(), .wait = absl::Seconds(60)}, journal_.get()).value();
  }

  std::string Find(const v1::ListSessionsRequest& filter) {
    const auto found = index_->List(filter);
    INFO(found.status().ToString());
    REQUIRE(found.ok());
    std::string ids;
    for (const v1::Session& session : *found) ids += session.id().substr(4);
    return ids;
  }
  std::filesystem::path database() const { return temp_.path() / "sessions.db"; }
  SessionIndex& index() { return *index_; }
  FileJournal& journal() { return *journal_; }

 private:
  TempFolder temp_;
  std::unique_ptr<FileJournal> journal_;
  std::unique_ptr<SessionIndex> index_;
};

v1::ListSessionsRequest Words(const std::string& text) {
  v1::ListSessionsRequest filter;
  filter.set_text(text);
  return filter;
}

TEST_CASE("sessions are found by words of their statements, newest first") {
  Index index;
  CHECK(index.Find(Words("orders")) == "ba");
  CHECK(index.Find(Words("FROM orders")) == "a");
  CHECK(index.Find(Words("łódź")) == "c");
  CHECK(index.Find(Words("ord")) == "");
  // Nothing in it is an operator of the search.
  for (const char* text : {"\"", "orders\" OR \"customers", "NEAR(orders", "orders*", "text:orders", "-orders", "(", ":", "very\"odd"}) {
    INFO(text);
    CHECK_NOTHROW(index.Find(Words(text)));
  }
  CHECK(index.Find(Words("orders\" OR \"customers")) == "");
}

TEST_CASE("verb, object, decision and words are of one and the same statement") {
  Index index;
  v1::ListSessionsRequest filter;
  filter.set_object("shop.orders");
  CHECK(index.Find(filter) == "ba");
  filter.set_verb("select");
  CHECK(index.Find(filter) == "a");
  filter.set_text("total");
  CHECK(index.Find(filter) == "a");
  filter.set_text("drop");
  CHECK(index.Find(filter) == "");
  v1::ListSessionsRequest refused;
  refused.set_decision(v1::Statement::DECISION_DENY);
  CHECK(index.Find(refused) == "b");
  refused.set_agent("reader");
  CHECK(index.Find(refused) == "");
}

TEST_CASE("sessions are found by when they were opened") {
  Index index;
  v1::ListSessionsRequest filter;
  filter.set_since_unix_ms(2000);
  CHECK(index.Find(filter) == "cb");
  filter.set_until_unix_ms(3000);
  CHECK(index.Find(filter) == "b");
}

TEST_CASE("an export has every record of the sessions that match") {
  Index index;
  const auto exported = [&](const v1::ListSessionsRequest& filter) {
    std::string text;
    REQUIRE(index.index()
                .Export(filter,
                        [&](const v1::Record& record) {
                          text += record.session_id().substr(4) + (record.has_session_opened() ? "!" : ".");
                          return true;
                        })
                .ok());
    return text;
  };
  CHECK(exported({}) == "c!c.b!b.b.a!a.");
  v1::ListSessionsRequest two;
  two.set_limit(2);
  CHECK(exported(two) == "c!c.b!b.b.");
  CHECK(exported(Words("customers")) == "c!c.b!b.b.");
}

TEST_CASE("an index of an older version is read anew from the journal") {
  Index index;
  {
    auto database = store::Database::Open(index.database(), store::Durability::kNormal);
    REQUIRE(database.ok());
    // As it was before statements could be searched.
    REQUIRE(database->Execute("DROP TABLE texts; DROP TABLE objects; DROP INDEX statements_by_verb; DROP INDEX statements_by_decision;"
                              "ALTER TABLE statements DROP COLUMN verb; ALTER TABLE statements DROP COLUMN decision;"
                              "PRAGMA user_version = 3")
                .ok());
  }
  index.Open();
  CHECK(index.Find(Words("orders")) == "ba");
  CHECK(index.Find({}) == "cba");
}

TEST_CASE("what was retired is found no more") {
  Index index;
  const uint32_t last = index.journal().durable_end().at.segment;
  REQUIRE(last >= 2);
  v1::Record closed;
  closed.set_session_id("ses_a");
  closed.mutable_session_closed()->set_reason("quit");
  v1::Record retired;
  retired.mutable_segment_retired()->set_segment(last);
  REQUIRE(AppendAndWait(index.journal(), closed).ok());
  REQUIRE(AppendAndWait(index.journal(), retired).ok());
  CHECK(index.Find(Words("orders")) == "");
  // Sessions that are still open are known, whatever became of their records.
  CHECK(index.Find({}).find('b') != std::string::npos);
}

}  // namespace
}  // namespace postern::recording
