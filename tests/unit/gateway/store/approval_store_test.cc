// One suite over every approval store.
#include "gateway/store/approval_store.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/store/sqlite/sqlite_approval_store.h"
#include "tests/support/memory_approval_store.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::store {
namespace {

struct InSqlite {
  InSqlite() {
    auto opened = SqliteApprovalStore::Open(temp.path() / "approvals.db");
    REQUIRE(opened.ok());
    store = *std::move(opened);
  }
  TempFolder temp;
  std::unique_ptr<ApprovalStore> store;
};

struct InMemory {
  std::unique_ptr<ApprovalStore> store = std::make_unique<MemoryApprovalStore>();
};

v1::Approval Approval(const std::string& id, v1::Approval::State state = v1::Approval::STATE_PENDING) {
  v1::Approval approval;
  approval.set_id(id);
  approval.set_state(state);
  approval.set_statement(std::string("UPDATE t SET a = '\0\xFF'", 22));
  approval.set_binding("00ff");
  return approval;
}

std::vector<std::string> Ids(ApprovalStore& store) {
  const auto loaded = store.LoadAll();
  REQUIRE(loaded.ok());
  std::vector<std::string> ids;
  for (const v1::Approval& approval : *loaded) ids.push_back(approval.id());
  return ids;
}

TEMPLATE_TEST_CASE("approvals are loaded as they were saved last, in the order they came", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Save(std::vector{Approval("apr_2"), Approval("apr_1")}, {}).ok());
  REQUIRE(backend.store->Save(std::vector{Approval("apr_3"), Approval("apr_2", v1::Approval::STATE_DENIED)}, {}).ok());
  CHECK(Ids(*backend.store) == std::vector<std::string>{"apr_2", "apr_1", "apr_3"});
  const auto loaded = backend.store->LoadAll();
  CHECK(loaded->at(0).state() == v1::Approval::STATE_DENIED);
  CHECK(loaded->at(1).SerializeAsString() == Approval("apr_1").SerializeAsString());
}

TEMPLATE_TEST_CASE("what is forgotten is gone, and what never was there may be forgotten", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Save(std::vector{Approval("apr_1"), Approval("apr_2")}, {}).ok());
  REQUIRE(backend.store->Save(std::vector{Approval("apr_3")}, std::vector<std::string>{"apr_1", "apr_9"}).ok());
  CHECK(Ids(*backend.store) == std::vector<std::string>{"apr_2", "apr_3"});
}

TEMPLATE_TEST_CASE("an approval without an id is not saved, nor what came with it", "", InSqlite, InMemory) {
  TestType backend;
  CHECK(absl::IsInvalidArgument(backend.store->Save(std::vector{Approval("apr_1"), Approval("")}, {})));
  CHECK(Ids(*backend.store).empty());
}

TEST_CASE("approvals outlive the process that kept them") {
  TempFolder temp;
  {
    auto store = SqliteApprovalStore::Open(temp.path() / "approvals.db");
    REQUIRE(store.ok());
    REQUIRE((*store)->Save(std::vector{Approval("apr_1")}, {}).ok());
  }
  auto store = SqliteApprovalStore::Open(temp.path() / "approvals.db");
  REQUIRE(store.ok());
  CHECK(Ids(**store) == std::vector<std::string>{"apr_1"});
}

}  // namespace
}  // namespace postern::store
