#include "gateway/identity/read_issuers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/http/client.h"
#include "gateway/identity/role_word.h"

namespace postern::identity {
namespace {

constexpr size_t kMaxIssuers = 32;  // each has a thread
constexpr size_t kMaxListed = 64;

const std::vector<std::pair<std::string_view, v1::PrincipalKind>> kKinds = {{"agent", v1::PRINCIPAL_KIND_AGENT},
                                                                            {"person", v1::PRINCIPAL_KIND_PERSON}};

void CheckUrl(config::Section& section, std::string_view key, const std::string& url) {
  const bool https = url.starts_with("https://") && http::IsPrivateUrl(url);
  if (!url.empty() && !https) section.Report(key, "expected an https URL without user, query or fragment");
}

std::vector<std::string> Few(config::Section& section, std::string_view key, std::vector<std::string> texts) {
  if (texts.size() > kMaxListed) section.Report(key, "has more than 64 entries");
  return texts;
}

std::vector<jose::Algorithm> ReadAlgorithms(config::Section& section, std::vector<jose::Algorithm> all) {
  if (!section.Has("algorithms")) return all;
  std::vector<jose::Algorithm> chosen;
  const std::vector<std::string> names = section.Strings("algorithms");
  for (size_t i = 0; i < names.size(); ++i) {
    const auto algorithm = jose::AlgorithmFrom(names[i]);
    if (algorithm) {
      chosen.push_back(*algorithm);
    } else {
      section.ReportItem("algorithms", i, "expected one of RS256, RS384, RS512, PS256, ES256, ES384, EdDSA");
    }
  }
  return chosen;
}

void ReadRequiredClaims(config::Section section, Issuer& issuer) {
  for (const std::string& claim : section.Keys())
    issuer.required_claims[claim] = Few(section, claim, section.Texts(claim));
}

void ReadRoles(config::Section section, Issuer& issuer) {
  for (const std::string& group : section.Keys()) {
    const std::vector<std::string> names = section.Texts(group);
    for (const std::string& name : names) {
      const auto role = RoleFrom(name);
      if (!role) {
        section.Report(group, "expected roles of reviewer, auditor, admin");
      } else {
        issuer.roles[group].push_back(*role);
      }
    }
  }
}

void ReadWhoItIs(config::Section& section, Issuer& issuer) {
  issuer.kind = section.RequiredWord("kind", kKinds);
  if (section.Has("name_claim")) issuer.name_claim = Few(section, "name_claim", section.Texts("name_claim"));
  issuer.name_prefix = section.String("name_prefix", "");
  if (section.Has("groups_claim")) issuer.groups_claim = Few(section, "groups_claim", section.Texts("groups_claim"));
  ReadRoles(section.Optional("roles"), issuer);
  if (issuer.roles.empty()) return;
  if (issuer.kind != v1::PRINCIPAL_KIND_PERSON) section.Report("roles", "are for people: an agent has none");
  if (issuer.groups_claim.empty()) section.Report("roles", "needs groups_claim, which says who is in a group");
}

Issuer ReadIssuer(config::Section& section) {
  Issuer issuer;
  issuer.url = section.String("issuer");
  CheckUrl(section, "issuer", issuer.url);
  issuer.jwks_uri = section.String("jwks_uri", "");
  CheckUrl(section, "jwks_uri", issuer.jwks_uri);
  issuer.ca = section.OptionalFile("ca").value_or("");
  issuer.refresh_interval =
      section.Duration("refresh_interval", issuer.refresh_interval, {absl::Seconds(1), absl::Hours(24)});
  issuer.max_key_age = section.Duration("max_key_age", issuer.max_key_age, {absl::Seconds(1), absl::Hours(24 * 30)});
  if (issuer.max_key_age < issuer.refresh_interval) section.Report("max_key_age", "is shorter than refresh_interval");
  issuer.audiences = Few(section, "audience", section.Texts("audience"));
  issuer.authorized_parties = Few(section, "authorized_parties", section.Strings("authorized_parties", {}));
  if (section.Has("authorized_parties") && issuer.authorized_parties.empty()) {
    section.Report("authorized_parties", "nobody is authorized; leave it out to believe tokens of every party");
  }
  issuer.algorithms = ReadAlgorithms(section, std::move(issuer.algorithms));
  issuer.clock_skew = section.Duration("clock_skew", issuer.clock_skew, {absl::ZeroDuration(), absl::Minutes(10)});
  ReadRequiredClaims(section.Optional("required_claims"), issuer);
  ReadWhoItIs(section, issuer);
  issuer.session_outlives_token = section.Bool("session_outlives_token", false);
  return issuer;
}

}  // namespace

std::vector<Issuer> ReadIssuers(config::Section& identity) {
  std::vector<Issuer> issuers;
  identity.EachItem("issuers", [&](config::Section& section) { issuers.push_back(ReadIssuer(section)); });
  if (issuers.size() > kMaxIssuers) identity.Report("issuers", "has more than 32 entries");
  return issuers;
}

}  // namespace postern::identity
