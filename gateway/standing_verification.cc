// Gateway: how it verifies itself.
#include <absl/time/clock.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "common/observability/log.h"
#include "common/tls/pinned_context.h"
#include "gateway/gateway.h"
#include "gateway/verification/result_record.h"
#include "gateway/verification/words.h"

namespace postern {

void Gateway::OpenVerification() {
  const verification::Options& options = config_.verification;
  verification_parts_ = std::make_unique<verification::RunParts>(verification::RunParts{.tasks = *tasks_,
                                                                                        .approvals = *approvals_,
                                                                                        .policy = *policy_,
                                                                                        .sessions = *sessions_,
                                                                                        .journal = *journal_,
                                                                                        .journal_key = journal_key_,
                                                                                        .address = [this] { return OwnAddress(); }});
  std::set<std::string> targets;
  for (const auto& [target, relays] : config_.targets) targets.insert(target);
  verification_ = std::make_unique<verification::Verification>(
      options, targets,
      verification::Verification::Work{
          .run = [this](const verification::TargetPlan& plan, v1::VerificationRun run, verification::StopSignal& stop, verification::Verification::Tell tell) {
            return verification::TargetRun(*verification_parts_, plan, std::move(run), stop, std::move(tell)).Run();
          },
          .ended = [this](v1::VerificationRun& run) { OnVerified(run); }});
  for (const auto& [target, plan] : options.targets) metrics_.ExpectVerification(target);
  for (const std::string& target : targets) {
    if (!options.targets.contains(target)) log::Info("standing verification is not configured for a target", {{"target", target}});
  }
}

absl::StatusOr<verification::Address> Gateway::OwnAddress() const {
  const std::string& host = config_.mysql.listen.host;
  verification::Address address{.ip = host, .port = mysql_port_, .tls = nullptr};
  if (host.empty() || host == "0.0.0.0") address.ip = "127.0.0.1";
  if (host == "::") address.ip = "::1";
  const auto server = tls_.Current();
  if (server == nullptr) return address;
  auto pinned = tls::PinnedContext(*server);
  if (!pinned.ok()) return pinned.status();
  address.tls = *std::move(pinned);
  return address;
}

void Gateway::OnVerified(v1::VerificationRun& run) {
  const absl::Status recorded = recording::AppendAndWait(*counted_journal_, verification::ResultRecord(run, absl::Now()));
  if (!recorded.ok()) {
    run.set_state(v1::VerificationRun::STATE_FAILED);
    log::Error("the result of a verification could not be recorded", {{"target", run.target()}, {"error", recorded}});
  }
  metrics_.Verified(run);
  if (run.state() == v1::VerificationRun::STATE_PASSED) return;
  log::Warning("standing verification failed", {{"target", run.target()}, {"run", run.id()}, {"checks", verification::FailedChecks(run)}});
}

}  // namespace postern
