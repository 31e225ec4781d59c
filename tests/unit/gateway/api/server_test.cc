#include "gateway/api/server.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "gateway/api/first_look.h"
#include "proto/postern/v1/admin.grpc.pb.h"
#include "tests/unit/gateway/api/api_fixture.h"

namespace postern::api {
namespace {

// Refused handshakes are what these tests are about; gRPC need not tell of each.
const int kQuiet = setenv("GRPC_VERBOSITY", "NONE", 0);

std::string Read(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A CA with a gateway's and a relay's certificate, as the demo makes them.
std::filesystem::path MakeCertificates(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path made = folder / name;
  const std::string command = "bash -c '. " POSTERN_SOURCE_DIR "/deploy/certificates.sh; Ca " + made.string() +
                              " && Certificate " + made.string() +
                              " gateway DNS:localhost,IP:127.0.0.1 && Certificate " + made.string() +
                              " relay URI:spiffe://test/relay'";
  REQUIRE(std::system(command.c_str()) == 0);
  return made;
}

ServerOptions OptionsFor(const std::filesystem::path& certificates) {
  ServerOptions options;
  options.host = "127.0.0.1";
  options.certificate = certificates / "gateway.pem";
  options.key = certificates / "gateway.key";
  options.client_ca = certificates / "ca.pem";
  options.refresh = absl::Seconds(1);
  return options;
}

absl::StatusOr<std::unique_ptr<ApiServer>> Start(ApiFixture& api, const ServerOptions& options) {
  auto first_look = std::make_shared<FirstLook>(*api.tokens, 64, absl::Seconds(10));
  return ApiServer::Start(options, api.connections, std::move(first_look), api.services.All());
}

std::unique_ptr<ApiServer> Serve(ApiFixture& api, const ServerOptions& options) { return Must(Start(api, options)); }

grpc::Status Ask(int port, const std::string& secret, const grpc::SslCredentialsOptions& tls) {
  grpc::ChannelArguments apart;
  apart.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto channel = grpc::CreateCustomChannel("localhost:" + std::to_string(port), grpc::SslCredentials(tls), apart);
  v1::Status status;
  return v1::Admin::NewStub(channel)->GetStatus(As(secret).get(), v1::GetStatusRequest(), &status);
}

TEST_CASE("the server verifies client certificates when given, and does without") {
  TempFolder folder;
  ApiFixture api;
  const auto ours = MakeCertificates(folder.path(), "ours");
  const auto theirs = MakeCertificates(folder.path(), "theirs");
  const auto server = Serve(api, OptionsFor(ours));
  const std::string secret = api.Person("ada", {v1::ROLE_AUDITOR}).secret;
  CHECK(Ask(server->port(), secret, {Read(ours / "ca.pem"), "", ""}).ok());
  CHECK(Ask(server->port(), secret, {Read(ours / "ca.pem"), Read(ours / "relay.key"), Read(ours / "relay.pem")}).ok());
  CHECK_FALSE(
      Ask(server->port(), secret, {Read(ours / "ca.pem"), Read(theirs / "relay.key"), Read(theirs / "relay.pem")})
          .ok());
  CHECK_FALSE(Ask(server->port(), secret, {Read(theirs / "ca.pem"), "", ""}).ok());
  server->Shutdown(absl::Seconds(1));
}

TEST_CASE("new certificates serve new connections without a restart") {
  TempFolder folder;
  ApiFixture api;
  const auto old_ones = MakeCertificates(folder.path(), "old");
  const auto new_ones = MakeCertificates(folder.path(), "new");
  std::filesystem::create_directory_symlink(old_ones, folder.path() / "live");
  const auto server = Serve(api, OptionsFor(folder.path() / "live"));
  const std::string secret = api.Person("ada", {v1::ROLE_AUDITOR}).secret;
  REQUIRE(Ask(server->port(), secret, {Read(old_ones / "ca.pem"), "", ""}).ok());
  std::filesystem::create_directory_symlink(new_ones, folder.path() / "next");
  std::filesystem::rename(folder.path() / "next", folder.path() / "live");
  const absl::Time give_up = absl::Now() + absl::Seconds(60);
  grpc::Status status;
  do {
    status = Ask(server->port(), secret, {Read(new_ones / "ca.pem"), "", ""});
  } while (!status.ok() && absl::Now() < give_up);
  CHECK(status.ok());
}

TEST_CASE("files that do not fit together are told at the start, by their key in the config") {
  TempFolder folder;
  const auto ours = MakeCertificates(folder.path(), "ours");
  ServerOptions options = OptionsFor(ours);
  CHECK(CheckTlsFiles(options).ok());
  options.key = ours / "relay.key";
  CHECK(CheckTlsFiles(options).message().substr(0, 11) == "api.tls.key");
  options = OptionsFor(ours);
  options.client_ca = folder.path() / "none";
  CHECK(CheckTlsFiles(options).message().substr(0, 17) == "api.tls.client_ca");
}

TEST_CASE("a taken port is told") {
  TempFolder folder;
  ApiFixture api;
  const auto server = Serve(api, OptionsFor(MakeCertificates(folder.path(), "c")));
  ServerOptions second = OptionsFor(folder.path() / "c");
  second.port = static_cast<uint16_t>(server->port());
  ApiFixture other;
  CHECK(Start(other, second).status().code() == absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace postern::api
