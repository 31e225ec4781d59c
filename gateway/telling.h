// Who outside is told what happens: webhooks of approvals, and whoever collects the journal's records.
#ifndef POSTERN_GATEWAY_TELLING_H_
#define POSTERN_GATEWAY_TELLING_H_

#include <absl/status/statusor.h>

#include <memory>

#include "gateway/config/gateway_config.h"
#include "gateway/metrics/metrics.h"
#include "gateway/notify/notifier.h"
#include "gateway/recording/file_journal.h"
#include "gateway/stream/journal_stream.h"

namespace postern {

// Null without webhooks. REQUIRES: `metrics` outlives the result.
std::unique_ptr<notify::Notifier> MakeNotifier(const config::GatewayConfig& config, metrics::Metrics& metrics);

// Null without a stream. REQUIRES: `journal` outlives the result.
absl::StatusOr<std::unique_ptr<stream::JournalStream>> StartStream(const config::GatewayConfig& config, const recording::FileJournal& journal);

// How they are doing; either may be null.
void Describe(const notify::Notifier* notifier, const stream::JournalStream* stream, metrics::Now& now);

}  // namespace postern

#endif  // POSTERN_GATEWAY_TELLING_H_
