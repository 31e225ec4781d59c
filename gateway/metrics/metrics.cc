#include "gateway/metrics/metrics.h"

#include <prometheus/text_serializer.h>

#include <map>
#include <sstream>

#include "common/sql/facts/verb.h"
#include "gateway/verification/words.h"

namespace postern::metrics {
namespace {

// A policy has fewer; what is beyond would cost memory for ever.
constexpr size_t kMostRules = 500;
constexpr size_t kMostRuleBytes = 128;

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

// Seconds: a fast disk's fdatasync is at the low end, a sick one's at the other.
const prometheus::Histogram::BucketBoundaries kAppendSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

// "read" for "select"; "none" for what is no statement, or was not understood.
std::string GroupOfVerb(const std::string& verb) {
  static const auto groups = [] {
    std::map<std::string_view, std::string_view> made;
    for (size_t i = 1; i < sql::kVerbCount; ++i) {
      const auto one = static_cast<sql::Verb>(i);
      made[sql::VerbName(one)] = sql::GroupName(sql::GroupOf(one));
    }
    return made;
  }();
  const auto found = groups.find(verb);
  return found == groups.end() ? "none" : std::string(found->second);
}

std::string DecisionWord(v1::Statement::Decision decision) {
  switch (decision) {
    case v1::Statement::DECISION_ALLOW: return "allow";
    case v1::Statement::DECISION_HOLD: return "hold";
    default: return "deny";
  }
}

std::string VerdictWord(v1::ApprovalDecided::Verdict verdict) {
  switch (verdict) {
    case v1::ApprovalDecided::VERDICT_APPROVED: return "approved";
    case v1::ApprovalDecided::VERDICT_DENIED: return "denied";
    case v1::ApprovalDecided::VERDICT_EXPIRED: return "expired";
    default: return "void";
  }
}

std::string ProofWord(v1::CloseProof::State state) {
  switch (state) {
    case v1::CloseProof::STATE_GONE: return "gone";
    case v1::CloseProof::STATE_KILLED: return "killed";
    default: return "unproven";
  }
}

}  // namespace

Metrics::Metrics()
    : statements_(BuildCounter().Name("postern_statements_total").Help("Commands of agents, by what was decided and the verb's group.").Register(registry_)),
      refusals_(BuildCounter().Name("postern_refusals_total").Help("Statements that were denied, by the rule that decided.").Register(registry_)),
      approvals_(BuildCounter().Name("postern_approvals_total").Help("Held statements and requested tasks, by what became of them.").Register(registry_)),
      logins_(BuildCounter().Name("postern_logins_total").Help("Sessions of agents that began, by how the agent proved itself.").Register(registry_)),
      login_failures_(BuildCounter().Name("postern_login_failures_total").Help("Proofs of identity that were no good, on either port, by what was shown.").Register(registry_)),
      doors_closed_(BuildCounter().Name("postern_doors_closed_total").Help("Database connections that were closed, by what the proof says.").Register(registry_)),
      journal_failures_(BuildCounter().Name("postern_journal_append_failures_total").Help("Records that could not be made durable.").Register(registry_)),
      webhook_deliveries_(BuildCounter().Name("postern_webhook_deliveries_total").Help("Tries to deliver to webhooks, and deliveries that were given up.").Register(registry_)),
      stream_records_(BuildCounter().Name("postern_stream_records_total").Help("Records of the journal that were streamed.").Register(registry_)),
      stream_failures_(BuildCounter().Name("postern_stream_failures_total").Help("Failures of the stream; what failed is tried again.").Register(registry_)),
      stream_gaps_(BuildCounter().Name("postern_stream_gaps_total").Help("How often records were deleted before they were streamed.").Register(registry_)),
      journal_append_(BuildHistogram().Name("postern_journal_append_seconds").Help("From a record's arrival until it is durable.").Register(registry_).Add({}, kAppendSeconds)),
      sessions_(BuildGauge().Name("postern_sessions").Help("Sessions of agents now.").Register(registry_).Add({})),
      doors_(BuildGauge().Name("postern_doors").Help("Database connections open now.").Register(registry_).Add({})),
      held_(BuildGauge().Name("postern_held_statements").Help("Held statements and requested tasks that wait now.").Register(registry_).Add({})),
      journal_writable_(BuildGauge().Name("postern_journal_writable").Help("1 while the journal can be written; else statements are refused.").Register(registry_).Add({})),
      relay_connected_(BuildGauge().Name("postern_relay_connected").Help("1 while the relay is connected.").Register(registry_)),
      webhook_waiting_(BuildGauge().Name("postern_webhook_waiting").Help("Deliveries that wait now.").Register(registry_)),
      stream_lag_(BuildGauge().Name("postern_stream_lag_seconds").Help("Since all that was recorded had been streamed.").Register(registry_)),
      verification_runs_(BuildCounter().Name("postern_verification_runs_total").Help("Runs of the standing verification, by their result.").Register(registry_)),
      verification_passed_(BuildGauge().Name("postern_verification_passed").Help("1 if the check passed in the target's last run.").Register(registry_)),
      verification_last_passed_(BuildGauge().Name("postern_verification_last_success_timestamp_seconds").Help("When a run of the target passed last; 0 until one did.").Register(registry_)) {
  // So that a rate can be told from the first one on.
  for (const char* kind : {"token", "oidc", "task", "certificate", "other", "none"}) login_failures_.Add({{"kind", kind}});
  for (const char* proof : {"gone", "killed", "unproven"}) doors_closed_.Add({{"proof", proof}});
  journal_failures_.Add({});
}

void Metrics::Count(const v1::Record& record) {
  switch (record.event_case()) {
    case v1::Record::kStatement: return CountStatement(record.statement());
    case v1::Record::kApprovalDecided: return approvals_.Add({{"verdict", VerdictWord(record.approval_decided().verdict())}}).Increment();
    case v1::Record::kSessionOpened: return logins_.Add({{"kind", record.session_opened().identity_kind()}}).Increment();
    case v1::Record::kDoorClosed: return doors_closed_.Add({{"proof", ProofWord(record.door_closed().proof().state())}}).Increment();
    default: return;
  }
}

void Metrics::CountStatement(const v1::Statement& statement) {
  statements_.Add({{"decision", DecisionWord(statement.decision())}, {"group", GroupOfVerb(statement.verb())}}).Increment();
  if (statement.decision() == v1::Statement::DECISION_DENY) refusals_.Add({{"rule", RuleLabel(statement.rule())}}).Increment();
}

std::string Metrics::RuleLabel(const std::string& rule) {
  if (rule.size() > kMostRuleBytes) return "other";
  std::lock_guard lock(rules_mutex_);
  if (rules_.size() >= kMostRules && !rules_.contains(rule)) return "other";
  rules_.insert(rule);
  return rule;
}

void Metrics::JournalTook(absl::Duration time, bool durable) {
  journal_append_.Observe(absl::ToDoubleSeconds(time));
  if (!durable) journal_failures_.Add({}).Increment();
}

void Metrics::LoginFailed(std::string_view kind) { login_failures_.Add({{"kind", std::string(kind)}}).Increment(); }

void Metrics::ExpectWebhook(const std::string& webhook) {
  for (const char* result : {"delivered", "failed", "dead"}) webhook_deliveries_.Add({{"webhook", webhook}, {"result", result}});
}

void Metrics::WebhookTried(const std::string& webhook, std::string_view result) {
  webhook_deliveries_.Add({{"webhook", webhook}, {"result", std::string(result)}}).Increment();
}

void Metrics::ShowStream(const StreamNow& now) {
  const auto raise = [](Counters& family, uint64_t to) {
    prometheus::Counter& counter = family.Add({});
    counter.Increment(static_cast<double>(to) - counter.Value());
  };
  raise(stream_records_, now.records);
  raise(stream_failures_, now.failures);
  raise(stream_gaps_, now.gaps);
  stream_lag_.Add({}).Set(absl::ToDoubleSeconds(now.lag));
}

void Metrics::ExpectVerification(const std::string& target) {
  for (const char* result : {"passed", "failed"}) verification_runs_.Add({{"target", target}, {"result", result}});
  verification_last_passed_.Add({{"target", target}});
}

void Metrics::Verified(const v1::VerificationRun& run) {
  const bool passed = run.state() == v1::VerificationRun::STATE_PASSED;
  verification_runs_.Add({{"target", run.target()}, {"result", passed ? "passed" : "failed"}}).Increment();
  for (const v1::VerificationCheck& check : run.checks()) {
    if (check.result() == v1::VerificationCheck::RESULT_NOT_CONFIGURED) continue;
    const bool good = check.result() == v1::VerificationCheck::RESULT_PASSED;
    verification_passed_.Add({{"target", run.target()}, {"check", verification::KindWord(check.kind())}}).Set(good ? 1 : 0);
  }
  if (passed) verification_last_passed_.Add({{"target", run.target()}}).Set(static_cast<double>(run.ended_at_unix_ms()) / 1000);
}

std::string Metrics::Text(const Now& now) {
  std::lock_guard lock(scrape_mutex_);
  sessions_.Set(static_cast<double>(now.sessions));
  doors_.Set(static_cast<double>(now.doors));
  held_.Set(static_cast<double>(now.held));
  journal_writable_.Set(now.journal_writable ? 1 : 0);
  for (const std::string& relay : now.relays) relay_connected_.Add({{"relay", relay}}).Set(now.connected.contains(relay) ? 1 : 0);
  for (const auto& [webhook, waiting] : now.webhooks_waiting) webhook_waiting_.Add({{"webhook", webhook}}).Set(static_cast<double>(waiting));
  if (now.stream) ShowStream(*now.stream);
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, registry_.Collect());
  return text.str();
}

}  // namespace postern::metrics
