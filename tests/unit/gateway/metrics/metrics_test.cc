#include "gateway/metrics/metrics.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "gateway/metrics/counted_journal.h"

namespace postern::metrics {
namespace {

bool Says(Metrics& metrics, const std::string& line, const Now& now = {}) { return metrics.Text(now).find(line + "\n") != std::string::npos; }

v1::Record StatementOf(v1::Statement::Decision decision, const std::string& verb, const std::string& rule = "") {
  v1::Record record;
  record.mutable_statement()->set_decision(decision);
  record.mutable_statement()->set_verb(verb);
  record.mutable_statement()->set_rule(rule);
  return record;
}

TEST_CASE("records are counted by what they say") {
  Metrics metrics;
  metrics.Count(StatementOf(v1::Statement::DECISION_ALLOW, "select"));
  metrics.Count(StatementOf(v1::Statement::DECISION_DENY, "drop_table", "never"));
  metrics.Count(StatementOf(v1::Statement::DECISION_DENY, "", "unparsed"));
  v1::Record closed;
  closed.mutable_door_closed()->mutable_proof()->set_state(v1::CloseProof::STATE_UNPROVEN);
  metrics.Count(closed);
  v1::Record decided;
  decided.mutable_approval_decided()->set_verdict(v1::ApprovalDecided::VERDICT_APPROVED);
  metrics.Count(decided);
  metrics.LoginFailed("oidc");
  CHECK(Says(metrics, R"(postern_statements_total{decision="allow",group="read"} 1)"));
  CHECK(Says(metrics, R"(postern_statements_total{decision="deny",group="ddl"} 1)"));
  CHECK(Says(metrics, R"(postern_statements_total{decision="deny",group="none"} 1)"));
  CHECK(Says(metrics, R"(postern_refusals_total{rule="never"} 1)"));
  CHECK(Says(metrics, R"(postern_doors_closed_total{proof="unproven"} 1)"));
  CHECK(Says(metrics, R"(postern_doors_closed_total{proof="gone"} 0)"));
  CHECK(Says(metrics, R"(postern_approvals_total{verdict="approved"} 1)"));
  CHECK(Says(metrics, R"(postern_login_failures_total{kind="oidc"} 1)"));
}

TEST_CASE("a target that is verified is there from the start, and each check of its last run") {
  Metrics metrics;
  metrics.ExpectVerification("orders");
  CHECK(Says(metrics, R"(postern_verification_last_success_timestamp_seconds{target="orders"} 0)"));
  CHECK(Says(metrics, R"(postern_verification_runs_total{result="failed",target="orders"} 0)"));
  v1::VerificationRun run;
  run.set_target("orders");
  run.set_ended_at_unix_ms(1'700'000'000'500);
  for (const auto kind : {v1::VerificationCheck::KIND_HOLD, v1::VerificationCheck::KIND_MASK, v1::VerificationCheck::KIND_RECORDING}) run.add_checks()->set_kind(kind);
  run.mutable_checks(0)->set_result(v1::VerificationCheck::RESULT_FAILED);
  run.mutable_checks(1)->set_result(v1::VerificationCheck::RESULT_NOT_CONFIGURED);
  run.mutable_checks(2)->set_result(v1::VerificationCheck::RESULT_NOT_REACHED);
  run.set_state(v1::VerificationRun::STATE_FAILED);
  metrics.Verified(run);
  CHECK(Says(metrics, R"(postern_verification_passed{check="hold",target="orders"} 0)"));
  CHECK(Says(metrics, R"(postern_verification_passed{check="recording",target="orders"} 0)"));
  CHECK(metrics.Text({}).find("check=\"mask\"") == std::string::npos);
  CHECK(Says(metrics, R"(postern_verification_runs_total{result="failed",target="orders"} 1)"));
  CHECK(Says(metrics, R"(postern_verification_last_success_timestamp_seconds{target="orders"} 0)"));
  for (v1::VerificationCheck& check : *run.mutable_checks()) check.set_result(v1::VerificationCheck::RESULT_PASSED);
  run.set_state(v1::VerificationRun::STATE_PASSED);
  metrics.Verified(run);
  CHECK(Says(metrics, R"(postern_verification_passed{check="hold",target="orders"} 1)"));
  CHECK(Says(metrics, R"(postern_verification_runs_total{result="passed",target="orders"} 1)"));
  CHECK(metrics.Text({}).find("last_success_timestamp_seconds{target=\"orders\"} 1700000000.5") != std::string::npos);
}

TEST_CASE("what is now is told at each scrape, and a relay that is gone is zero") {
  Metrics metrics;
  CHECK(Says(metrics, "postern_sessions 3", {.sessions = 3}));
  CHECK(Says(metrics, R"(postern_relay_connected{relay="eu"} 1)", {.connected = {"eu"}, .relays = {"eu"}}));
  CHECK(Says(metrics, R"(postern_relay_connected{relay="eu"} 0)", {.relays = {"eu"}}));
  CHECK(Says(metrics, "postern_journal_writable 1", {.journal_writable = true}));
}

TEST_CASE("webhooks are counted by name, from nothing on, and the stream by what it says of itself") {
  Metrics metrics;
  metrics.ExpectWebhook("pager");
  metrics.WebhookTried("pager", "failed");
  metrics.WebhookTried("pager", "delivered");
  metrics.WebhookTried("pager", "failed");
  CHECK(Says(metrics, R"(postern_webhook_deliveries_total{result="failed",webhook="pager"} 2)"));
  CHECK(Says(metrics, R"(postern_webhook_deliveries_total{result="dead",webhook="pager"} 0)"));
  Now now{.webhooks_waiting = {{"pager", 3}}};
  CHECK(Says(metrics, R"(postern_webhook_waiting{webhook="pager"} 3)", now));
  CHECK_FALSE(Says(metrics, "postern_stream_records_total 7"));
  now.stream = StreamNow{.records = 7, .failures = 1, .gaps = 0, .lag = absl::Milliseconds(1500)};
  for (int scrape = 0; scrape < 2; ++scrape) {
    CHECK(Says(metrics, "postern_stream_records_total 7", now));
    CHECK(Says(metrics, "postern_stream_lag_seconds 1.5", now));
  }
}

TEST_CASE("rules without number do not become metrics without number") {
  Metrics metrics;
  for (int i = 0; i < 600; ++i) metrics.Count(StatementOf(v1::Statement::DECISION_DENY, "select", "rule-" + std::to_string(i)));
  metrics.Count(StatementOf(v1::Statement::DECISION_DENY, "select", std::string(1000, 'x')));
  CHECK(Says(metrics, R"(postern_refusals_total{rule="rule-7"} 1)"));
  CHECK(Says(metrics, R"(postern_refusals_total{rule="other"} 101)"));
}

// Answers with what the test says.
class OneAnswer final : public recording::Journal {
 public:
  void Append(const v1::Record&, Done done) override { done(answer); }
  absl::Status Health() const override { return answer; }
  absl::Status answer;
};

TEST_CASE("the journal's time and failures are counted, and its answer is passed on") {
  Metrics metrics;
  OneAnswer real;
  CountedJournal journal(real, metrics);
  absl::Status told = absl::UnknownError("not called");
  journal.Append({}, [&](absl::Status status) { told = std::move(status); });
  CHECK(told.ok());
  real.answer = absl::ResourceExhaustedError("full");
  journal.Append({}, [&](absl::Status status) { told = std::move(status); });
  CHECK(absl::IsResourceExhausted(told));
  CHECK(Says(metrics, "postern_journal_append_seconds_count 2"));
  CHECK(Says(metrics, "postern_journal_append_failures_total 1"));
}

}  // namespace
}  // namespace postern::metrics
