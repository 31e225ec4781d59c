#include "gateway/close_proofs.h"

#include <absl/time/clock.h>

#include <utility>

#include "common/observability/log.h"

namespace postern {

void CloseProofs::OnCloseProof(const std::string& relay, const v1::CloseProof& proof,
                               absl::AnyInvocable<void(absl::Status)> recorded) {
  if (proof.state() == v1::CloseProof::STATE_UNPROVEN) {
    log::Error("a database connection could not be proven closed",
               {{"session", proof.session_id()}, {"relay", relay}, {"thread", proof.thread_id()}, {"error", proof.error()}});
  }
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  record.set_session_id(proof.session_id());
  record.set_task_id(tasks_.OnProof(relay, proof));
  record.mutable_door_closed()->set_relay(relay);
  *record.mutable_door_closed()->mutable_proof() = proof;
  journal_.Append(record, std::move(recorded));
}

}  // namespace postern
