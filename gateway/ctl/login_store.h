// Who is logged in to which gateway: a file of its owner's alone, one entry for each gateway, so that no gateway is shown another's token.
//
// One posternctl at a time: held from Open until it goes, so that two of them do not use one refresh token twice.
#ifndef POSTERN_GATEWAY_CTL_LOGIN_STORE_H_
#define POSTERN_GATEWAY_CTL_LOGIN_STORE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "common/files/folder_lock.h"
#include "gateway/ctl/issuer.h"

namespace postern::ctl {

struct Login {
  IssuerAccount account;
  IssuedTokens tokens;
};

class LoginStore {
 public:
  // Makes the folder (mode 0700) if need be; waits for others for some seconds. FAILED_PRECONDITION: the file is no good.
  static absl::StatusOr<LoginStore> Open(const std::filesystem::path& folder);
  // Whether there is anything to open: nobody should have to wait for a lock to learn that there is not.
  static bool Exists(const std::filesystem::path& folder);

  const Login* Find(const std::string& api) const;
  // Durable when they return.
  absl::Status Put(const std::string& api, Login login);
  absl::Status Remove(const std::string& api);

 private:
  LoginStore(std::filesystem::path file, std::unique_ptr<files::FolderLock> lock) : file_(std::move(file)), lock_(std::move(lock)) {}
  absl::Status Read();
  absl::Status Write() const;

  std::filesystem::path file_;
  std::unique_ptr<files::FolderLock> lock_;
  std::map<std::string, Login> logins_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_LOGIN_STORE_H_
