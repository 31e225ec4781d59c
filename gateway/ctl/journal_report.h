// What a verification found, for people and as JSON. Pure but for the stream.
#ifndef POSTERN_GATEWAY_CTL_JOURNAL_REPORT_H_
#define POSTERN_GATEWAY_CTL_JOURNAL_REPORT_H_

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

#include "gateway/recording/verify/verify_journal.h"

namespace postern::ctl {

// `pinned`: whether keys were given, so that nothing hangs on the journal's own word.
void TellReport(const recording::VerifyReport& report, bool pinned, std::ostream& out);
nlohmann::ordered_json ReportJson(const recording::VerifyReport& report, bool pinned);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_JOURNAL_REPORT_H_
