// One run: a task of the canary's, a session on the gateway's own port, and what became of both.
//
// Blocks for as long as it takes, a minute or two at the worst; one thread. Whatever happens, its task has ended when it returns.
#ifndef POSTERN_GATEWAY_VERIFICATION_TARGET_RUN_H_
#define POSTERN_GATEWAY_VERIFICATION_TARGET_RUN_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/approval/approvals.h"
#include "gateway/policy/in_force.h"
#include "gateway/recording/file_journal.h"
#include "gateway/recording/session_index.h"
#include "gateway/tasks/tasks.h"
#include "gateway/verification/canary_client.h"
#include "gateway/verification/checks.h"
#include "gateway/verification/options.h"
#include "gateway/verification/stop_signal.h"
#include "proto/postern/v1/verification.pb.h"

namespace postern::verification {

// What a run needs of the gateway; all of it outlives the run.
struct RunParts {
  tasks::Tasks& tasks;
  approval::Approvals& approvals;
  const policy::PolicyInForce& policy;
  recording::SessionIndex& sessions;
  recording::FileJournal& journal;
  recording::PublicKey journal_key;
  std::function<absl::StatusOr<Address>()> address;  // of the MySQL port now
};

class TargetRun {
 public:
  // Told of each check's result as soon as there is one.
  using Tell = std::function<void(const v1::VerificationRun&)>;

  // `run` has its id and target.
  TargetRun(const RunParts& parts, const TargetPlan& plan, v1::VerificationRun run, StopSignal& stop, Tell tell);

  // With a result for every check. What a stop cut short is not reached.
  v1::VerificationRun Run();

 private:
  bool OpenTask();
  bool Connect();
  bool Read();
  void ReadMasked();
  void TryHeld();
  Judgement TakeBack(const std::string& approval_id);
  void EndTask();
  Judgement JudgeEnd();
  v1::Task AwaitTaskEnd();
  void LookAtRecord();
  absl::StatusOr<std::vector<v1::Record>> Records();
  Judgement JudgeRecording();
  Judgement JudgeSignature();

  Reply Send(const std::string& sql);
  // Gives the check its result, unless it has one.
  void Set(v1::VerificationCheck::Kind kind, const Judgement& judgement);
  v1::VerificationCheck& CheckOf(v1::VerificationCheck::Kind kind);

  const RunParts& parts_;
  const TargetPlan& plan_;
  v1::VerificationRun run_;
  StopSignal& stop_;
  const Tell tell_;
  const identity::Principal who_;

  std::string password_;
  CanaryClient client_;
  recording::Cursor from_;  // where the journal was when the run began
  std::vector<std::string> sent_;
  std::optional<Reply> masked_;  // to the query of the masked column, if it was sent
  std::vector<v1::Record> records_;
};

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_TARGET_RUN_H_
