// Where the gateway is and who calls it: from flags, else the environment, else the config file.
#ifndef POSTERN_GATEWAY_CTL_SETTINGS_H_
#define POSTERN_GATEWAY_CTL_SETTINGS_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

namespace postern::ctl {

// What the command line gave; empty where it gave nothing.
struct GlobalFlags {
  std::string api;
  std::string ca;
  std::string token;
  std::string token_file;
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
  std::string token;
  std::string server_name;
  absl::Duration timeout;
};

using Getenv = std::function<std::optional<std::string>(const char* name)>;

// INVALID_ARGUMENT says what is missing or wrong, and how to give it. Warnings go to `warnings`.
absl::StatusOr<Settings> ResolveSettings(const GlobalFlags& flags, const Getenv& getenv, std::ostream& warnings);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SETTINGS_H_
