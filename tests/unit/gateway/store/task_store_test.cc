// One suite over every task store.
#include "gateway/store/task_store.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/store/sqlite/sqlite_task_store.h"
#include "tests/support/memory_task_store.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::store {
namespace {

struct InSqlite {
  InSqlite() {
    auto opened = SqliteTaskStore::Open(temp.path() / "tasks.db");
    REQUIRE(opened.ok());
    store = *std::move(opened);
  }
  TempFolder temp;
  std::unique_ptr<TaskStore> store;
};

struct InMemory {
  std::unique_ptr<TaskStore> store = std::make_unique<MemoryTaskStore>();
};

StoredTask TaskNumber(int number, v1::Task::State state = v1::Task::STATE_OPEN) {
  StoredTask stored;
  stored.task.set_id("tsk_" + std::to_string(number));
  stored.task.set_state(state);
  stored.task.set_agent(number % 2 == 0 ? "even" : "odd");
  stored.task.set_target("orders");
  stored.task.set_reason("because");
  (*stored.task.mutable_labels())["model"] = "m1";
  stored.task.mutable_budgets()->set_rows(100);
  stored.lookup = "lookup" + std::to_string(number);
  stored.digest = std::string("\0\xFF", 2) + std::string(30, static_cast<char>(number));
  return stored;
}

std::vector<std::string> Ids(const absl::StatusOr<std::vector<v1::Task>>& tasks) {
  REQUIRE(tasks.ok());
  std::vector<std::string> ids;
  for (const v1::Task& task : *tasks) ids.push_back(task.id());
  return ids;
}

TEMPLATE_TEST_CASE("what lives is loaded, whole and oldest first", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Insert(TaskNumber(1)).ok());
  REQUIRE(backend.store->Insert(TaskNumber(2, v1::Task::STATE_ENDED)).ok());
  REQUIRE(backend.store->Insert(TaskNumber(3, v1::Task::STATE_REQUESTED)).ok());
  REQUIRE(backend.store->Insert(TaskNumber(4, v1::Task::STATE_REFUSED)).ok());
  REQUIRE(backend.store->Insert(TaskNumber(5, v1::Task::STATE_CLOSING)).ok());
  const auto loaded = backend.store->LoadLive();
  REQUIRE(loaded.ok());
  REQUIRE(loaded->size() == 3);
  CHECK((*loaded)[0].task.SerializeAsString() == TaskNumber(1).task.SerializeAsString());
  CHECK((*loaded)[0].lookup == TaskNumber(1).lookup);
  CHECK((*loaded)[0].digest == TaskNumber(1).digest);
  CHECK((*loaded)[1].task.id() == "tsk_3");
  CHECK((*loaded)[2].task.id() == "tsk_5");
}

TEMPLATE_TEST_CASE("a task's id or lookup is taken once, and what could not be used is not inserted", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Insert(TaskNumber(1)).ok());
  StoredTask same_lookup = TaskNumber(2);
  same_lookup.lookup = "lookup1";
  CHECK(absl::IsAlreadyExists(backend.store->Insert(TaskNumber(1))));
  CHECK(absl::IsAlreadyExists(backend.store->Insert(same_lookup)));
  StoredTask bad = TaskNumber(3);
  SECTION("no id") { bad.task.clear_id(); }
  SECTION("no agent") { bad.task.clear_agent(); }
  SECTION("no target") { bad.task.clear_target(); }
  SECTION("no lookup") { bad.lookup.clear(); }
  SECTION("short digest") { bad.digest.pop_back(); }
  CHECK(absl::IsInvalidArgument(backend.store->Insert(bad)));
}

TEMPLATE_TEST_CASE("a saved task is as it was saved, wherever it is looked for", "", InSqlite, InMemory) {
  TestType backend;
  REQUIRE(backend.store->Insert(TaskNumber(1)).ok());
  REQUIRE(backend.store->Insert(TaskNumber(2)).ok());
  v1::Task over = TaskNumber(1).task;
  over.set_state(v1::Task::STATE_ENDED);
  over.mutable_spent()->set_rows(7);
  v1::Task unknown = TaskNumber(9).task;
  const std::vector<v1::Task> both = {over, unknown};
  REQUIRE(backend.store->Save(both).ok());
  CHECK(backend.store->Get("tsk_1")->spent().rows() == 7);
  CHECK(absl::IsNotFound(backend.store->Get("tsk_9").status()));
  CHECK(backend.store->LoadLive()->size() == 1);
  CHECK(backend.store->Save({}).ok());
}

TEMPLATE_TEST_CASE("tasks are listed newest first, by agent, target and state", "", InSqlite, InMemory) {
  TestType backend;
  for (int i = 1; i <= 4; ++i) {
    REQUIRE(backend.store->Insert(TaskNumber(i, i < 3 ? v1::Task::STATE_ENDED : v1::Task::STATE_OPEN)).ok());
  }
  v1::ListTasksRequest filter;
  CHECK(Ids(backend.store->List(filter, 3)) == std::vector<std::string>{"tsk_4", "tsk_3", "tsk_2"});
  filter.set_agent("odd");
  CHECK(Ids(backend.store->List(filter, 10)) == std::vector<std::string>{"tsk_3", "tsk_1"});
  filter.set_state(v1::Task::STATE_ENDED);
  CHECK(Ids(backend.store->List(filter, 10)) == std::vector<std::string>{"tsk_1"});
  filter.set_target("elsewhere");
  CHECK(Ids(backend.store->List(filter, 10)).empty());
}

TEST_CASE("tasks outlive the process that kept them") {
  TempFolder temp;
  {
    auto store = SqliteTaskStore::Open(temp.path() / "tasks.db");
    REQUIRE(store.ok());
    REQUIRE((*store)->Insert(TaskNumber(1)).ok());
  }
  auto store = SqliteTaskStore::Open(temp.path() / "tasks.db");
  REQUIRE(store.ok());
  CHECK((*store)->LoadLive()->size() == 1);
}

}  // namespace
}  // namespace postern::store
