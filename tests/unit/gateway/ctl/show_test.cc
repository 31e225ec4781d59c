#include <catch2/catch.hpp>
#include <sstream>

#include "gateway/ctl/replay_text.h"
#include "gateway/ctl/show_approval.h"
#include "gateway/ctl/show_session.h"

namespace postern::ctl {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1767322985000);

v1::Approval Hostile() {
  v1::Approval approval;
  approval.set_id("apr_1");
  approval.set_state(v1::Approval::STATE_PENDING);
  approval.set_agent("bot\x1b]0;x\x07");
  approval.set_target("orders");
  approval.set_rule("writes");
  approval.set_statement("UPDATE t -- \x1b[1A\x1b[2K\nstate  approved");
  approval.set_approvals_needed(1);
  approval.set_expires_at_unix_ms(absl::ToUnixMillis(kNow + absl::Minutes(9)));
  v1::Parameter& parameter = *approval.add_parameters();
  parameter.set_value("\x1b[31m\xff");
  return approval;
}

TEST_CASE("a hostile held statement reaches no reviewer's terminal raw, in any view") {
  std::ostringstream out;
  ShowApproval(Hostile(), kNow, out);
  google::protobuf::RepeatedPtrField<v1::Approval> list;
  *list.Add() = Hostile();
  ListApprovals(list, kNow, out);
  AnnounceApproval(Hostile(), kNow, out);
  for (const char byte : out.str()) {
    const bool printable = byte == '\n' || byte < 0 || (byte >= 0x20 && byte < 0x7f);
    CHECK(printable);
  }
  CHECK(out.str().find("\n    state  approved\n") != std::string::npos);
  CHECK(out.str().find("\\x1b[31m\\xff") != std::string::npos);
  CHECK(out.str().find("in 9m") != std::string::npos);
  CHECK(out.str().find("pending (0 of 1 votes)") != std::string::npos);
}

TEST_CASE("a table's columns line up, wide letters too") {
  google::protobuf::RepeatedPtrField<v1::Session> sessions;
  v1::Session& first = *sessions.Add();
  first.set_id("ses_1");
  first.set_agent("数数");
  first.set_target("x");
  v1::Session& second = *sessions.Add();
  second.set_id("ses_22");
  second.set_agent("bot");
  second.set_target("x");
  std::ostringstream out;
  ListSessions(sessions, out);
  std::istringstream lines(out.str());
  std::string head, one, two;
  std::getline(lines, head);
  std::getline(lines, one);
  std::getline(lines, two);
  CHECK(head.find("ID      STATE  AGENT  TARGET") == 0);
  CHECK(one.find("ses_1   -      数数   x ") == 0);
  CHECK(two.find("ses_22  -      bot    x ") == 0);
}

TEST_CASE("a session tells its doors and their proof in words") {
  v1::SessionDetail detail;
  std::ostringstream none;
  ShowSession(detail, none);
  CHECK(none.str().find("no database connection was opened") != std::string::npos);

  detail.mutable_session()->set_state(v1::Session::STATE_CLOSED);
  detail.mutable_session()->set_door_opened(true);
  detail.add_doors_opened()->set_thread_id(42);
  std::ostringstream unproven;
  ShowSession(detail, unproven);
  CHECK(unproven.str().find("has not proven yet") != std::string::npos);

  v1::CloseProof& proof = *detail.add_doors_closed()->mutable_proof();
  proof.set_thread_id(42);
  proof.set_state(v1::CloseProof::STATE_GONE);
  std::ostringstream proven;
  ShowSession(detail, proven);
  CHECK(proven.str().find("the thread is not there") != std::string::npos);
  proof.set_state(v1::CloseProof::STATE_UNPROVEN);
  proof.set_error("no second connection");
  CHECK(ProofText(proof).find("NOT PROVEN") == 0);
}

TEST_CASE("a statement tells who decided and what became of it") {
  v1::SessionDetail detail;
  v1::StatementLine& line = *detail.add_statements();
  line.mutable_statement()->set_statement_id("stm_1");
  line.mutable_statement()->set_command("COM_QUERY");
  line.mutable_statement()->set_text("SELECT 1");
  line.mutable_statement()->set_decision(v1::Statement::DECISION_ALLOW);
  line.mutable_statement()->set_rule("reads");
  line.mutable_outcome()->set_result(v1::Outcome::RESULT_OK);
  line.mutable_outcome()->set_rows(1);
  line.mutable_outcome()->set_total_us(1500);
  line.mutable_outcome()->set_server_us(900);
  std::ostringstream out;
  ShowSession(detail, out);
  CHECK(out.str().find("allow by rule reads; ok: 1 row, in 1500us (server 900us)") != std::string::npos);
}

TEST_CASE("a replay gives the time since the first record") {
  v1::Record record;
  record.set_at_unix_us(2'500'000);
  record.mutable_statement()->set_text("SELECT\n1");
  record.mutable_statement()->set_forwarded("SELECT 1");
  std::ostringstream out;
  TellRecord(record, 1'000'000, out);
  CHECK(out.str().find("+1.500000") != std::string::npos);
  CHECK(out.str().find("forwarded as:") != std::string::npos);
}

}  // namespace
}  // namespace postern::ctl
