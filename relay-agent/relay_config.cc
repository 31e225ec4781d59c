#include "relay-agent/relay_config.h"

#include <grpcpp/security/credentials.h>

#include <optional>
#include <utility>

#include "common/observability/read_options.h"
#include "relay-agent/credential/read_credential.h"

namespace postern::relay {
namespace {

using tls::ClientMode;

void ReadTargetTls(config::Section tls, Target& target) {
  target.tls_mode = tls.Word("mode", ClientMode::kVerifyFull,
                             {{"disabled", ClientMode::kDisabled},
                              {"required", ClientMode::kRequired},
                              {"verify-ca", ClientMode::kVerifyCa},
                              {"verify-full", ClientMode::kVerifyFull}});
  target.tls_files.ca = tls.OptionalFile("ca").value_or("");
  target.tls_files.certificate = tls.OptionalFile("certificate").value_or("");
  target.tls_files.key = tls.OptionalFile("key").value_or("");
  if (target.tls_files.certificate.empty() != target.tls_files.key.empty()) {
    tls.Report("", "certificate and key go together");
  }
}

// What the relay writes inside backticks, in a statement of its own.
std::string ReadRole(config::Section& section) {
  std::string role = section.String("role", "");
  if (role.find_first_of("`\\") != std::string::npos || role.size() > 128) {
    section.Report("role", "is no name of a role");
  }
  return role;
}

void ReadAgents(config::Section& section, const CredentialPlace& place, Target& target) {
  section.EachNamed("agents", [&](const std::string& agent, config::Section& own) {
    AgentAccount account;
    if (own.Has("user") || own.Has("password_file") || own.Has("credential")) {
      account.credential = ReadCredential(own, place);
    }
    account.role = ReadRole(own);
    if (account.credential == nullptr && account.role.empty()) {
      own.Report("", "has neither a credential nor a role of its own");
    }
    target.agents[agent] = std::move(account);
  });
}

Target ReadTarget(const std::string& name, config::Section& section) {
  Target target;
  target.name = name;
  target.host = section.String("host");
  target.port = static_cast<uint16_t>(section.Int("port", 3306, {1, 65535}));
  target.database = section.String("database", "");
  ReadTargetTls(section.Optional("tls"), target);
  const CredentialPlace place{target.host, target.port, tls::Verifies(target.tls_mode)};
  target.credential = ReadCredential(section, place);
  target.role = ReadRole(section);
  ReadAgents(section, place, target);
  target.server_public_key_file = section.OptionalFile("server_public_key").value_or("");
  target.allow_public_key_retrieval = section.Bool("allow_public_key_retrieval", false);
  target.max_doors = static_cast<size_t>(section.Int("max_doors", 500, {1, 100'000}));
  target.connect_timeout = section.Duration("connect_timeout", absl::Seconds(10), {absl::Milliseconds(100), absl::Minutes(5)});
  return target;
}

void ReadLimits(config::Section section, RelayOptions& options) {
  options.threads = static_cast<size_t>(section.Int("threads", 2, {1, 256}));
  options.link.longest_wait = section.Duration("reconnect_wait", absl::Seconds(15), {absl::Milliseconds(100), absl::Hours(1)});
  options.probe_interval = section.Duration("probe_interval", absl::Seconds(10), {absl::Seconds(1), absl::Hours(24)});
  options.catalog.interval = section.Duration("catalog_interval", absl::Minutes(5), {absl::Seconds(1), absl::Hours(24)});
  options.catalog.timeout = section.Duration("catalog_timeout", absl::Minutes(2), {absl::Seconds(1), absl::Hours(1)});
  options.catalog.limits.snapshot_bytes = section.Bytes("catalog_bytes", size_t{1} << 30, {1 << 20, size_t{1} << 36});
  options.catalog.limits.definition_bytes = section.Bytes("definition_bytes", 256 << 10, {1 << 10, 1 << 20});
  options.closing.before_kill = section.Duration("close_patience", absl::Seconds(1), {absl::ZeroDuration(), absl::Minutes(1)});
}

void ReadRoot(config::Section root, RelayConfig& relay) {
  relay.name = root.String("name");
  for (const config::HostPort& gateway : root.Addresses("gateways")) {
    relay.options.gateways.push_back(gateway.ToString());
  }
  {
    config::Section tls = root.Optional("tls");
    if (tls.Has("certificate") || tls.Has("key") || tls.Has("ca")) {
      relay.tls = tls::PemFiles{tls.File("certificate"), tls.File("key"), tls.File("ca")};
    }
    relay.options.link.server_name = tls.String("server_name", "");
  }
  const std::string state_dir = root.Path("state_dir");
  relay.identity_folder = state_dir + "/identity";
  relay.options.ledger_folder = state_dir + "/doors";
  relay.options.lease_folder = state_dir + "/leases";
  relay.options.catalog.folder = state_dir;
  root.EachNamed("targets", [&](const std::string& name, config::Section& section) {
    relay.options.targets[name] = ReadTarget(name, section);
  });
  if (relay.options.targets.empty()) root.Report("targets", "at least one target is needed");
  ReadLimits(root.Optional("limits"), relay.options);
  relay.log = log::ReadOptions(root.Optional("log"));
}

}  // namespace

config::Loaded<RelayConfig> LoadRelayConfig(const std::string& file) {
  config::Document document = config::Document::FromFile(file);
  RelayConfig relay;
  ReadRoot(document.root(), relay);
  config::Problems problems = document.TakeProblems();
  if (problems.empty()) {
    const auto texts = relay.tls ? tls::ReadPemFiles(*relay.tls) : tls::PemTexts();
    if (!texts.ok()) problems.push_back({file, 0, 0, "tls", std::string(texts.status().message())});
    for (const auto& [name, target] : relay.options.targets) {
      if (target.tls_mode == ClientMode::kDisabled) continue;
      const auto context = tls::ClientContext(target.tls_mode, target.tls_files);
      if (!context.ok()) {
        problems.push_back({file, 0, 0, "targets." + name + ".tls", std::string(context.status().message())});
      }
    }
  }
  relay.options.link.credentials = [files = relay.tls, folder = IdentityFolder(relay.identity_folder)](
                                       const std::string& gateway) {
    return LinkCredentials(files ? *files : folder.FilesFor(gateway));
  };
  return config::Loaded<RelayConfig>::From(std::move(relay), std::move(problems));
}

std::vector<Enrolling> GatewaysToJoin(const RelayConfig& config) {
  std::vector<Enrolling> gateways;
  for (const std::string& gateway : config.options.gateways) {
    gateways.push_back({gateway, config.options.link.server_name, config.name});
  }
  return gateways;
}

absl::Status CheckJoined(const RelayConfig& config) {
  const IdentityFolder folder(config.identity_folder);
  for (const std::string& gateway : config.options.gateways) {
    if (config.tls || folder.Has(gateway)) continue;
    return absl::FailedPreconditionError(
        "this relay has no certificate for " + gateway + ": have an admin run `posternctl relay join-token create --name " +
        config.name + " --targets ...`, then run `postern-relay join --config ... --token-file ...` here; or set tls.certificate, "
        "tls.key and tls.ca to bring one of your own");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> LinkCredentials(const tls::PemFiles& files) {
  absl::StatusOr<tls::PemTexts> texts = tls::ReadPemFiles(files);
  if (!texts.ok()) return texts.status();
  return grpc::SslCredentials({texts->ca, texts->key, texts->certificate});
}

std::vector<std::string> FileWarnings(const RelayConfig& config) {
  std::vector<std::string> warnings;
  const auto look = [&](const std::string& file) {
    if (std::optional<std::string> warning = tls::KeyFileWarning(file)) warnings.push_back(*std::move(warning));
  };
  if (config.tls) look(config.tls->key);
  for (const auto& [name, target] : config.options.targets) {
    for (const std::string& file : target.credential->SecretFiles()) look(file);
    for (const auto& [agent, account] : target.agents) {
      if (account.credential == nullptr) continue;
      for (const std::string& file : account.credential->SecretFiles()) look(file);
    }
    if (!target.tls_files.key.empty()) look(target.tls_files.key);
  }
  return warnings;
}

}  // namespace postern::relay
