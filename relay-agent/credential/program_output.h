// A password that a program prints: any secrets manager's command line.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_PROGRAM_OUTPUT_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_PROGRAM_OUTPUT_H_

#include <string>
#include <vector>

#include "relay-agent/credential/source.h"

namespace postern::relay {

// Run without a shell, in a process group of its own, with nothing of the relay's but the named environment variables and
// PATH. What it says on standard error is nobody's business: it may hold secrets.
class ProgramOutput : public CredentialSource {
 public:
  struct Options {
    std::string user;
    std::string program;  // a path
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  // names of variables it is given
    absl::Duration timeout = absl::Seconds(5);
  };

  explicit ProgramOutput(Options options) : options_(std::move(options)) {}

  // Standard output less one trailing newline. FAILED_PRECONDITION: it did not start, failed, or printed nothing or too much;
  // DEADLINE_EXCEEDED: it was killed.
  absl::StatusOr<Credential> Fetch(absl::Time deadline) override;

 private:
  const Options options_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_PROGRAM_OUTPUT_H_
