#include "gateway/config/journal.h"

#include "common/http/client.h"

namespace postern::config {
namespace {

constexpr uint64_t kMiB = 1 << 20;

WitnessConfig ReadWitness(Section witness) {
  WitnessConfig config;
  config.file = witness.OptionalPath("file");
  if (witness.Has("url")) {
    config.url = witness.String("url");
    if (!http::IsPrivateUrl(config.url)) witness.Report("url", "expected an https URL without user, query and fragment");
  }
  config.ca = witness.OptionalFile("ca").value_or("");
  return config;
}

}  // namespace

JournalConfig ReadJournal(Section journal, const std::string& data_dir) {
  JournalConfig config;
  {
    Section checkpoints = journal.Optional("checkpoints");
    config.key = checkpoints.OptionalPath("key").value_or(data_dir + "/journal.key");
    config.checkpoint_every =
        checkpoints.Duration("every", config.checkpoint_every, {absl::Milliseconds(100), absl::Hours(24)});
    config.checkpoint_records = static_cast<uint64_t>(
        checkpoints.Int("records", static_cast<int64_t>(config.checkpoint_records), {1, 1'000'000'000}));
  }
  config.witness = ReadWitness(journal.Optional("witness"));
  config.compress = journal.Bool("compress", config.compress);
  Section retention = journal.Optional("retention");
  if (retention.Has("keep")) config.keep = retention.Duration("keep", absl::ZeroDuration(), {absl::Seconds(1), absl::Hours(24 * 36500)});
  if (retention.Has("max_bytes")) {
    config.max_bytes = retention.Bytes("max_bytes", 0, {kMiB, uint64_t{1} << 50});
    // Without it every segment is too young for ever.
    if (!config.keep) retention.Report("max_bytes", "needs keep: how old a segment must be before it may be deleted");
  }
  return config;
}

}  // namespace postern::config
