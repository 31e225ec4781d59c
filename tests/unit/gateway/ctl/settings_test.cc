#include "gateway/ctl/settings.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/unit/gateway/temp_folder.h"

namespace postern::ctl {
namespace {

struct Place {
  TempFolder folder;
  std::map<std::string, std::string> environment{{"HOME", folder.path()}};
  std::ostringstream warnings;
  std::string stored = "of.a.login";

  std::string Write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder.path() / name;
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  absl::StatusOr<Settings> Resolve(const GlobalFlags& flags) {
    return ResolveSettings(
        flags,
        [this](const char* name) {
          const auto found = environment.find(name);
          return found == environment.end() ? std::nullopt : std::optional<std::string>(found->second);
        },
        [this](const std::string& api) -> absl::StatusOr<std::string> { return api == "logged-in:1" ? stored : std::string(); }, warnings);
  }
};

TEST_CASE("flags beat the environment, which beats the file") {
  Place place;
  GlobalFlags flags;
  place.environment["POSTERN_CONFIG"] = place.Write("c.yaml", "api: file:1\ntoken: pat_file\n");
  CHECK(place.Resolve(flags)->api == "file:1");
  CHECK(place.Resolve(flags)->token == "pat_file");
  place.environment["POSTERN_API"] = "env:1";
  place.environment["POSTERN_TOKEN"] = "pat_env";
  CHECK(place.Resolve(flags)->api == "env:1");
  CHECK(place.Resolve(flags)->token == "pat_env");
  flags.api = "flag:1";
  flags.token_file = place.Write("token", "  pat_flag\n");
  CHECK(place.Resolve(flags)->api == "flag:1");
  CHECK(place.Resolve(flags)->token == "pat_flag");
  CHECK(place.warnings.str().empty());
}

TEST_CASE("files beside the config file are found from anywhere") {
  Place place;
  place.Write("t", "pat_x");
  place.Write("ca.pem", "PEM");
  GlobalFlags flags;
  flags.config = place.Write("c.yaml", "api: a:1\nca: ca.pem\ntoken_file: t\n");
  CHECK(place.Resolve(flags)->token == "pat_x");
  CHECK(place.Resolve(flags)->ca_pem == "PEM");
}

TEST_CASE("what is missing or wrong is told with what to do") {
  Place place;
  GlobalFlags flags;
  CHECK(place.Resolve(flags).status().message().find("--api HOST:PORT") != absl::string_view::npos);
  flags.api = "a:1";
  CHECK(place.Resolve(flags).status().message().find("--token-file") != absl::string_view::npos);
  flags.token = "pat_x";
  CHECK(place.Resolve(flags).ok());
  flags.token_file = "x";
  CHECK_FALSE(place.Resolve(flags).ok());
  flags.token_file.clear();
  flags.timeout = "soon";
  CHECK(place.Resolve(flags).status().message().find("--timeout") != absl::string_view::npos);
  flags.timeout = "1s";
  flags.ca = "/no/such.pem";
  CHECK(place.Resolve(flags).status().message().find("/no/such.pem") != absl::string_view::npos);
  flags.ca.clear();
  flags.config = place.Write("c.yaml", "api: a:1\ntokn: x\n");
  CHECK(place.Resolve(flags).status().message().find("c.yaml:2") != absl::string_view::npos);
  flags.config.clear();
  flags.token = "pat_x\nevil: header";
  CHECK_FALSE(place.Resolve(flags).ok());
}

TEST_CASE("a certificate will do in place of a token, and the nearest source that says who calls is the one that counts") {
  Place place;
  GlobalFlags flags;
  flags.api = "a:1";
  place.environment["POSTERN_TOKEN"] = "pat_env";
  flags.certificate = place.Write("cert.pem", "CERT");
  CHECK(place.Resolve(flags).status().message().find("--cert and --key") != absl::string_view::npos);
  flags.key = place.Write("key.pem", "KEY");
  CHECK(place.Resolve(flags)->token.empty());
  CHECK(place.Resolve(flags)->certificate_pem == "CERT");
  CHECK(place.Resolve(flags)->key_pem == "KEY");
  flags.key = "/no/such.key";
  CHECK(place.Resolve(flags).status().message().find("/no/such.key") != absl::string_view::npos);
  flags.certificate.clear();
  flags.key.clear();
  place.environment.erase("POSTERN_TOKEN");
  place.environment["POSTERN_CONFIG"] = place.Write("c.yaml", "cert: cert.pem\nkey: key.pem\n");
  CHECK(place.Resolve(flags)->certificate_pem == "CERT");
  place.environment["POSTERN_TOKEN"] = "pat_env";
  CHECK(place.Resolve(flags)->certificate_pem.empty());
}

TEST_CASE("a login serves where nothing else says who calls, and at its own gateway alone") {
  Place place;
  GlobalFlags flags;
  flags.api = "logged-in:1";
  CHECK(place.Resolve(flags)->token == "of.a.login");
  flags.token = "pat_x";
  CHECK(place.Resolve(flags)->token == "pat_x");
  flags.token.clear();
  flags.api = "elsewhere:1";
  CHECK_FALSE(place.Resolve(flags).ok());
}

TEST_CASE("a token that others may read is warned of") {
  Place place;
  GlobalFlags flags;
  flags.api = "a:1";
  flags.token_file = place.Write("token", "pat_x", 0644);
  CHECK(place.Resolve(flags).ok());
  CHECK(place.warnings.str().find("chmod 600") != std::string::npos);
  CHECK(place.warnings.str().find("pat_x") == std::string::npos);
}

}  // namespace
}  // namespace postern::ctl
