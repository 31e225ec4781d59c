// posternctl journal verify: on the journal's files alone, without a gateway.
#include <unistd.h>

#include <CLI/App.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/journal_report.h"
#include "gateway/ctl/json.h"
#include "gateway/recording/verify/verify_journal.h"

namespace postern::ctl {
namespace {

struct VerifyFlags {
  std::vector<std::string> paths;
  std::vector<std::string> public_keys;
  std::vector<std::string> witnesses;
};

absl::Status ReadKeys(const VerifyFlags& flags, recording::VerifyOptions& options) {
  for (const std::string& path : flags.public_keys) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return absl::InvalidArgumentError(path + " cannot be read");
    const auto keys = recording::ParsePublicKeys(std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    if (!keys.ok()) return absl::InvalidArgumentError(path + ": " + std::string(keys.status().message()));
    options.pinned.insert(options.pinned.end(), keys->begin(), keys->end());
  }
  return absl::OkStatus();
}

// Lines that are no checkpoints are findings of their own.
absl::Status ReadWitnesses(const VerifyFlags& flags, recording::VerifyOptions& options, std::vector<recording::Finding>& findings) {
  for (const std::string& path : flags.witnesses) {
    auto read = recording::ReadWitnessFile(path);
    if (!read.ok()) return absl::InvalidArgumentError(read.status().message());
    options.witnessed.insert(options.witnessed.end(), read->seen.begin(), read->seen.end());
    findings.insert(findings.end(), read->findings.begin(), read->findings.end());
  }
  return absl::OkStatus();
}

absl::StatusOr<recording::VerifyReport> Look(const VerifyFlags& flags, const recording::VerifyOptions& options) {
  if (flags.paths.size() == 1 && std::filesystem::is_directory(flags.paths.front())) {
    const std::filesystem::path folder = flags.paths.front();
    // The gateway's data_dir will do as well.
    return recording::VerifyJournal(std::filesystem::is_directory(folder / "journal") ? folder / "journal" : folder, options);
  }
  return recording::VerifySegments({flags.paths.begin(), flags.paths.end()}, options);
}

ExitCode Verify(Invocation& invocation, const VerifyFlags& flags) {
  recording::VerifyOptions options;
  std::vector<recording::Finding> findings;
  if (absl::Status read = ReadKeys(flags, options); !read.ok()) return invocation.Usage(std::string(read.message()));
  if (absl::Status read = ReadWitnesses(flags, options, findings); !read.ok()) return invocation.Usage(std::string(read.message()));
  if (isatty(STDERR_FILENO) != 0) {
    options.progress = [&invocation](uint32_t segment, uint64_t bytes) {
      invocation.err() << "segment " << segment << ", " << (bytes >> 20) << " MiB read\r" << std::flush;
    };
  }
  auto report = Look(flags, options);
  if (absl::IsInvalidArgument(report.status())) return invocation.Usage(std::string(report.status().message()));
  if (!report.ok()) {
    invocation.err() << "posternctl: " << report.status().message() << '\n';
    return absl::IsNotFound(report.status()) ? kNotFound : kFailed;
  }
  report->findings.insert(report->findings.end(), findings.begin(), findings.end());
  const bool pinned = !options.pinned.empty();
  if (invocation.json()) {
    invocation.out() << Pretty(ReportJson(*report, pinned)) << '\n';
  } else {
    TellReport(*report, pinned, invocation.out());
  }
  return report->findings.empty() ? kOk : kFailed;
}

}  // namespace

void AddJournal(CLI::App& app, Invocation& invocation) {
  CLI::App* journal = app.add_subcommand("journal", "Look at a gateway's journal, on its files");
  journal->require_subcommand(1);
  CLI::App* verify = journal->add_subcommand("verify", "Whether a journal is whole, unchanged and signed; no gateway needed");
  auto flags = std::make_shared<VerifyFlags>();
  verify->add_option("path", flags->paths, "The journal's folder, or some of its segments")->required();
  verify->add_option("--public-key", flags->public_keys, "PEM file of the key to be believed, as it once was in data_dir/journal.pub");
  verify->add_option("--witness", flags->witnesses, "File of checkpoints that a witness kept");
  verify->callback([&invocation, flags] { invocation.Choose([&invocation, flags] { return Verify(invocation, *flags); }); });
}

}  // namespace postern::ctl
