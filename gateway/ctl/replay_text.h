// A session's records told in order, one event each, with the time since the first. Text is safe to print.
#ifndef POSTERN_GATEWAY_CTL_REPLAY_TEXT_H_
#define POSTERN_GATEWAY_CTL_REPLAY_TEXT_H_

#include <cstdint>
#include <iosfwd>

#include "proto/postern/v1/record.pb.h"

namespace postern::ctl {

// `start_unix_us`: when the session's first record was made.
void TellRecord(const v1::Record& record, int64_t start_unix_us, std::ostream& out);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_REPLAY_TEXT_H_
