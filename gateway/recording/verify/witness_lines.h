// What a witness saw: the file of checkpoints, a line each, that a gateway keeps somewhere else.
#ifndef POSTERN_GATEWAY_RECORDING_VERIFY_WITNESS_LINES_H_
#define POSTERN_GATEWAY_RECORDING_VERIFY_WITNESS_LINES_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <istream>
#include <string>
#include <vector>

#include "gateway/recording/segment/checkpoint.h"
#include "gateway/recording/verify/finding.h"

namespace postern::recording {

struct Witnessed {
  // Where the line stands.
  std::string file;
  uint64_t offset = 0;
  Checkpoint checkpoint;
};

struct WitnessLines {
  std::vector<Witnessed> seen;
  // Lines that are no checkpoints, or that their key did not sign.
  std::vector<Finding> findings;
};

// A last line without its newline was never finished and is passed over.
WitnessLines ReadWitness(std::istream& lines, const std::string& name);
// NOT_FOUND.
absl::StatusOr<WitnessLines> ReadWitnessFile(const std::filesystem::path& path);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_VERIFY_WITNESS_LINES_H_
