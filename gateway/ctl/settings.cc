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
// Who it is, and a token by which posternctl can get another.
const std::string kUsualScope = "openid offline_access";

// One level of precedence.
struct Source {
  std::string api;
  std::string ca;
  std::string token;
  std::string token_file;
  std::string certificate;
  std::string key;
  LoginSettings login;
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
  const std::filesystem::path folder = ConfigFolder(getenv);
  return {folder.empty() ? "" : (folder / "config.yaml").string(), false};
}

LoginSettings ReadLogin(config::Section login) {
  LoginSettings settings;
  settings.account.url = login.String("issuer", "");
  settings.account.client_id = login.String("client_id", "");
  settings.account.ca = login.OptionalPath("ca").value_or("");
  settings.account.id_token = login.Bool("id_token", false);
  settings.scope = login.String("scope", "");
  settings.audience = login.String("audience", "");
  return settings;
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
    source.certificate = root.OptionalPath("cert").value_or("");
    source.key = root.OptionalPath("key").value_or("");
    source.login = ReadLogin(root.Optional("login"));
  }
  if (absl::Status status = config::ToStatus(document.TakeProblems()); !status.ok()) return status;
  if (!source.token.empty() && OthersMayRead(path)) {
    warnings << "posternctl: warning: others may read the token in " << path << "; run: chmod 600 " << path << '\n';
  }
  return source;
}

Source FromEnvironment(const Getenv& getenv) {
  const auto value = [&](const char* name) { return getenv(name).value_or(""); };
  return {value("POSTERN_API"), value("POSTERN_CA"), value("POSTERN_TOKEN"), "", value("POSTERN_CERT"), value("POSTERN_KEY"), {}};
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

// Reads the certificate with its key, if the source names one.
absl::Status TakeCertificate(const Source& source, Settings& settings) {
  if (source.certificate.empty() != source.key.empty()) return absl::InvalidArgumentError("give --cert and --key, not one alone");
  if (source.certificate.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> certificate = ReadFile("--cert", source.certificate);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = ReadFile("--key", source.key);
  if (!key.ok()) return key.status();
  settings.certificate_pem = *std::move(certificate);
  settings.key_pem = *std::move(key);
  return absl::OkStatus();
}

// Who calls: what the first source that says anything says.
absl::Status TakeProof(const Source& source, std::ostream& warnings, Settings& settings) {
  if (!settings.token.empty() || !settings.certificate_pem.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> token = TokenOf(source, warnings);
  if (!token.ok()) return token.status();
  settings.token = *std::move(token);
  return TakeCertificate(source, settings);
}

absl::Status CheckProof(const Settings& settings) {
  const std::string& token = settings.token;
  if (token.empty() && settings.certificate_pem.empty()) {
    return absl::InvalidArgumentError(
        "no access token: write it to a file of mode 0600 and give --token-file FILE, or set POSTERN_TOKEN; or run `posternctl login`; or "
        "give a certificate with --cert and --key");
  }
  for (const char byte : token) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(byte))) {
      return absl::InvalidArgumentError("the access token has characters that no token has; is it the right file?");
    }
  }
  return absl::OkStatus();
}

absl::Status NoAddress() {
  return absl::InvalidArgumentError(
      "no gateway address: give --api HOST:PORT, set POSTERN_API, or write `api: HOST:PORT` to the config file");
}

const std::string& FirstOf(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

}  // namespace

std::filesystem::path ConfigFolder(const Getenv& getenv) {
  if (const auto base = getenv("XDG_CONFIG_HOME"); base.has_value() && !base->empty()) return std::filesystem::path(*base) / "postern";
  if (const auto home = getenv("HOME"); home.has_value() && !home->empty()) return std::filesystem::path(*home) / ".config/postern";
  return {};
}

absl::StatusOr<LoginSettings> ResolveLogin(const GlobalFlags& flags, const LoginSettings& given, const Getenv& getenv, std::ostream& warnings) {
  const absl::StatusOr<Source> file = FromConfigFile(flags, getenv, warnings);
  if (!file.ok()) return file.status();
  LoginSettings settings = file->login;
  settings.api = FirstOf(flags.api, FirstOf(getenv("POSTERN_API").value_or(""), file->api));
  if (settings.api.empty()) return NoAddress();
  settings.account.url = FirstOf(given.account.url, settings.account.url);
  settings.account.client_id = FirstOf(given.account.client_id, settings.account.client_id);
  // Remembered, and used from anywhere.
  if (!given.account.ca.empty()) settings.account.ca = std::filesystem::absolute(given.account.ca);
  settings.account.id_token = given.account.id_token || settings.account.id_token;
  settings.scope = FirstOf(given.scope, FirstOf(settings.scope, kUsualScope));
  settings.audience = FirstOf(given.audience, settings.audience);
  return settings;
}

absl::StatusOr<Settings> ResolveSettings(const GlobalFlags& flags, const Getenv& getenv, const Stored& stored, std::ostream& warnings) {
  if (!flags.token.empty() && !flags.token_file.empty()) {
    return absl::InvalidArgumentError("give --token or --token-file, not both");
  }
  const absl::StatusOr<Source> file = FromConfigFile(flags, getenv, warnings);
  if (!file.ok()) return file.status();
  const Source sources[] = {{flags.api, flags.ca, flags.token, flags.token_file, flags.certificate, flags.key, {}}, FromEnvironment(getenv), *file};

  Settings settings;
  std::string ca;
  for (const Source& source : sources) {
    if (settings.api.empty()) settings.api = source.api;
    if (ca.empty()) ca = source.ca;
    if (absl::Status taken = TakeProof(source, warnings, settings); !taken.ok()) return taken;
  }
  if (settings.api.empty()) return NoAddress();
  if (settings.token.empty() && settings.certificate_pem.empty()) {
    absl::StatusOr<std::string> token = stored(settings.api);
    if (!token.ok()) return token.status();
    settings.token = *std::move(token);
  }
  if (absl::Status proof = CheckProof(settings); !proof.ok()) return proof;
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
