#include "gateway/ctl/show_task.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace postern::ctl {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

v1::StartTaskResponse Started() {
  v1::StartTaskResponse started;
  started.set_user("bot+orders");
  started.set_password("tsk_secret");
  started.set_host("127.0.0.1");
  started.set_port(3306);
  v1::Task& task = *started.mutable_task();
  task.set_id("tsk_1");
  task.set_state(v1::Task::STATE_OPEN);
  task.set_agent("bot");
  task.set_target("orders");
  task.set_reason("nightly report");
  task.set_deadline_unix_ms(absl::ToUnixMillis(kNow + absl::Minutes(5)));
  (*task.mutable_labels())["model"] = "m1";
  return started;
}

TEST_CASE("what a program needs to log in stands under fixed names") {
  const nlohmann::ordered_json json = StartedJson(Started());
  CHECK(json["id"] == "tsk_1");
  CHECK(json["user"] == "bot+orders");
  CHECK(json["password"] == "tsk_secret");
  CHECK(json["host"] == "127.0.0.1");
  CHECK(json["port"] == 3306);
  CHECK(json["dsn"] == "mysql://bot%2Borders:tsk_secret@127.0.0.1:3306/");
  CHECK(json["deadline"] == "2027-01-15T08:05:00.000Z");
  CHECK(json["labels"]["model"] == "m1");
}

TEST_CASE("hosts are taken from addresses of every form") {
  CHECK(HostOf("gateway.example.com:8443") == "gateway.example.com");
  CHECK(HostOf("[::1]:8443") == "::1");
  v1::StartTaskResponse started = Started();
  started.set_host("::1");
  CHECK(DsnOf(started) == "mysql://bot%2Borders:tsk_secret@[::1]:3306/");
}

TEST_CASE("people get lines to paste, and a task's state in words") {
  std::ostringstream out;
  ShowStarted(Started(), kNow, out);
  for (const char* line : {"[client]", "user=bot+orders", "password=tsk_secret", "export MYSQL_HOST=127.0.0.1 MYSQL_TCP_PORT=3306"}) {
    CHECK(out.str().find(line) != std::string::npos);
  }
  v1::Task task = Started().task();
  CHECK(StateText(task, kNow) == "open (5m left)");
  task.set_state(v1::Task::STATE_ENDED);
  task.set_ended_because("ended");
  task.set_ended_by("ann");
  CHECK(StateText(task, kNow) == "ended: ended by ann");
  task.set_doors(2);
  task.set_doors_gone(1);
  std::ostringstream shown;
  ShowTask(task, kNow, shown);
  CHECK(shown.str().find("2 doors: 1 proven gone, 0 killed, 1 NOT PROVEN") != std::string::npos);
  CHECK(shown.str().find("model=m1") != std::string::npos);
}

}  // namespace
}  // namespace postern::ctl
