// Where the certificates lie that gateways gave to this relay: state_dir/identity, a folder for each gateway. Any thread.
#ifndef POSTERN_RELAY_AGENT_JOINING_IDENTITY_FOLDER_H_
#define POSTERN_RELAY_AGENT_JOINING_IDENTITY_FOLDER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "common/tls/pem_files.h"

namespace postern::relay {

class IdentityFolder {
 public:
  explicit IdentityFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Key and certificate are one file, so that they are replaced together.
  tls::PemFiles FilesFor(const std::string& gateway) const;
  bool Has(const std::string& gateway) const;

  // Mode 0600. What was there is replaced whole.
  absl::Status Save(const std::string& gateway, std::string_view key, std::string_view certificate,
                    std::string_view gateway_ca) const;

  struct Validity {
    absl::Time from;
    absl::Time until;
  };
  absl::StatusOr<Validity> ValidityOf(const std::string& gateway) const;

 private:
  std::filesystem::path FolderOf(const std::string& gateway) const;

  const std::filesystem::path folder_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_JOINING_IDENTITY_FOLDER_H_
