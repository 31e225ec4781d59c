// Writes into the journal what relays prove about closed doors.
#ifndef POSTERN_GATEWAY_CLOSE_PROOFS_H_
#define POSTERN_GATEWAY_CLOSE_PROOFS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <string>

#include "gateway/recording/journal.h"
#include "gateway/tunnel/relays.h"

namespace postern {

class CloseProofs final : public tunnel::DoorEvents {
 public:
  // REQUIRES: the journal outlives this.
  explicit CloseProofs(recording::Journal& journal) : journal_(journal) {}

  void OnCloseProof(const std::string& relay, const v1::CloseProof& proof,
                    absl::AnyInvocable<void(absl::Status)> recorded) override;

 private:
  recording::Journal& journal_;
};

}  // namespace postern

#endif  // POSTERN_GATEWAY_CLOSE_PROOFS_H_
