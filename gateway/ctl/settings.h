// Where the gateway is and who calls it: from flags, else the environment, else the config file.
#ifndef POSTERN_GATEWAY_CTL_SETTINGS_H_
#define POSTERN_GATEWAY_CTL_SETTINGS_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "gateway/ctl/issuer.h"

namespace postern::ctl {

// What the command line gave; empty where it gave nothing.
struct GlobalFlags {
  std::string api;
  std::string ca;
  std::string token;
  std::string token_file;
  std::string certificate;
  std::string key;
  std::string server_name;
  std::string config;
  std::string timeout = "10s";
  bool json = false;
};

struct Settings {
  // "gateway.example.com:8443"
  std::string api;
  // PEM text of the CAs the gateway's certificate may come from; empty: the system's.
  std::string ca_pem;
  // Empty where the certificate alone speaks.
  std::string token;
  // The caller's certificate chain and its key, PEM text; both or none.
  std::string certificate_pem;
  std::string key_pem;
  std::string server_name;
  absl::Duration timeout;
};

// How to log in to a gateway's issuer.
struct LoginSettings {
  std::string api;
  IssuerAccount account;
  std::string scope;
  std::string audience;
};

using Getenv = std::function<std::optional<std::string>(const char* name)>;
// The token of whoever is logged in to the gateway at `api`; empty if nobody is.
using Stored = std::function<absl::StatusOr<std::string>(const std::string& api)>;

// INVALID_ARGUMENT says what is missing or wrong, and how to give it. Warnings go to `warnings`. `stored` is asked when nothing else says who calls.
absl::StatusOr<Settings> ResolveSettings(const GlobalFlags& flags, const Getenv& getenv, const Stored& stored, std::ostream& warnings);

// What is empty in `given` comes from the section `login` of the config file.
absl::StatusOr<LoginSettings> ResolveLogin(const GlobalFlags& flags, const LoginSettings& given, const Getenv& getenv, std::ostream& warnings);

// Where posternctl keeps what is its own: $XDG_CONFIG_HOME/postern, else ~/.config/postern; empty if there is neither.
std::filesystem::path ConfigFolder(const Getenv& getenv);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SETTINGS_H_
