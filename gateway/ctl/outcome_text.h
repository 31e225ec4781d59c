// What was decided about a statement and what became of it, in one phrase each. Pure; the text is safe to print.
#ifndef POSTERN_GATEWAY_CTL_OUTCOME_TEXT_H_
#define POSTERN_GATEWAY_CTL_OUTCOME_TEXT_H_

#include <string>

#include "proto/postern/v1/record.pb.h"

namespace postern::ctl {

// "allow by rule orders-bot-reads"
std::string DecisionText(const v1::Statement& statement);
// "ok: 12 rows in 3ms"; "refused: …"; "server error 1062 (23000): …".
std::string OutcomeText(const v1::Outcome& outcome);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_OUTCOME_TEXT_H_
