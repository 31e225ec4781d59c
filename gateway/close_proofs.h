// Writes into the journal what relays prove about closed doors, and tells the tasks whose doors they were.
#ifndef POSTERN_GATEWAY_CLOSE_PROOFS_H_
#define POSTERN_GATEWAY_CLOSE_PROOFS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <string>

#include "gateway/recording/journal.h"
#include "gateway/tasks/tasks.h"
#include "gateway/tunnel/relays.h"

namespace postern {

class CloseProofs final : public tunnel::DoorEvents {
 public:
  // REQUIRES: both outlive this.
  CloseProofs(recording::Journal& journal, tasks::Tasks& tasks) : journal_(journal), tasks_(tasks) {}

  void OnCloseProof(const std::string& relay, const v1::CloseProof& proof,
                    absl::AnyInvocable<void(absl::Status)> recorded) override;

 private:
  recording::Journal& journal_;
  tasks::Tasks& tasks_;
};

}  // namespace postern

#endif  // POSTERN_GATEWAY_CLOSE_PROOFS_H_
