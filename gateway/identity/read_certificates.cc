#include "gateway/identity/read_certificates.h"

#include <string>
#include <string_view>
#include <utility>

#include "gateway/identity/role_word.h"
#include "gateway/identity/token_rules.h"

namespace postern::identity {
namespace {

constexpr size_t kMaxRules = 256;
constexpr size_t kMaxListed = 64;

const std::vector<std::pair<std::string_view, v1::PrincipalKind>> kKinds = {{"agent", v1::PRINCIPAL_KIND_AGENT},
                                                                            {"person", v1::PRINCIPAL_KIND_PERSON}};

// Whether it is good with its '*', if it has one, in the only place for it.
bool IsPattern(std::string_view pattern) {
  const size_t star = pattern.find('*');
  return !pattern.empty() && (star == std::string_view::npos || star + 1 == pattern.size());
}

void CheckPatterns(config::Section& section, const CertificateRule& rule) {
  if (rule.spiffe.empty() == rule.common_name.empty()) section.Report("", "needs one of spiffe and common_name");
  if (!rule.common_name.empty() && !IsPattern(rule.common_name)) section.Report("common_name", "a * stands at the end, once");
  if (rule.spiffe.empty()) return;
  const bool starred = rule.spiffe.back() == '*';
  // The star must not reach into the trust domain.
  const std::string example = starred ? rule.spiffe.substr(0, rule.spiffe.size() - 1) + "x" : rule.spiffe;
  const size_t path = rule.spiffe.find('/', std::string_view("spiffe://").size());
  if (!IsSpiffeId(example) || (starred && path == std::string::npos)) {
    section.Report("spiffe", "expected spiffe://DOMAIN/PATH, and at most one *, at the end of the path");
  }
}

void CheckName(config::Section& section, const CertificateRule& rule) {
  const bool starred = rule.spiffe.ends_with('*') || rule.common_name.ends_with('*');
  if (rule.name.empty()) {
    if (!starred) section.Report("", "needs a name, or a * that stands for it");
    return;
  }
  const bool good = rule.kind == v1::PRINCIPAL_KIND_AGENT ? IsAgentName(rule.name) : IsPersonName(rule.name);
  if (!good) section.Report("name", "1 to 64 characters of A-Z a-z 0-9 . _ -, and of @ for a person");
}

void ReadRoles(config::Section& section, CertificateRule& rule) {
  const std::vector<std::string> words = section.Strings("roles", {});
  for (size_t i = 0; i < words.size(); ++i) {
    const auto role = RoleFrom(words[i]);
    if (role) {
      rule.roles.push_back(*role);
    } else {
      section.ReportItem("roles", i, "expected reviewer, auditor or admin");
    }
  }
  if (!words.empty() && rule.kind != v1::PRINCIPAL_KIND_PERSON) section.Report("roles", "are for people: an agent has none");
}

CertificateRule ReadRule(config::Section& section) {
  CertificateRule rule;
  rule.kind = section.RequiredWord("kind", kKinds);
  rule.spiffe = section.String("spiffe", "");
  rule.common_name = section.String("common_name", "");
  rule.name = section.String("name", "");
  rule.groups = section.Strings("groups", {});
  if (rule.groups.size() > kMaxListed) section.Report("groups", "has more than 64 entries");
  ReadRoles(section, rule);
  CheckPatterns(section, rule);
  CheckName(section, rule);
  return rule;
}

}  // namespace

std::vector<CertificateRule> ReadCertificates(config::Section& identity) {
  std::vector<CertificateRule> rules;
  identity.EachItem("certificates", [&](config::Section& section) { rules.push_back(ReadRule(section)); });
  if (rules.size() > kMaxRules) identity.Report("certificates", "has more than 256 entries");
  return rules;
}

}  // namespace postern::identity
