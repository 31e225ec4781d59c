// gateway.yaml's journal section.
#ifndef POSTERN_GATEWAY_CONFIG_JOURNAL_H_
#define POSTERN_GATEWAY_CONFIG_JOURNAL_H_

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/config/document.h"

namespace postern::config {

struct WitnessConfig {
  std::optional<std::string> file;
  std::string url;  // empty: none
  std::string ca;   // PEM of the authorities that its server is checked against; empty: the system's
};

struct JournalConfig {
  // Checkpoints.
  std::string key;  // PEM file; data_dir/journal.key, made when missing, unless said otherwise
  absl::Duration checkpoint_every = absl::Minutes(1);
  uint64_t checkpoint_records = 10'000;
  WitnessConfig witness;
  // Sealed segments.
  bool compress = true;
  std::optional<absl::Duration> keep;  // absent: for ever
  uint64_t max_bytes = 0;              // 0: no limit
};

// `data_dir` is resolved already.
JournalConfig ReadJournal(Section journal, const std::string& data_dir);

}  // namespace postern::config

#endif  // POSTERN_GATEWAY_CONFIG_JOURNAL_H_
