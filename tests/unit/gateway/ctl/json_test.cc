#include "gateway/ctl/json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "gateway/ctl/words.h"
#include "proto/postern/v1/access.pb.h"
#include "proto/postern/v1/approval.pb.h"

namespace postern::ctl {
namespace {

TEST_CASE("an approval's shape") {
  v1::Approval approval;
  approval.set_id("apr_1");
  approval.set_state(v1::Approval::STATE_PENDING);
  approval.set_statement("UPDATE t SET a='\xff'");
  approval.add_reviewers("dba");
  approval.set_created_at_unix_ms(1767322985678);
  v1::Vote& vote = *approval.add_votes();
  vote.set_reviewer("rita");
  vote.set_approve(true);
  const auto json = ToJson(approval);
  CHECK(json["id"] == "apr_1");
  CHECK(json["state"] == "pending");
  CHECK(json["statement"] == "UPDATE t SET a='\\xff'");
  CHECK(json["statement_base64"] == "VVBEQVRFIHQgU0VUIGE9J/8n");
  CHECK(json["reviewers"] == nlohmann::json::array({"dba"}));
  CHECK(json["created_at"] == "2026-01-02T03:03:05.678Z");
  CHECK(json["expires_at"].is_null());
  CHECK(json["votes"][0]["reviewer"] == "rita");
  CHECK(json["in_transaction"] == false);
}

TEST_CASE("a session's own fields stand at the top, its statements have ids and outcomes") {
  v1::SessionDetail detail;
  detail.mutable_session()->set_id("ses_1");
  detail.mutable_session()->set_state(v1::Session::STATE_CLOSED);
  detail.mutable_session()->set_statements(2);
  detail.mutable_session()->set_close_proof(v1::CloseProof::STATE_GONE);
  v1::StatementLine& line = *detail.add_statements();
  line.mutable_statement()->set_statement_id("stm_1");
  line.mutable_statement()->set_decision(v1::Statement::DECISION_ALLOW);
  line.mutable_outcome()->set_result(v1::Outcome::RESULT_OK);
  line.mutable_outcome()->set_rows(7);
  detail.add_statements();
  v1::DoorClosed& closed = *detail.add_doors_closed();
  closed.mutable_proof()->set_state(v1::CloseProof::STATE_GONE);
  closed.mutable_proof()->set_thread_id(1ULL << 63);
  const auto json = SessionJson(detail);
  CHECK(json["id"] == "ses_1");
  CHECK(json["state"] == "closed");
  CHECK(json["close_proof"] == "gone");
  CHECK(json["statement_count"] == 2);
  CHECK(json["statements"][0]["id"] == "stm_1");
  CHECK(json["statements"][0]["decision"] == "allow");
  CHECK(json["statements"][0]["outcome"]["rows"] == 7);
  CHECK(json["statements"][1]["outcome"].is_null());
  CHECK(json["doors_closed"][0]["proof"]["state"] == "gone");
  CHECK(json["doors_closed"][0]["proof"]["thread_id"] == (1ULL << 63));
}

TEST_CASE("a record names its event") {
  v1::Record record;
  record.set_at_unix_us(1767322985678901);
  (*record.mutable_session_opened()->mutable_client_attributes())["_client_name"] = "libmysql";
  const auto json = RecordJson(record);
  CHECK(json["at"] == "2026-01-02T03:03:05.678901Z");
  CHECK(json["event"] == "session_opened");
  CHECK(json["session_opened"]["client_attributes"]["_client_name"] == "libmysql");
  CHECK(Line(json).find('\n') == std::string::npos);
}

TEST_CASE("printed JSON is ASCII: it steers no terminal either") {
  v1::Approval approval;
  approval.set_statement("\x1b[2J\xe2\x80\xae");
  const std::string text = Pretty(ToJson(approval));
  for (const char byte : text) CHECK((byte == '\n' || (byte >= 0x20 && byte < 0x7f)));
  CHECK(nlohmann::json::parse(text)["statement"] == "\x1b[2J\xe2\x80\xae");
}

TEST_CASE("enum words and numbers go both ways") {
  CHECK(Word(v1::PRINCIPAL_KIND_PERSON) == "person");
  CHECK(Word(v1::ROLE_UNSPECIFIED).empty());
  CHECK(EnumFromWord(*v1::Role_descriptor(), "auditor") == v1::ROLE_AUDITOR);
  CHECK_FALSE(EnumFromWord(*v1::Role_descriptor(), "unspecified").has_value());
}

TEST_CASE("spans have two units at most") {
  CHECK(Span(absl::Milliseconds(250)) == "250ms");
  CHECK(Span(absl::Seconds(185)) == "3m 5s");
  CHECK(Span(absl::Hours(24)) == "1d");
  CHECK(Span(absl::Hours(24) + absl::Seconds(5)) == "1d");
}

}  // namespace
}  // namespace postern::ctl
