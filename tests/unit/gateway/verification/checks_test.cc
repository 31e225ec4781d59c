#include "gateway/verification/checks.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "common/mysql/message/column.h"
#include "common/mysql/wire/writer.h"

namespace postern::verification {
namespace {

constexpr mysql::Capabilities kNegotiated = mysql::capability::kProtocol41 | mysql::capability::kTransactions | mysql::capability::kDeprecateEof;

Reply Err(const std::string& message) {
  mysql::TextReply reply(kNegotiated);
  REQUIRE(reply.OnPacket(mysql::AsBytes(mysql::ErrPacket{1142, "42000", message}.Encode())).ok());
  return reply;
}

Reply Changed(uint64_t rows) {
  mysql::TextReply reply(kNegotiated);
  mysql::OkPacket ok;
  ok.affected_rows = rows;
  REQUIRE(reply.OnPacket(mysql::AsBytes(ok.Encode(kNegotiated))).ok());
  return reply;
}

Reply Rows(const std::vector<std::string>& values) {
  mysql::TextReply reply(kNegotiated);
  REQUIRE(reply.OnPacket(mysql::AsBytes(mysql::ColumnCount{1}.Encode())).ok());
  REQUIRE(reply.OnPacket(mysql::AsBytes(mysql::ColumnDefinition41{}.Encode())).ok());
  for (const std::string& value : values) {
    std::string row;
    mysql::Writer(row).LenencText(value);
    REQUIRE(reply.OnPacket(mysql::AsBytes(row)).ok());
  }
  mysql::OkPacket end;
  end.ends_rows = true;
  REQUIRE(reply.OnPacket(mysql::AsBytes(end.Encode(kNegotiated))).ok());
  return reply;
}

const Reply kBroken = absl::UnavailableError("the gateway closed the connection");

TEST_CASE("a refusal names its approval if the statement was held, and only then") {
  CHECK(ApprovalOf("Held: … [postern decision=held rule=w approval=apr_1 retry=same-statement]") == "apr_1");
  CHECK(ApprovalOf("no [postern decision=deny rule=never approval=apr_1]") == "");
  CHECK(ApprovalOf("the text says decision=held approval=apr_9") == "");
  CHECK(ApprovalOf("[postern decision=held approval=apr_9] then [postern decision=deny rule=never]") == "");
  CHECK(ApprovalOf("") == "");
}

TEST_CASE("a write passes when it was held, and by nothing else") {
  CHECK(JudgeHeld(Err("[postern decision=held rule=w approval=apr_1 retry=same-statement]")).passed);
  const Judgement ran = JudgeHeld(Changed(2));
  CHECK_FALSE(ran.passed);
  CHECK(ran.detail.find("let through") != std::string::npos);
  CHECK(JudgeHeld(Err("[postern decision=deny rule=never statement=stm_1]")).detail.find("refused, not held") != std::string::npos);
  CHECK_FALSE(JudgeHeld(kBroken).passed);
}

TEST_CASE("what was held must have been taken back") {
  v1::Approval approval;
  approval.set_state(v1::Approval::STATE_VOID);
  approval.set_rule("writes");
  CHECK(JudgeTakenBack(approval).passed);
  for (const auto state : {v1::Approval::STATE_PENDING, v1::Approval::STATE_APPROVED, v1::Approval::STATE_DENIED, v1::Approval::STATE_EXPIRED}) {
    approval.set_state(state);
    CHECK_FALSE(JudgeTakenBack(approval).passed);
  }
  approval.set_state(v1::Approval::STATE_VOID);
  approval.set_used_at_unix_ms(1);
  CHECK_FALSE(JudgeTakenBack(approval).passed);
}

TEST_CASE("a task has closed when each of its connections is proven gone, and there was one") {
  v1::Task task;
  task.set_state(v1::Task::STATE_ENDED);
  CHECK_FALSE(JudgeConnection(task).passed);
  task.set_doors(2);
  task.set_doors_gone(1);
  CHECK(JudgeConnection(task).detail.find("1 of 2") != std::string::npos);
  CHECK_FALSE(JudgeConnection(task).passed);
  task.set_doors_killed(1);
  CHECK(JudgeConnection(task).passed);
  CHECK(JudgeConnection(task).detail.find("killed") != std::string::npos);
  task.set_sessions_live(1);
  CHECK_FALSE(JudgeConnection(task).passed);
  task.set_sessions_live(0);
  task.set_state(v1::Task::STATE_CLOSING);
  CHECK_FALSE(JudgeConnection(task).passed);
}

v1::Record StatementRecord(const std::string& id, const std::string& text, v1::Statement::Decision decision = v1::Statement::DECISION_ALLOW) {
  v1::Record record;
  record.mutable_statement()->set_statement_id(id);
  record.mutable_statement()->set_text(text);
  record.mutable_statement()->set_decision(decision);
  return record;
}

v1::Record OutcomeRecord(const std::string& id, v1::Outcome::Result result = v1::Outcome::RESULT_OK) {
  v1::Record record;
  record.mutable_outcome()->set_statement_id(id);
  record.mutable_outcome()->set_result(result);
  return record;
}

TEST_CASE("a masked value passes when it is not shown and the record says by which mask") {
  const MaskedCanary canary{.sql = "SELECT email", .expect_not = "ann@example.com"};
  std::vector<v1::Record> records = {StatementRecord("stm_1", "SELECT 1"), OutcomeRecord("stm_1"), StatementRecord("stm_2", "SELECT email"), OutcomeRecord("stm_2")};
  CHECK_FALSE(JudgeMasked(canary, Rows({"a***@example.com"}), records).passed);
  records[1].mutable_outcome()->add_masks("shop.other: redact");
  CHECK_FALSE(JudgeMasked(canary, Rows({"a***@example.com"}), records).passed);
  records[3].mutable_outcome()->add_masks("shop.customers.email: email");
  CHECK(JudgeMasked(canary, Rows({"a***@example.com"}), records).passed);

  const Judgement clear = JudgeMasked(canary, Rows({"x", "<ann@example.com>"}), records);
  CHECK_FALSE(clear.passed);
  CHECK(clear.detail.find("ann@") == std::string::npos);
  CHECK_FALSE(JudgeMasked(canary, Rows({}), records).passed);
  CHECK_FALSE(JudgeMasked(canary, Err("no"), records).passed);
  CHECK_FALSE(JudgeMasked(canary, kBroken, records).passed);
}

// The record of a run in which all went well.
std::vector<v1::Record> Whole() {
  std::vector<v1::Record> records(1);
  records[0].mutable_session_opened()->set_agent("postern-verification");
  records[0].mutable_session_opened()->set_target("orders");
  records.push_back(StatementRecord("stm_1", "SELECT 1"));
  records.emplace_back().mutable_door_opened();
  records.push_back(OutcomeRecord("stm_1"));
  records.push_back(StatementRecord("stm_2", "DELETE", v1::Statement::DECISION_HOLD));
  v1::Record& requested = records.emplace_back();
  requested.mutable_approval_requested()->set_approval_id("apr_1");
  requested.mutable_approval_requested()->set_statement_id("stm_2");
  records.push_back(OutcomeRecord("stm_2", v1::Outcome::RESULT_REFUSED));
  v1::Record& decided = records.emplace_back();
  decided.mutable_approval_decided()->set_approval_id("apr_1");
  decided.mutable_approval_decided()->set_verdict(v1::ApprovalDecided::VERDICT_VOID);
  records.emplace_back().mutable_session_closed();
  records.emplace_back().mutable_door_closed()->mutable_proof()->set_state(v1::CloseProof::STATE_GONE);
  for (v1::Record& record : records) record.set_task_id("tsk_1");
  return records;
}

const Expected kExpected{.agent = "postern-verification",
                         .target = "orders",
                         .task_id = "tsk_1",
                         .statements = {"SELECT 1", "DELETE"},
                         .approval_id = "apr_1",
                         .door_proven = true};

TEST_CASE("a record with everything in it lacks nothing, and without any one of them it does") {
  CHECK(Missing(kExpected, Whole()) == "");
  for (size_t i = 0; i < Whole().size(); ++i) {
    auto records = Whole();
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
    INFO(Whole()[i].ShortDebugString());
    CHECK(Missing(kExpected, records) != "");
  }
}

TEST_CASE("a record that contradicts what was done is not what is wanted") {
  const auto changed = [](const std::function<void(std::vector<v1::Record>&)>& change) {
    auto records = Whole();
    change(records);
    return Missing(kExpected, records);
  };
  CHECK(changed([](auto& all) { all[0].mutable_session_opened()->set_agent("bot"); }) != "");
  CHECK(changed([](auto& all) { all[3].set_task_id("tsk_2"); }) != "");
  CHECK(changed([](auto& all) { all[1].mutable_statement()->set_text("SELECT 2"); }) != "");
  CHECK(changed([](auto& all) { all[4].mutable_statement()->set_decision(v1::Statement::DECISION_ALLOW); }) != "");
  CHECK(changed([](auto& all) { all[6].mutable_outcome()->set_result(v1::Outcome::RESULT_OK); }) != "");
  CHECK(changed([](auto& all) { all[7].mutable_approval_decided()->set_verdict(v1::ApprovalDecided::VERDICT_APPROVED); }) != "");
  CHECK(changed([](auto& all) { all[9].mutable_door_closed()->mutable_proof()->set_state(v1::CloseProof::STATE_UNPROVEN); }) != "");
}

}  // namespace
}  // namespace postern::verification
