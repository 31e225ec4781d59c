#include "gateway/ctl/settings.h"

#include <absl/strings/ascii.h>
#include <sys/stat.h>

#include <fstream>
#include <ostream>
#include <sstream>

#include "common/config/document.h"
#include "common/config/units.h"

namespace postern::ctl {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;

// One level of precedence.
struct Source {
  std::string api;
  std::string ca;
  std::string token;
  std::string token_file;
};

absl::StatusOr<std::string> ReadFile(const std::string& what, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (!file.is_open()) || file.gcount() == 0) {
    return absl::InvalidArgumentError(what + ": cannot read " + path + ", or it is empty");
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

bool OthersMayRead(const std::string& path) {
  struct stat facts{};
  return stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0;
}

// The file's path, and whether somebody asked for this one.
std::pair<std::string, bool> ConfigPath(const GlobalFlags& flags, const Getenv& getenv) {
  if (!flags.config.empty()) return {flags.config, true};
  if (const auto path = getenv("POSTERN_CONFIG"); path.has_value() && !path->empty()) return {*path, true};
  if (const auto base = getenv("XDG_CONFIG_HOME"); base.has_value() && !base->empty()) {
    return {*base + "/postern/config.yaml", false};
  }
  if (const auto home = getenv("HOME"); home.has_value()) return {*home + "/.config/postern/config.yaml", false};
  return {"", false};
}

absl::StatusOr<Source> FromConfigFile(const GlobalFlags& flags, const Getenv& getenv, std::ostream& warnings) {
  const auto [path, asked_for] = ConfigPath(flags, getenv);
  struct stat facts{};
  if (path.empty() || (!asked_for && stat(path.c_str(), &facts) != 0)) return Source{};
  config::Document document = config::Document::FromFile(path);
  Source source;
  {
    config::Section root = document.root();
    source.api = root.String("api", "");
    source.ca = root.OptionalPath("ca").value_or("");
    source.token = root.String("token", "");
    source.token_file = root.OptionalPath("token_file").value_or("");
  }
  if (absl::Status status = config::ToStatus(document.TakeProblems()); !status.ok()) return status;
  if (!source.token.empty() && OthersMayRead(path)) {
    warnings << "posternctl: warning: others may read the token in " << path << "; run: chmod 600 " << path << '\n';
  }
  return source;
}

Source FromEnvironment(const Getenv& getenv) {
  return {getenv("POSTERN_API").value_or(""), getenv("POSTERN_CA").value_or(""), getenv("POSTERN_TOKEN").value_or(""),
          ""};
}

absl::StatusOr<std::string> TokenOf(const Source& source, std::ostream& warnings) {
  if (!source.token.empty()) return source.token;
  if (source.token_file.empty()) return std::string();
  absl::StatusOr<std::string> text = ReadFile("--token-file", source.token_file);
  if (!text.ok()) return text.status();
  if (OthersMayRead(source.token_file)) {
    warnings << "posternctl: warning: others may read " << source.token_file << "; run: chmod 600 " << source.token_file
             << '\n';
  }
  absl::StripAsciiWhitespace(&*text);
  return text;
}

absl::Status CheckToken(const std::string& token) {
  if (token.empty()) {
    return absl::InvalidArgumentError(
        "no access token: write it to a file of mode 0600 and give --token-file FILE, or set POSTERN_TOKEN");
  }
  for (const char byte : token) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(byte))) {
      return absl::InvalidArgumentError("the access token has characters that no token has; is it the right file?");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings> ResolveSettings(const GlobalFlags& flags, const Getenv& getenv, std::ostream& warnings) {
  if (!flags.token.empty() && !flags.token_file.empty()) {
    return absl::InvalidArgumentError("give --token or --token-file, not both");
  }
  const absl::StatusOr<Source> file = FromConfigFile(flags, getenv, warnings);
  if (!file.ok()) return file.status();
  const Source sources[] = {{flags.api, flags.ca, flags.token, flags.token_file}, FromEnvironment(getenv), *file};

  Settings settings;
  std::string ca;
  for (const Source& source : sources) {
    if (settings.api.empty()) settings.api = source.api;
    if (ca.empty()) ca = source.ca;
    if (!settings.token.empty()) continue;
    absl::StatusOr<std::string> token = TokenOf(source, warnings);
    if (!token.ok()) return token.status();
    settings.token = *std::move(token);
  }
  if (settings.api.empty()) {
    return absl::InvalidArgumentError(
        "no gateway address: give --api HOST:PORT, set POSTERN_API, or write `api: HOST:PORT` to the config file");
  }
  if (absl::Status token = CheckToken(settings.token); !token.ok()) return token;
  if (!ca.empty()) {
    absl::StatusOr<std::string> pem = ReadFile("--ca", ca);
    if (!pem.ok()) return pem.status();
    settings.ca_pem = *std::move(pem);
  }
  settings.server_name = flags.server_name;
  const auto timeout = config::ParseDuration(flags.timeout);
  if (!timeout.has_value() || *timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--timeout: expected a duration such as 10s or 2m, got " + flags.timeout);
  }
  settings.timeout = *timeout;
  return settings;
}

}  // namespace postern::ctl
