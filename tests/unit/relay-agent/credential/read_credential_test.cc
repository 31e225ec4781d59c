#include "relay-agent/credential/read_credential.h"

#include <catch2/catch.hpp>

namespace postern::relay {
namespace {

// The problems of one target's keys; empty when they are good.
std::string Problems(const std::string& yaml, bool tls_is_verified = true) {
  config::Document document = config::Document::FromText(yaml, "relay.yaml");
  {
    config::Section root = document.root();
    const auto source = ReadCredential(root, {"db.example.com", 3306, tls_is_verified});
    if (document.problems().empty()) CHECK(source != nullptr);
  }
  return config::ToString(document.TakeProblems());
}

TEST_CASE("every kind of credential can be chosen") {
  for (const char* yaml : {
           "{ user: u, password_file: /dev/null }",
           "{ user: u, credential: { environment: DB_PASSWORD } }",
           "{ user: u, credential: { exec: { program: /bin/true, arguments: [a, b], environment: [HOME], timeout: 2s } "
           "} }",
           "{ credential: { vault: { address: 'https://vault:8200', namespace: ns1, login: { token_file: /dev/null }, "
           "dynamic_role: ro } } }",
           "{ credential: { vault: { address: 'http://127.0.0.1:8200/', mount: db, ca: /dev/null, timeout: 2s, "
           "static_role: ro,"
           " login: { approle: { role_id: r, secret_id_file: /dev/null } } } } }",
           "{ user: u, credential: { vault: { address: 'https://vault', kv: { path: apps/orders },"
           " login: { kubernetes: { role: r, token_file: /dev/null } } } } }",
           "{ credential: { vault: { address: 'https://vault', kv: { path: apps/orders, user_field: name },"
           " login: { token_file: /dev/null } } } }",
           "{ user: u, credential: { aws_rds_iam: { region: eu-west-1, keys: instance } } }",
           "{ user: u, credential: { aws_rds_iam: { region: eu-west-1, keys: web_identity, role_arn: a, token_file: "
           "/dev/null,"
           " host: h, port: 3307, endpoint: 'https://sts.internal', ca: /dev/null } } }",
           "{ user: u, credential: { gcp_cloudsql_iam: { service_account: default } } }",
           "{ user: u, credential: { azure_ad: { client_id: c } } }",
       }) {
    INFO(yaml);
    CHECK(Problems(yaml) == "");
  }
}

TEST_CASE("what cannot be is reported where it stands") {
  CHECK(Problems("user: u") == "relay.yaml:1:1: one of password_file, credential is needed");
  CHECK(Problems("user: u\npassword_file: /dev/null\ncredential: { environment: X }") ==
        "relay.yaml:3:13: credential: only one of password_file, credential may be there");
  CHECK(Problems("password_file: /dev/null") == "relay.yaml:1:1: user: is missing");
  CHECK(Problems("user: u\ncredential: { }").find("credential: one of environment, exec, vault") != std::string::npos);
  CHECK(Problems("user: u\ncredential: { environment: X, azure_ad: {} }").find("credential.azure_ad: only one of") !=
        std::string::npos);
  const std::string vault = "credential: { vault: { login: { token_file: /dev/null }, ";
  CHECK(Problems(vault + "address: 'http://vault', dynamic_role: r } }") ==
        "relay.yaml:1:67: credential.vault.address: expected https://…, or http:// with a loopback address");
  CHECK(Problems(vault + "address: 'https://v', dynamic_role: '../sys' } }")
            .find("credential.vault.dynamic_role: may only hold") != std::string::npos);
  CHECK(Problems("user: u\n" + vault + "address: 'https://v', dynamic_role: r } }") ==
        "relay.yaml:1:7: user: this credential says itself who the user is");
  CHECK(
      Problems(vault + "address: 'https://v', dynamic_role: r, static_role: s } }").find("only one of dynamic_role") !=
      std::string::npos);
  CHECK(Problems(vault + "address: 'https://v', dynamic_role: r, rool: s } }")
            .find("credential.vault.rool: unknown key") != std::string::npos);
}

TEST_CASE("a token that the server gets as it is needs a server that is known") {
  for (const char* kind : {"aws_rds_iam: { region: r, keys: instance }", "gcp_cloudsql_iam: {}", "azure_ad: {}"}) {
    const std::string yaml = "user: u\ncredential: { " + std::string(kind) + " }";
    CHECK(Problems(yaml) == "");
    CHECK(Problems(yaml, false) == "relay.yaml:2:13: credential: such a token needs tls.mode verify-full or verify-ca");
  }
}

}  // namespace
}  // namespace postern::relay
