#include "gateway/config/gateway_config.h"

#include <algorithm>
#include <set>

#include "common/config/document.h"
#include "common/observability/read_options.h"
#include "gateway/config/limits.h"
#include "gateway/identity/read_certificates.h"
#include "gateway/console/read_options.h"
#include "gateway/identity/read_issuers.h"
#include "gateway/notify/read_options.h"
#include "gateway/stream/read_options.h"
#include "gateway/verification/read_options.h"

namespace postern::config {
namespace {

TlsFiles ReadTls(Section& tls) {
  TlsFiles files;
  files.certificate = tls.File("certificate");
  files.key = tls.File("key");
  files.client_ca = tls.OptionalFile("client_ca");
  return files;
}

// These authorities with the lists under `crl`, which are of no use alone.
std::optional<identity::CertificateTrust> ReadTrust(Section& tls, const std::optional<std::string>& authorities, std::string_view crl) {
  auto lists = tls.OptionalFile(crl);
  if (!authorities && lists) tls.Report(crl, "is of no use without authorities: client_ca, people_ca");
  if (!authorities) return std::nullopt;
  return identity::CertificateTrust{*authorities, std::move(lists)};
}

void CheckServerVersion(Section& mysql, const std::string& version) {
  const bool printable = std::all_of(version.begin(), version.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  const bool numbered = !version.empty() && version.front() >= '0' && version.front() <= '9';
  if (!printable || !numbered || version.size() > 64) {
    mysql.Report("server_version", "expected a version such as 8.0.40-postern");
  }
}

MysqlConfig ReadMysql(Section mysql) {
  MysqlConfig config;
  config.listen = mysql.Address("listen");
  config.server_version = mysql.String("server_version", config.server_version);
  CheckServerVersion(mysql, config.server_version);
  config.insecure_loopback = mysql.Bool("insecure_loopback", false);
  if (config.insecure_loopback && !config.listen.IsLoopback()) {
    mysql.Report("insecure_loopback", "needs mysql.listen to be a loopback address");
  }
  Section tls = config.insecure_loopback ? mysql.Optional("tls") : mysql.Required("tls");
  if (!tls.present()) return config;
  config.tls = ReadTls(tls);
  config.agents = ReadTrust(tls, config.tls->client_ca, "client_crl");
  return config;
}

ApiConfig ReadApi(Section api) {
  ApiConfig config;
  config.listen = api.Address("listen");
  Section tls = api.Required("tls");
  config.tls = ReadTls(tls);
  config.people = ReadTrust(tls, tls.OptionalFile("people_ca"), "people_crl");
  config.ca = tls.OptionalFile("ca");
  return config;
}

void ReadTargets(Section& root, GatewayConfig& config) {
  if (!root.Has("targets")) root.Report("", "targets is missing");
  root.EachNamed("targets", [&](const std::string& name, Section& target) {
    // The user name of a login is agent+target.
    if (name.empty() || name.size() > 64 || name.find_first_of("+*\" \t\r\n") != std::string::npos) {
      target.Report("", "a target's name has at most 64 bytes, no blanks and none of + * \"");
    }
    config.targets[name] = target.Strings("relays", {});
  });
}

// The embedded store is the only one; its section may stand empty.
void ReadStore(Section store, const Document& document, GatewayConfig& config) {
  Section sqlite = store.Optional("sqlite");
  config.sqlite_path = sqlite.OptionalPath("path").value_or(
      config.data_dir.empty() ? "" : document.Resolve(config.data_dir + "/postern.db"));
}

void ReadIdentity(Section identity, GatewayConfig& config) {
  config.issuers = identity::ReadIssuers(identity);
  config.certificates = identity::ReadCertificates(identity);
}

std::set<std::string> NamesOf(const std::map<std::string, std::vector<std::string>>& targets) {
  std::set<std::string> names;
  for (const auto& [name, relays] : targets) names.insert(name);
  return names;
}

std::optional<HostPort> ReadMetrics(Section metrics) {
  if (!metrics.present()) return std::nullopt;
  return metrics.Address("listen");
}

GatewayConfig ReadGateway(Document& document) {
  GatewayConfig config;
  config.file = document.file();
  Section root = document.root();
  config.mysql = ReadMysql(root.Required("mysql"));
  config.api = ReadApi(root.Required("api"));
  config.data_dir = root.Path("data_dir");
  ReadStore(root.Optional("store"), document, config);
  config.journal = ReadJournal(root.Optional("journal"), config.data_dir);
  config.policy = root.File("policy");
  ReadTargets(root, config);
  ReadIdentity(root.Optional("identity"), config);
  config.console = console::ReadOptions(root.Optional("console"));
  config.webhooks = notify::ReadWebhooks(root);
  config.stream = stream::ReadOptions(root.Optional("stream"));
  config.metrics = ReadMetrics(root.Optional("metrics"));
  config.verification = verification::ReadOptions(root.Optional("verification"), NamesOf(config.targets));
  config.limits = ReadLimits(root.Optional("limits"));
  config.log = log::ReadOptions(root.Optional("log"));
  config.threads = static_cast<uint32_t>(root.Int("threads", config.threads, {0, 1024}));
  return config;
}

Loaded<GatewayConfig> Read(Document document) {
  GatewayConfig config = ReadGateway(document);
  return Loaded<GatewayConfig>::From(std::move(config), document.TakeProblems());
}

}  // namespace

Loaded<GatewayConfig> LoadGatewayConfig(const std::string& path) { return Read(Document::FromFile(path)); }

Loaded<GatewayConfig> ParseGatewayConfig(std::string_view text, const std::string& name) {
  return Read(Document::FromText(text, name));
}

}  // namespace postern::config
