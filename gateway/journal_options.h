// What gateway.yaml says of the journal, for whoever opens it: the gateway, and its commands while it is stopped.
#ifndef POSTERN_GATEWAY_JOURNAL_OPTIONS_H_
#define POSTERN_GATEWAY_JOURNAL_OPTIONS_H_

#include "gateway/config/gateway_config.h"
#include "gateway/recording/file_journal.h"

namespace postern {

// Without the key, which is read by recording::LoadJournalKey.
recording::JournalOptions OptionsOfJournal(const config::GatewayConfig& config);

}  // namespace postern

#endif  // POSTERN_GATEWAY_JOURNAL_OPTIONS_H_
