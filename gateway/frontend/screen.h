// Between a server's reply and an agent from whom columns are masked, or whose results are looked through: decides on each
// result by its column definitions, before anything of it is let through.
//
// The statement's lineage predicted the result; the definitions are the server's own word. Where the two contradict each
// other nobody knows what the values are, and the result is withheld.
#ifndef POSTERN_GATEWAY_FRONTEND_SCREEN_H_
#define POSTERN_GATEWAY_FRONTEND_SCREEN_H_

#include <memory>
#include <string>

#include "gateway/frontend/errand.h"
#include "gateway/frontend/session_state.h"
#include "gateway/masking/result_masker.h"

namespace postern::frontend {

// Whether the reply to the errand has to go through a screen at all. Takes over the detectors of the errand's policy.
bool NeedsScreen(SessionState& s, const Errand& errand);

class Screen final : public masking::ResultJudge, public masking::ValueWitness {
 public:
  // Both live until the reply is done. REQUIRES: an open door.
  Screen(SessionState& s, const Errand& errand);

  masking::Verdict OnColumns(masking::RowMasks::Columns columns, size_t result) override;
  // The budget of masked values is used up: the server may stop.
  std::optional<mysql::ErrPacket> AfterRow() override;
  masking::ValueWitness* witness() override;
  void OnMasked(std::string_view value) override;

  // Names, never values. Empty: prediction and result agree.
  const std::string& contradiction() const { return contradiction_; }

 private:
  using Columns = masking::RowMasks::Columns;

  masking::Verdict Let(Columns columns, std::span<const std::optional<policy::Mask>> masks) const;
  masking::Verdict Withhold(std::string why);

  SessionState& s_;
  const Errand& errand_;
  const policy::SessionFacts session_;
  std::string contradiction_;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_SCREEN_H_
