#include "gateway/recording/verify/witness_lines.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <fstream>

namespace postern::recording {

WitnessLines ReadWitness(std::istream& lines, const std::string& name) {
  WitnessLines read;
  uint64_t offset = 0;
  for (std::string line; std::getline(lines, line); offset += line.size() + 1) {
    if (lines.eof()) break;
    if (line.empty()) continue;
    auto checkpoint = FromWitnessLine(line);
    if (!checkpoint.ok()) {
      read.findings.push_back({name, offset, std::string(checkpoint.status().message())});
    } else if (!IsGenuine(*checkpoint)) {
      read.findings.push_back({name, offset, "the checkpoint's signature is not good"});
    } else {
      read.seen.push_back({name, offset, *checkpoint});
    }
  }
  return read;
}

absl::StatusOr<WitnessLines> ReadWitnessFile(const std::filesystem::path& path) {
  std::ifstream lines(path, std::ios::binary);
  if (!lines) return absl::NotFoundError(absl::StrCat(path.string(), " cannot be read"));
  return ReadWitness(lines, path.filename().string());
}

}  // namespace postern::recording
