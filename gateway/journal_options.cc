#include "gateway/journal_options.h"

#include <filesystem>

namespace postern {

recording::JournalOptions OptionsOfJournal(const config::GatewayConfig& config) {
  recording::JournalOptions options;
  options.folder = std::filesystem::path(config.data_dir) / "journal";
  options.segment_bytes = config.limits.journal_segment_bytes;
  options.queue_bytes = config.limits.journal_queue_bytes;
  options.max_bytes = config.journal.max_bytes;
  options.checkpoints.every = absl::ToChronoNanoseconds(config.journal.checkpoint_every);
  options.checkpoints.records = config.journal.checkpoint_records;
  return options;
}

}  // namespace postern
