// posternctl login against an issuer that answers what the test says.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <deque>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "gateway/ctl/login_store.h"
#include "gateway/ctl/run.h"
#include "gateway/ctl/stored_token.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::ctl {
namespace {

constexpr char kUrl[] = "https://idp.example";

http::Response Answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string Discovery(const std::string& issuer = kUrl) {
  return nlohmann::json{{"issuer", issuer},
                        {"device_authorization_endpoint", "https://idp.example/device"},
                        {"token_endpoint", "https://idp.example/token"},
                        {"revocation_endpoint", "https://idp.example/revoke"}}
      .dump();
}

constexpr char kCode[] = R"({"device_code":"dc secret","user_code":"ABCD-EFGH","verification_uri":"https://idp.example/d","expires_in":600,"interval":3})";
constexpr char kTokens[] = R"({"access_token":"at.1.x","refresh_token":"rt 1","id_token":"id.1.x","expires_in":300})";

std::string Error(const std::string& error) { return R"({"error":")" + error + R"("})"; }

struct Place {
  TempFolder folder;
  std::map<std::string, std::string> environment{{"XDG_CONFIG_HOME", folder.path() / "xdg"}, {"POSTERN_API", "gw:1"}};
  std::ostringstream out;
  std::ostringstream err;
  // By URL, in order; the last one stays.
  std::map<std::string, std::deque<std::pair<int, std::string>>> answers{
      {"https://idp.example/.well-known/openid-configuration", {{200, Discovery()}}}, {"https://idp.example/device", {{200, kCode}}},
      {"https://idp.example/token", {{200, kTokens}}}, {"https://idp.example/revoke", {{200, "{}"}}}};
  std::vector<std::string> sent;
  std::vector<absl::Duration> slept;

  Send Sender() {
    return [this](const http::Request& request) -> absl::StatusOr<http::Response> {
      sent.push_back(request.url + " " + request.body);
      auto& queue = answers[request.url];
      if (queue.empty()) return absl::UnavailableError("no answer");
      const auto [status, body] = queue.front();
      if (queue.size() > 1) queue.pop_front();
      if (status == 0) return absl::UnavailableError("timed out");
      return Answer(status, body);
    };
  }
  int Do(const std::vector<std::string>& arguments) {
    const auto getenv = [this](const char* name) {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
    World world{.out = out, .err = err, .getenv = getenv, .connect = ConnectTls, .send = Sender(), .sleep = [this](absl::Duration time) { slept.push_back(time); }};
    return Run(arguments, std::move(world));
  }
  int LogIn() { return Do({"login", "--issuer", kUrl, "--client-id", "cli"}); }
  std::filesystem::path Folder() const { return folder.path() / "xdg/postern"; }
  absl::StatusOr<std::string> Token(const std::string& api = "gw:1") { return StoredToken(Folder(), api, Sender()); }
};

TEST_CASE("a login waits as it is told, and is kept for its owner alone") {
  Place place;
  place.answers["https://idp.example/token"] = {{400, Error("authorization_pending")}, {400, Error("slow_down")}, {0, ""}, {503, ""}, {200, kTokens}};
  REQUIRE(place.LogIn() == kOk);
  CHECK(place.err.str().find("ABCD-EFGH") != std::string::npos);
  CHECK(place.slept == std::vector<absl::Duration>{absl::Seconds(3), absl::Seconds(3), absl::Seconds(8), absl::Seconds(16), absl::Seconds(32)});
  CHECK(place.sent.at(1) == "https://idp.example/device client_id=cli&scope=openid%20offline_access");
  CHECK(place.sent.at(2).find("device_code=dc%20secret&client_id=cli") != std::string::npos);
  struct stat facts{};
  REQUIRE(stat((place.Folder() / "login.json").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(*place.Token() == "at.1.x");
  CHECK(place.Token("other:1")->empty());
  CHECK((place.out.str() + place.err.str()).find("at.1.x") == std::string::npos);
}

TEST_CASE("a login that comes to nothing says why, and keeps nothing") {
  struct Row {
    std::string url;
    std::pair<int, std::string> answer;
    int code;
    std::string told;
  };
  const std::string discovery = "https://idp.example/.well-known/openid-configuration";
  for (const Row& row : {Row{"https://idp.example/token", {400, Error("access_denied")}, kDenied, "refused"},
                         Row{"https://idp.example/token", {400, Error("expired_token")}, kDenied, "in time"},
                         Row{"https://idp.example/token", {400, Error("authorization_pending")}, kDenied, "in time"},
                         Row{"https://idp.example/token", {400, Error("invalid_client")}, kFailed, "invalid_client"},
                         Row{"https://idp.example/token", {200, "{}"}, kFailed, "no access token"},
                         Row{"https://idp.example/token", {200, "nonsense"}, kFailed, "no JSON"},
                         Row{"https://idp.example/device", {400, Error("unauthorized_client")}, kFailed, "unauthorized_client"},
                         Row{"https://idp.example/device", {200, "{}"}, kFailed, "no code"},
                         Row{"https://idp.example/device", {200, R"({"device_code":"a","user_code":"b","verification_uri":"file:///etc"})"}, kFailed, "no code"},
                         Row{discovery, {404, ""}, kFailed, "discovery"},
                         Row{discovery, {0, ""}, kUnreachable, "does not answer"},
                         Row{discovery, {200, Discovery("https://evil.example")}, kFailed, "another name"},
                         Row{discovery, {200, R"({"issuer":"https://idp.example"})"}, kFailed, "by a code"}}) {
    INFO(row.url << " " << row.answer.second);
    Place place;
    place.answers[row.url] = {row.answer};
    CHECK(place.LogIn() == row.code);
    CHECK(place.err.str().find(row.told) != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(place.Folder() / "login.json"));
  }
}

TEST_CASE("what a provider says is shown without its tricks") {
  Place place;
  place.answers["https://idp.example/device"] = {
      {200, R"({"device_code":"a","user_code":"AB\u001b[2JCD","verification_uri":"https://idp.example/\u202ed"})"}};
  CHECK(place.LogIn() == kOk);
  CHECK(place.err.str().find('\x1b') == std::string::npos);
  CHECK(place.err.str().find("\\x1b") != std::string::npos);
}

TEST_CASE("a token near its end is renewed; while the issuer is silent, one that is good will do") {
  Place place;
  place.answers["https://idp.example/token"] = {{200, R"({"access_token":"short.1","refresh_token":"rt1","expires_in":30})"},
                                                {200, R"({"access_token":"long.2","expires_in":300})"}};
  REQUIRE(place.LogIn() == kOk);
  SECTION("renewed, and the refresh token kept where no new one came") {
    CHECK(*place.Token() == "long.2");
    CHECK(place.sent.back().find("grant_type=refresh_token&refresh_token=rt1&client_id=cli") != std::string::npos);
    const size_t asked = place.sent.size();
    CHECK(*place.Token() == "long.2");
    CHECK(place.sent.size() == asked);
    CHECK((*LoginStore::Open(place.Folder())).Find("gw:1")->tokens.refresh_token == "rt1");
  }
  SECTION("the issuer is down") {
    place.answers["https://idp.example/.well-known/openid-configuration"] = {{0, ""}};
    CHECK(*place.Token() == "short.1");
  }
}

TEST_CASE("a login whose time is over says so") {
  Place place;
  auto login = Login{{.url = kUrl, .client_id = "cli"}, {.token = "old", .refresh_token = "rt", .expires_at = absl::Now() - absl::Seconds(1)}};
  REQUIRE((*LoginStore::Open(place.Folder())).Put("gw:1", login).ok());
  place.answers["https://idp.example/token"] = {{400, Error("invalid_grant")}};
  CHECK(absl::IsUnauthenticated(place.Token().status()));
  CHECK(place.Do({"status"}) == kDenied);
  place.answers["https://idp.example/.well-known/openid-configuration"] = {{0, ""}};
  CHECK(absl::IsUnavailable(place.Token().status()));
}

TEST_CASE("a logout forgets here and tells the issuer") {
  Place place;
  REQUIRE(place.LogIn() == kOk);
  CHECK(place.Do({"logout"}) == kOk);
  CHECK(place.sent.back() == "https://idp.example/revoke token=rt%201&token_type_hint=refresh_token&client_id=cli");
  CHECK(place.Token()->empty());
  CHECK(place.Do({"logout"}) == kNotFound);
  REQUIRE(place.LogIn() == kOk);
  place.answers["https://idp.example/revoke"] = {{0, ""}};
  CHECK(place.Do({"logout"}) == kOk);
  CHECK(place.err.str().find("was not told") != std::string::npos);
  CHECK(place.Token()->empty());
}

TEST_CASE("issuer and client come from the config file too, and a damaged list of logins is told") {
  Place place;
  std::filesystem::create_directories(place.Folder());
  std::ofstream(place.Folder() / "config.yaml") << "login: { issuer: \"https://idp.example\", client_id: cli, audience: postern, id_token: true }\n";
  REQUIRE(place.Do({"login"}) == kOk);
  CHECK(place.sent.at(1).find("&audience=postern") != std::string::npos);
  CHECK(*place.Token() == "id.1.x");
  std::ofstream(place.Folder() / "login.json") << "nonsense";
  CHECK_FALSE(place.Token().ok());
}

}  // namespace
}  // namespace postern::ctl
