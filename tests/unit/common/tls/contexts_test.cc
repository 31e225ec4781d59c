// Real handshakes in memory, with certificates made as the demo makes them.
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/tls/client_context.h"
#include "common/tls/pinned_context.h"
#include "common/tls/server_context.h"
#include "common/tls/trust.h"

namespace postern::tls {
namespace {

class Certificates {
 public:
  Certificates() {
    char name[] = "/tmp/postern-tls-test.XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    dir_ = name;
    const std::string script = "set -e; . " POSTERN_SOURCE_DIR "/deploy/certificates.sh; Ca '" + dir_ + "'; Ca '" + dir_ +
                               "/other'; Certificate '" + dir_ + "' server DNS:db.example,IP:127.0.0.1; Certificate '" +
                               dir_ + "' client DNS:client; Certificate '" + dir_ + "/other' client DNS:client";
    REQUIRE(std::system(("bash -c \"" + script + "\"").c_str()) == 0);
  }
  ~Certificates() { std::filesystem::remove_all(dir_); }

  std::string File(const std::string& name) const { return dir_ + "/" + name; }
  PemFiles Server(bool ask_client = false) const {
    return {File("server.pem"), File("server.key"), ask_client ? File("ca.pem") : ""};
  }

 private:
  std::string dir_;
};

const Certificates& Pki() {
  static const Certificates certificates;
  return certificates;
}

struct Outcome {
  bool client_done = false;
  bool server_done = false;
  bool client_named = false;
};

Outcome Handshake(asio::ssl::context& server, asio::ssl::context& client, ClientMode mode, const std::string& host,
                  int client_max_version = 0) {
  SSL* accepting = SSL_new(server.native_handle());
  SSL* dialling = SSL_new(client.native_handle());
  if (client_max_version != 0) {
    SSL_set_min_proto_version(dialling, 0);
    SSL_set_max_proto_version(dialling, client_max_version);
  }
  REQUIRE(ExpectHost(dialling, mode, host).ok());
  BIO* ours = nullptr;
  BIO* theirs = nullptr;
  REQUIRE(BIO_new_bio_pair(&ours, 0, &theirs, 0) == 1);
  SSL_set_bio(accepting, ours, ours);
  SSL_set_bio(dialling, theirs, theirs);
  SSL_set_accept_state(accepting);
  SSL_set_connect_state(dialling);
  Outcome outcome;
  for (int step = 0; step < 20; ++step) {
    outcome.client_done = SSL_do_handshake(dialling) == 1;
    outcome.server_done = SSL_do_handshake(accepting) == 1;
  }
  outcome.client_named = SSL_get0_peer_certificate(accepting) != nullptr;
  SSL_free(accepting);
  SSL_free(dialling);
  return outcome;
}

bool Connects(ClientMode mode, const std::string& ca, const std::string& host) {
  auto server = ServerContext(Pki().Server());
  auto client = ClientContext(mode, {"", "", ca});
  REQUIRE(server.ok());
  REQUIRE(client.ok());
  return Handshake(**server, **client, mode, host).client_done;
}

TEST_CASE("each mode checks what it says") {
  const std::string ca = Pki().File("ca.pem");
  const std::string other = Pki().File("other/ca.pem");
  CHECK(Connects(ClientMode::kRequired, "", "elsewhere"));
  CHECK(Connects(ClientMode::kVerifyCa, ca, "elsewhere"));
  CHECK_FALSE(Connects(ClientMode::kVerifyCa, other, "db.example"));
  CHECK_FALSE(Connects(ClientMode::kVerifyCa, "", "db.example"));
  CHECK(Connects(ClientMode::kVerifyFull, ca, "db.example"));
  CHECK(Connects(ClientMode::kVerifyFull, ca, "127.0.0.1"));
  CHECK_FALSE(Connects(ClientMode::kVerifyFull, ca, "elsewhere"));
  CHECK_FALSE(Connects(ClientMode::kVerifyFull, ca, "127.0.0.2"));
  CHECK_FALSE(Connects(ClientMode::kVerifyFull, other, "db.example"));
}

TEST_CASE("a pinned certificate is taken whatever its names, and another of its authority is not") {
  auto server = ServerContext(Pki().Server());
  auto other = ServerContext({Pki().File("client.pem"), Pki().File("client.key"), ""});
  REQUIRE(server.ok());
  REQUIRE(other.ok());
  auto client = PinnedContext(**server);
  REQUIRE(client.ok());
  CHECK(Handshake(**server, **client, ClientMode::kVerifyCa, "elsewhere").client_done);
  CHECK_FALSE(Handshake(**other, **client, ClientMode::kVerifyCa, "elsewhere").client_done);
}

TEST_CASE("a client certificate is asked for, not demanded, and any is let through for the listener to judge") {
  auto server = ServerContext(Pki().Server(true));
  REQUIRE(server.ok());
  const auto with = [&](const std::string& name) {
    PemFiles files{"", "", Pki().File("ca.pem")};
    if (!name.empty()) files.certificate = Pki().File(name + ".pem"), files.key = Pki().File(name + ".key");
    auto client = ClientContext(ClientMode::kVerifyCa, files);
    REQUIRE(client.ok());
    return Handshake(**server, **client, ClientMode::kVerifyCa, "db.example");
  };
  const Outcome none = with("");
  CHECK(none.server_done);
  CHECK_FALSE(none.client_named);
  const Outcome ours = with("client");
  CHECK(ours.server_done);
  CHECK(ours.client_named);
  const Outcome foreign = with("other/client");
  CHECK(foreign.server_done);
  CHECK(foreign.client_named);
}

TEST_CASE("TLS 1.1 is not spoken") {
  auto server = ServerContext(Pki().Server());
  auto client = ClientContext(ClientMode::kRequired, {});
  REQUIRE(server.ok());
  REQUIRE(client.ok());
  CHECK_FALSE(Handshake(**server, **client, ClientMode::kRequired, "db.example", TLS1_1_VERSION).server_done);
  CHECK(Handshake(**server, **client, ClientMode::kRequired, "db.example", TLS1_2_VERSION).server_done);
}

TEST_CASE("what is wrong with a file is said with its name") {
  const std::string missing = Pki().File("nowhere.pem");
  const auto no_certificate = ServerContext({missing, Pki().File("server.key"), ""});
  REQUIRE_FALSE(no_certificate.ok());
  CHECK(std::string(no_certificate.status().message()).find(missing) != std::string::npos);
  const auto other_key = ReadPemFiles({Pki().File("server.pem"), Pki().File("client.key"), ""});
  REQUIRE_FALSE(other_key.ok());
  CHECK(std::string(other_key.status().message()).find("client.key") != std::string::npos);
  const auto no_pem = ClientContext(ClientMode::kVerifyCa, {"", "", Pki().File("server.key")});
  CHECK_FALSE(no_pem.ok());
}

TEST_CASE("what others are to check us by is certificates and never a key that lies beside them") {
  const std::string mixed = Pki().File("mixed.pem");
  std::ofstream(mixed) << std::ifstream(Pki().File("ca.key")).rdbuf() << std::ifstream(Pki().File("ca.pem")).rdbuf();
  const auto trust = TrustFor("", mixed);
  REQUIRE(trust.ok());
  CHECK(trust->find("BEGIN CERTIFICATE") != std::string::npos);
  CHECK(trust->find("PRIVATE KEY") == std::string::npos);
}

TEST_CASE("the texts are read whole") {
  const auto texts = ReadPemFiles(Pki().Server(true));
  REQUIRE(texts.ok());
  CHECK(texts->certificate.find("BEGIN CERTIFICATE") != std::string::npos);
  CHECK(texts->key.find("PRIVATE KEY") != std::string::npos);
  CHECK(texts->ca.find("BEGIN CERTIFICATE") != std::string::npos);
}

TEST_CASE("a key that others can read is warned of") {
  const std::string key = Pki().File("server.key");
  CHECK_FALSE(KeyFileWarning(key).has_value());
  REQUIRE(chmod(key.c_str(), 0644) == 0);
  CHECK(KeyFileWarning(key).has_value());
  REQUIRE(chmod(key.c_str(), 0600) == 0);
}

}  // namespace
}  // namespace postern::tls
