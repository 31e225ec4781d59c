#include "gateway/identity/read_certificates.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::identity {
namespace {

config::Loaded<std::vector<CertificateRule>> Read(const std::string& rules) {
  config::Document document = config::Document::FromText("identity:\n  certificates:\n" + rules, "gateway.yaml");
  std::vector<CertificateRule> read;
  {
    config::Section root = document.root();
    config::Section identity = root.Optional("identity");
    read = ReadCertificates(identity);
  }
  return config::Loaded<std::vector<CertificateRule>>::From(std::move(read), document.TakeProblems());
}

TEST_CASE("agents and people by certificate") {
  const auto loaded = Read(R"(
    - { kind: agent, spiffe: "spiffe://example.com/agent/*", groups: [bots] }
    - { kind: person, common_name: dana, name: dana@example.com, groups: [dba], roles: [reviewer, auditor] }
)");
  REQUIRE(ToString(loaded.problems) == "");
  CHECK(loaded.value->at(0) == CertificateRule{.spiffe = "spiffe://example.com/agent/*", .kind = v1::PRINCIPAL_KIND_AGENT, .groups = {"bots"}});
  CHECK(loaded.value->at(1).name == "dana@example.com");
  CHECK(loaded.value->at(1).roles == std::vector<v1::Role>{v1::ROLE_REVIEWER, v1::ROLE_AUDITOR});
}

TEST_CASE("what is wrong is told with its key") {
  struct Row {
    const char* rule;
    const char* problem;
  };
  for (const Row& row : {Row{"{ kind: agent, name: a }", "needs one of spiffe and common_name"},
                         Row{"{ kind: agent, spiffe: \"spiffe://a/b\", common_name: c, name: a }", "needs one of spiffe and common_name"},
                         Row{"{ kind: agent, spiffe: \"spiffe://a/b\" }", "needs a name"},
                         Row{"{ kind: agent, spiffe: \"spiffe://a*\" }", "spiffe: expected spiffe://DOMAIN/PATH"},
                         Row{"{ kind: agent, spiffe: \"spiffe://*\" }", "spiffe: expected spiffe://DOMAIN/PATH"},
                         Row{"{ kind: agent, spiffe: \"spiffe://a/*/b\" }", "spiffe: expected spiffe://DOMAIN/PATH"},
                         Row{"{ kind: agent, spiffe: \"https://a/b\", name: a }", "spiffe: expected spiffe://DOMAIN/PATH"},
                         Row{"{ kind: agent, common_name: \"*x\" }", "common_name: a * stands at the end, once"},
                         Row{"{ kind: agent, common_name: x, name: \"a+b\" }", "name: 1 to 64 characters"},
                         Row{"{ kind: agent, common_name: x, name: a, roles: [admin] }", "roles: are for people"},
                         Row{"{ kind: person, common_name: x, name: a, roles: [root] }", "roles[0]: expected reviewer, auditor or admin"},
                         Row{"{ kind: robot, common_name: x, name: a }", "kind: "},
                         Row{"{ kind: agent, common_name: x, name: a, role: admin }", "role: unknown key"}}) {
    INFO(row.rule);
    const auto loaded = Read(std::string("    - ") + row.rule + "\n");
    CHECK(ToString(loaded.problems).find(row.problem) != std::string::npos);
  }
}

}  // namespace
}  // namespace postern::identity
