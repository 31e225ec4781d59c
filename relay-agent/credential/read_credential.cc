#include "relay-agent/credential/read_credential.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/cat.h"
#include "common/http/client.h"
#include "relay-agent/credential/aws_rds_iam.h"
#include "relay-agent/credential/environment.h"
#include "relay-agent/credential/metadata_token.h"
#include "relay-agent/credential/password_file.h"
#include "relay-agent/credential/program_output.h"
#include "relay-agent/credential/vault.h"

namespace postern::relay {
namespace {

using config::Section;
using Source = std::shared_ptr<CredentialSource>;

// The one of `keys` that is there; reports none or several, and yields none.
std::optional<std::string_view> OneOf(Section& section, const std::vector<std::string_view>& keys) {
  std::optional<std::string_view> found;
  bool several = false;
  for (const std::string_view key : keys) {
    // Asks for it, so that it is not told to be unknown too.
    section.IsNull(key);
    if (!section.Has(key) || several) continue;
    several = found.has_value();
    if (several) {
      section.Report(key, config::Cat("only one of ", config::Join(keys, ", "), " may be there"));
    } else {
      found = key;
    }
  }
  if (several) return std::nullopt;
  if (!found && section.present()) section.Report("", config::Cat("one of ", config::Join(keys, ", "), " is needed"));
  return found;
}

// Part of a path in a URL of ours: nothing that would have to be escaped, and no way up.
std::string UrlPath(Section& section, std::string_view key, std::string text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == '/';
  });
  if (!plain || text.find("..") != std::string::npos || text.starts_with('/') || text.ends_with('/')) {
    section.Report(key, "may only hold letters, digits, '-', '_', '.', and '/' inside");
  }
  return text;
}

// An address that stands in for a service's own, or is the only one.
std::string Endpoint(Section& section, std::string_view key, std::string text) {
  if (!text.empty() && !http::IsPrivateUrl(text)) {
    section.Report(key, "expected https://…, or http:// with a loopback address");
  }
  while (text.ends_with('/')) text.pop_back();
  return text;
}

Source ReadProgram(Section program, std::string user) {
  ProgramOutput::Options options;
  options.user = std::move(user);
  options.program = program.File("program");
  options.arguments = program.Strings("arguments", {});
  options.environment = program.Strings("environment", {});
  options.timeout = program.Duration("timeout", absl::Seconds(5), {absl::Milliseconds(100), absl::Minutes(1)});
  return std::make_shared<ProgramOutput>(std::move(options));
}

VaultLogin ReadVaultLogin(Section login) {
  const std::optional<std::string_view> way = OneOf(login, {"token_file", "approle", "kubernetes"});
  if (way == "approle") {
    Section role = login.Required("approle");
    return VaultAppRole{UrlPath(role, "mount", role.String("mount", "approle")), role.String("role_id"),
                        role.File("secret_id_file")};
  }
  if (way == "kubernetes") {
    Section pod = login.Required("kubernetes");
    const bool own = pod.Has("token_file");
    return VaultKubernetes{UrlPath(pod, "mount", pod.String("mount", "kubernetes")), pod.String("role"),
                           own ? pod.File("token_file") : "/var/run/secrets/kubernetes.io/serviceaccount/token"};
  }
  return VaultTokenFile{way ? login.File("token_file") : ""};
}

VaultSecret ReadVaultSecret(Section& vault, const std::string& user) {
  const std::optional<std::string_view> kind = OneOf(vault, {"dynamic_role", "static_role", "kv"});
  if (kind == "kv") {
    Section kv = vault.Required("kv");
    return VaultKv{UrlPath(kv, "mount", kv.String("mount", "secret")), UrlPath(kv, "path", kv.String("path")),
                   UrlPath(kv, "password_field", kv.String("password_field", "password")),
                   UrlPath(kv, "user_field", kv.String("user_field", "")), user};
  }
  const std::string mount = UrlPath(vault, "mount", vault.String("mount", "database"));
  if (kind == "static_role") return VaultStaticRole{mount, UrlPath(vault, "static_role", vault.String("static_role"))};
  return VaultDynamicRole{mount, kind ? UrlPath(vault, "dynamic_role", vault.String("dynamic_role")) : ""};
}

// Whether Vault says who the user is.
bool NamesUser(const VaultSecret& secret) {
  const auto* kv = std::get_if<VaultKv>(&secret);
  return kv == nullptr || !kv->user_field.empty();
}

Source ReadVault(Section vault, const std::string& user, bool& needs_user) {
  VaultOptions options;
  options.address = Endpoint(vault, "address", vault.String("address"));
  options.ca_file = vault.OptionalFile("ca").value_or("");
  options.name_space = vault.String("namespace", "");
  options.timeout = vault.Duration("timeout", absl::Seconds(5), {absl::Milliseconds(100), absl::Minutes(1)});
  options.login = ReadVaultLogin(vault.Required("login"));
  VaultSecret secret = ReadVaultSecret(vault, user);
  needs_user = !NamesUser(secret);
  return std::make_shared<VaultSource>(std::move(options), std::move(secret));
}

Source ReadAws(Section aws, std::string user, const CredentialPlace& place) {
  AwsRdsIam::Options options;
  options.user = std::move(user);
  options.region = UrlPath(aws, "region", aws.String("region"));
  options.host = aws.String("host", place.host);
  options.port = static_cast<uint16_t>(aws.Int("port", place.port, {1, 65535}));
  options.keys.region = options.region;
  options.keys.from = aws.RequiredWord<AwsKeysFrom>("keys", {{"environment", AwsKeysFrom::kEnvironment},
                                                             {"web_identity", AwsKeysFrom::kWebIdentity},
                                                             {"container", AwsKeysFrom::kContainer},
                                                             {"instance", AwsKeysFrom::kInstance}});
  if (options.keys.from == AwsKeysFrom::kWebIdentity) {
    options.keys.role_arn = aws.String("role_arn", "");
    options.keys.token_file = aws.OptionalFile("token_file").value_or("");
  }
  options.keys.endpoint = Endpoint(aws, "endpoint", aws.String("endpoint", ""));
  options.keys.ca_file = aws.OptionalFile("ca").value_or("");
  return std::make_shared<AwsRdsIam>(std::move(options));
}

Source ReadCloudSql(Section google, std::string user) {
  MetadataToken::CloudSql options;
  options.endpoint = Endpoint(google, "endpoint", google.String("endpoint", ""));
  options.service_account = google.String("service_account", "");
  return std::make_shared<MetadataToken>(std::move(user), options);
}

Source ReadAzure(Section azure, std::string user) {
  MetadataToken::AzureAd options;
  options.endpoint = Endpoint(azure, "endpoint", azure.String("endpoint", ""));
  options.client_id = azure.String("client_id", "");
  options.resource = azure.String("resource", "");
  return std::make_shared<MetadataToken>(std::move(user), options);
}

Source ReadKind(Section credential, std::string user, const CredentialPlace& place, bool& needs_user) {
  const std::optional<std::string_view> kind =
      OneOf(credential, {"environment", "exec", "vault", "aws_rds_iam", "gcp_cloudsql_iam", "azure_ad"});
  if (!kind) return nullptr;
  if (kind == "environment") {
    return std::make_shared<EnvironmentPassword>(std::move(user), credential.String("environment"));
  }
  if (kind == "exec") return ReadProgram(credential.Required("exec"), std::move(user));
  if (kind == "vault") return ReadVault(credential.Required("vault"), user, needs_user);
  if (kind == "aws_rds_iam") return ReadAws(credential.Required("aws_rds_iam"), std::move(user), place);
  if (kind == "gcp_cloudsql_iam") return ReadCloudSql(credential.Required("gcp_cloudsql_iam"), std::move(user));
  return ReadAzure(credential.Required("azure_ad"), std::move(user));
}

}  // namespace

std::shared_ptr<CredentialSource> ReadCredential(config::Section& section, const CredentialPlace& place) {
  const std::optional<std::string_view> way = OneOf(section, {"password_file", "credential"});
  std::string user = section.String("user", "");
  bool needs_user = true;
  Source source;
  if (way == "password_file") {
    source = std::make_shared<PasswordFile>(user, section.File("password_file"));
  } else if (way == "credential") {
    source = ReadKind(section.Required("credential"), user, place, needs_user);
  }
  if (needs_user && user.empty()) section.String("user");
  if (!needs_user && !user.empty()) section.Report("user", "this credential says itself who the user is");
  if (source != nullptr && source->needs_verified_tls() && !place.tls_is_verified) {
    section.Report("credential", "such a token needs tls.mode verify-full or verify-ca");
  }
  return source;
}

}  // namespace postern::relay
