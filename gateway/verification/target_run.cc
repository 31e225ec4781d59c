#include "gateway/verification/target_run.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <memory>
#include <utility>

#include "common/mysql/flow/secret.h"
#include "gateway/identity/reserved_names.h"
#include "gateway/policy/access.h"
#include "gateway/recording/verify/verify_journal.h"

namespace postern::verification {
namespace {

using Check = v1::VerificationCheck;

// Longer than a run takes: a gateway that dies in the middle leaves a task behind for so long at most.
constexpr absl::Duration kLongest = absl::Minutes(5);
// For the answer to one statement.
constexpr absl::Duration kPatience = absl::Seconds(30);
// Tasks wait 15 s for proofs of close.
constexpr absl::Duration kEndPatience = absl::Seconds(30);
// For what was told in memory to be in the journal and its index.
constexpr absl::Duration kRecordPatience = absl::Seconds(15);
constexpr absl::Duration kLook = absl::Milliseconds(50);

identity::Principal Canary(const v1::VerificationRun& run, const TargetPlan& plan) {
  identity::Principal who;
  who.name = identity::kVerificationAgent;
  who.kind = v1::PRINCIPAL_KIND_AGENT;
  who.groups = plan.groups;
  who.targets = {run.target()};
  who.identity_kind = identity::kVerification;
  who.identity_id = run.id();
  who.expires_at = absl::Now() + kLongest;
  return who;
}

std::string Words(const absl::Status& status) { return std::string(status.message()); }

}  // namespace

TargetRun::TargetRun(const RunParts& parts, const TargetPlan& plan, v1::VerificationRun run, StopSignal& stop, Tell tell)
    : parts_(parts), plan_(plan), run_(std::move(run)), stop_(stop), tell_(std::move(tell)), who_(Canary(run_, plan)), client_(kPatience) {
  for (const Check::Kind kind : {Check::KIND_CONNECTION, Check::KIND_HOLD, Check::KIND_MASK, Check::KIND_RECORDING}) run_.add_checks()->set_kind(kind);
  if (!plan_.masked) CheckOf(Check::KIND_MASK).set_result(Check::RESULT_NOT_CONFIGURED);
}

v1::VerificationRun TargetRun::Run() {
  tell_(run_);
  from_ = parts_.journal.durable_end();
  stop_.Interrupt([this] { client_.Cancel(); });
  if (OpenTask()) {
    if (Connect() && Read()) {
      if (plan_.masked) ReadMasked();
      TryHeld();
    }
    EndTask();
    if (!sent_.empty()) LookAtRecord();
  }
  stop_.Interrupt(nullptr);
  for (v1::VerificationCheck& check : *run_.mutable_checks()) {
    if (check.result() == Check::RESULT_UNSPECIFIED) check.set_result(Check::RESULT_NOT_REACHED);
  }
  return std::move(run_);
}

// As an agent would start it, but that nobody is asked: who verifies waits for no reviewer.
bool TargetRun::OpenTask() {
  const auto terms = policy::AccessFor(*parts_.policy.Current(), who_.name, who_.groups, run_.target());
  if (!terms || terms->open != policy::Open::kAutomatic) {
    Set(Check::KIND_CONNECTION, Failed(absl::StrCat("the policy has no access entry that opens the target to ", who_.name, " automatically")));
    return false;
  }
  v1::StartTaskRequest request;
  request.set_target(run_.target());
  request.set_reason("standing verification");
  request.set_run_id(run_.id());
  auto made = parts_.tasks.Start(request, who_);
  if (!made.ok()) {
    Set(Check::KIND_CONNECTION, Failed("no task could be started: " + Words(made.status())));
    return false;
  }
  password_ = std::move(made->password);
  run_.set_task_id(made->task.id());
  return true;
}

bool TargetRun::Connect() {
  mysql::Secret password(password_);
  mysql::WipeString(password_);
  auto address = parts_.address();
  absl::Status connected = address.status();
  if (address.ok()) connected = client_.Connect(*std::move(address), who_.name + "+" + run_.target(), std::move(password));
  if (connected.ok()) return true;
  Set(Check::KIND_CONNECTION, Failed("the login failed: " + Words(connected)));
  return false;
}

bool TargetRun::Read() {
  const std::string problem = Problem(Send(plan_.read));
  if (problem.empty()) return true;
  Set(Check::KIND_CONNECTION, Failed("the read failed: " + problem));
  return false;
}

// Judged once the record is there.
void TargetRun::ReadMasked() { masked_.emplace(Send(plan_.masked->sql)); }

// Within a transaction that is rolled back: what meets no row, and would not be kept if it did.
void TargetRun::TryHeld() {
  if (const std::string problem = Problem(Send("START TRANSACTION")); !problem.empty()) {
    return Set(Check::KIND_HOLD, Failed("no transaction could be begun: " + problem));
  }
  const Reply reply = Send(plan_.held);
  Judgement judgement = JudgeHeld(reply);
  if (judgement.passed) {
    run_.set_approval_id(ApprovalOf(reply->error()->message));
    judgement = TakeBack(run_.approval_id());
  }
  const std::string problem = Problem(Send("ROLLBACK"));
  if (judgement.passed && !problem.empty()) judgement = Failed("the transaction could not be rolled back: " + problem);
  Set(Check::KIND_HOLD, judgement);
}

Judgement TargetRun::TakeBack(const std::string& approval_id) {
  parts_.approvals.Void(approval_id, "the standing verification took it back");
  auto approval = parts_.approvals.Get(approval_id);
  for (const absl::Time until = absl::Now() + kRecordPatience; approval.ok() && approval->state() == v1::Approval::STATE_PENDING && absl::Now() < until;) {
    if (!stop_.Rest(kLook)) break;
    approval = parts_.approvals.Get(approval_id);
  }
  return approval.ok() ? JudgeTakenBack(*approval) : Failed("nothing is known of the approval: " + Words(approval.status()));
}

void TargetRun::EndTask() {
  const auto ended = parts_.tasks.End(run_.task_id(), who_);
  if (!ended.ok()) return Set(Check::KIND_CONNECTION, Failed("the task was not open any more: " + Words(ended.status())));
  if (sent_.empty() || stop_.stopped()) return;
  Set(Check::KIND_CONNECTION, JudgeEnd());
}

// The agent's side first: it did not hang up, the gateway must.
Judgement TargetRun::JudgeEnd() {
  const absl::Status hung_up = client_.AwaitEnd();
  const v1::Task task = AwaitTaskEnd();
  if (!hung_up.ok()) return Failed("the agent's own connection stayed open after the task's end");
  return JudgeConnection(task);
}

v1::Task TargetRun::AwaitTaskEnd() {
  const absl::Time until = absl::Now() + kEndPatience;
  for (;;) {
    auto task = parts_.tasks.Get(run_.task_id(), who_);
    const bool over = task.ok() && task->state() == v1::Task::STATE_ENDED;
    if (over || absl::Now() >= until || !stop_.Rest(kLook)) return task.ok() ? *std::move(task) : v1::Task();
  }
}

// What was told in memory is durable in a moment: the last of it comes after the session's end.
void TargetRun::LookAtRecord() {
  if (stop_.stopped()) return;
  const Judgement recording = JudgeRecording();
  if (masked_) Set(Check::KIND_MASK, JudgeMasked(*plan_.masked, *masked_, records_));
  Set(Check::KIND_RECORDING, recording);
}

Judgement TargetRun::JudgeRecording() {
  const Expected expected{.agent = who_.name,
                          .target = run_.target(),
                          .task_id = run_.task_id(),
                          .statements = sent_,
                          .approval_id = run_.approval_id(),
                          .door_proven = CheckOf(Check::KIND_CONNECTION).result() == Check::RESULT_PASSED};
  const absl::Time until = absl::Now() + kRecordPatience;
  for (;;) {
    auto records = Records();
    std::string missing = records.ok() ? Missing(expected, *records) : Words(records.status());
    if (records.ok()) records_ = *std::move(records);
    if (missing.empty()) return JudgeSignature();
    if (absl::Now() >= until || !stop_.Rest(kLook)) return Failed(std::move(missing));
  }
}

absl::StatusOr<std::vector<v1::Record>> TargetRun::Records() {
  if (run_.session_id().empty()) {
    v1::ListSessionsRequest filter;
    filter.set_task_id(run_.task_id());
    filter.set_agent(who_.name);
    const auto sessions = parts_.sessions.List(filter);
    if (!sessions.ok()) return sessions.status();
    if (sessions->size() != 1) return absl::NotFoundError(absl::StrCat(sessions->size(), " sessions of the task are in the record, there was one"));
    run_.set_session_id(sessions->front().id());
  }
  std::vector<v1::Record> records;
  const absl::Status read = parts_.sessions.Replay(run_.session_id(), [&](const v1::Record& record) {
    records.push_back(record);
    return true;
  });
  if (!read.ok()) return read;
  return records;
}

// Every byte since the run began, and those before it in the same segment: chained, and signed by the key that this gateway has.
Judgement TargetRun::JudgeSignature() {
  const recording::Position end = parts_.journal.durable_end().at;
  if (const absl::Status wrote = recording::SignAndWait(parts_.journal); !wrote.ok()) return Failed("the journal could not be signed: " + Words(wrote));
  recording::VerifyOptions options;
  options.pinned = {parts_.journal_key};
  options.from_segment = from_.at.segment;
  const auto report = recording::VerifyJournal(parts_.journal.folder(), options);
  if (!report.ok()) return Failed("the journal could not be read: " + Words(report.status()));
  if (!report->findings.empty()) {
    const recording::Finding& first = report->findings.front();
    return Failed(absl::StrCat("the journal is damaged: ", first.file, ", offset ", first.offset, ": ", first.what));
  }
  if (!report->last_checkpoint || report->last_checkpoint->end.at < end) return Failed("no checkpoint covers the run's records");
  return Passed(absl::StrCat(records_.size(), " records, chained and signed; segments ", report->first_segment, " to ", report->last_segment, " are whole"));
}

Reply TargetRun::Send(const std::string& sql) {
  sent_.push_back(sql);
  return client_.Query(sql);
}

void TargetRun::Set(v1::VerificationCheck::Kind kind, const Judgement& judgement) {
  v1::VerificationCheck& check = CheckOf(kind);
  // What a stop broke off says nothing of the target.
  if (check.result() != Check::RESULT_UNSPECIFIED || (stop_.stopped() && !judgement.passed)) return;
  check.set_result(judgement.passed ? Check::RESULT_PASSED : Check::RESULT_FAILED);
  check.set_detail(judgement.detail);
  tell_(run_);
}

v1::VerificationCheck& TargetRun::CheckOf(v1::VerificationCheck::Kind kind) {
  for (v1::VerificationCheck& check : *run_.mutable_checks()) {
    if (check.kind() == kind) return check;
  }
  return *run_.add_checks();
}

}  // namespace postern::verification
