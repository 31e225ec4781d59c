#include "gateway/console/console.h"

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include <catch2/catch.hpp>
#include <string>

#include "proto/postern/v1/admin.grpc.pb.h"
#include "tests/unit/gateway/api/api_fixture.h"

namespace postern::console {
namespace {

using api::Must;

struct Stage {
  api::ApiFixture api;
  std::unique_ptr<Console> console = Must(Console::Start({.listen = {"127.0.0.1", 0}}, api.channel, nullptr));

  std::string Host() const { return "127.0.0.1:" + std::to_string(console->port()); }
};

class Browser {
 public:
  explicit Browser(const Stage& stage) : stage_(stage) {}

  // The whole answer, as it came.
  std::string Send(const std::string& request) {
    Connect();
    asio::write(*socket_, asio::buffer(request));
    std::string text;
    asio::error_code ignored;
    asio::read(*socket_, asio::dynamic_buffer(text), ignored);
    return text;
  }
  std::string Get(const std::string& path) {
    return Send("GET " + path + " HTTP/1.1\r\nHost: " + stage_.Host() + "\r\n" + Kept() + "Connection: close\r\n\r\n");
  }
  std::string PostText(const std::string& path, const std::string& body, const std::string& more = "") const {
    return "POST " + path + " HTTP/1.1\r\nHost: " + stage_.Host() + "\r\nOrigin: http://" + stage_.Host() +
           "\r\nContent-Type: application/json\r\n" + Kept() + "Connection: close\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  std::string Post(const std::string& path, const std::string& body) { return Send(PostText(path, body, Csrf())); }

  std::string SignIn(const std::string& token) {
    const std::string answer = Send(PostText("/session", R"({"token":")" + token + "\"}"));
    const std::string name = "postern-" + std::to_string(stage_.console->port());
    if (answer.find("Set-Cookie: " + name) != std::string::npos) cookie = name + "=" + Between(answer, name + "=", ";");
    csrf = Between(answer, "\"csrf\":\"", "\"");
    return answer;
  }
  // Sends, and reads until the words have come.
  void Open(const std::string& request, const std::string& words) {
    Connect();
    asio::write(*socket_, asio::buffer(request));
    Await(words);
  }
  void Await(const std::string& words) { asio::read_until(*socket_, asio::dynamic_buffer(streamed), words); }

  std::string Kept() const { return cookie.empty() ? "" : "Cookie: other=1; " + cookie + "\r\n"; }
  std::string Csrf() const { return csrf.empty() ? "" : "X-Postern-Csrf: " + csrf + "\r\n"; }

  static std::string Between(const std::string& text, const std::string& before, const std::string& after) {
    const size_t start = text.find(before);
    if (start == std::string::npos) return "";
    const size_t from = start + before.size();
    return text.substr(from, text.find(after, from) - from);
  }

  std::string cookie;
  std::string csrf;
  std::string streamed;

 private:
  void Connect() {
    socket_ = std::make_unique<asio::ip::tcp::socket>(context_);
    socket_->connect({asio::ip::make_address("127.0.0.1"), stage_.console->port()});
  }

  const Stage& stage_;
  asio::io_context context_;
  std::unique_ptr<asio::ip::tcp::socket> socket_;
};

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("a person signs in, calls, and signs out") {
  Stage stage;
  Browser browser(stage);
  CHECK(Has(browser.Get("/session"), R"("signedIn":false)"));
  const std::string token = stage.api.Person("ada", {v1::ROLE_AUDITOR}).secret;
  const std::string answer = browser.SignIn(token);
  REQUIRE(Has(answer, "200 OK"));
  CHECK(Has(answer, R"("name":"ada")"));
  CHECK(Has(answer, R"(["ROLE_AUDITOR"])"));
  CHECK(Has(answer, "; Path=/; HttpOnly; SameSite=Strict\r\n"));
  CHECK_FALSE(Has(answer, token));
  CHECK(Has(browser.Get("/session"), browser.csrf));
  CHECK(Has(browser.Post("/rpc/Admin/GetStatus", "{}"), R"("policyVersion":"v1")"));
  CHECK(Has(browser.Post("/session/end", "{}"), "Max-Age=0"));
  CHECK(Has(browser.Post("/rpc/Admin/GetStatus", "{}"), "401 "));
}

TEST_CASE("who is no person with a good token is not let in, and callers over the network have addresses of their own") {
  Stage stage;
  Browser browser(stage);
  const std::string agent = stage.api.Token("bot", v1::PRINCIPAL_KIND_AGENT, {}).secret;
  CHECK(Has(browser.SignIn(agent), "403 "));
  for (const char* wrong : {"", "pat_wrong", "two words", "line\\nend", "\\u0000"}) {
    const std::string answer = browser.SignIn(wrong);
    INFO(answer);
    CHECK((Has(answer, "401 ") || Has(answer, "400 ")));
    CHECK_FALSE(Has(answer, "Set-Cookie"));
  }
  CHECK(Has(browser.Send(browser.PostText("/session", "no json")), "400 "));
  const auto context = api::As(stage.api.Person("eve", {v1::ROLE_ADMIN}).secret);
  context->AddMetadata("x-postern-caller-address", "10.0.0.9");
  v1::Status status;
  CHECK(v1::Admin::NewStub(stage.api.channel)->GetStatus(context.get(), {}, &status).ok());
}

TEST_CASE("a request that the page did not make is refused before anything is done") {
  Stage stage;
  Browser browser(stage);
  browser.SignIn(stage.api.Person("ada", {v1::ROLE_REVIEWER}).secret);
  const std::string body = R"({"id":"apr_00000000000000000000000000"})";
  const std::string good = browser.PostText("/rpc/Approvals/Approve", body, browser.Csrf());
  CHECK(Has(browser.Send(good), "200 OK"));
  CHECK(Has(browser.Send(browser.PostText("/rpc/Approvals/Approve", body)), "403 "));
  CHECK(Has(browser.Send(browser.PostText("/rpc/Approvals/Approve", body, "X-Postern-Csrf: guess\r\n")), "403 "));
  std::string elsewhere = good;
  elsewhere.replace(elsewhere.find("Origin: http://"), 15, "Origin: http://e.");
  CHECK(Has(browser.Send(elsewhere), "403 "));
  std::string no_cookie = good;
  no_cookie.replace(no_cookie.find("Cookie: "), 8, "Cakes: ");
  CHECK(Has(browser.Send(no_cookie), "401 "));
  std::string form = good;
  form.replace(form.find("application/json"), 16, "text/plain");
  CHECK(Has(browser.Send(form), "400 "));
}

TEST_CASE("roles are those of the RPC, and its refusal is told") {
  Stage stage;
  Browser browser(stage);
  browser.SignIn(stage.api.Person("ada", {v1::ROLE_AUDITOR}).secret);
  const std::string refused = browser.Post("/rpc/Approvals/Approve", R"({"id":"apr_00000000000000000000000000"})");
  CHECK(Has(refused, "403 "));
  CHECK(Has(refused, R"("code":"PERMISSION_DENIED")"));
  CHECK(Has(refused, "needs role reviewer"));
  CHECK(stage.api.journal.actions().back().who() == "ada");
  CHECK(Has(browser.Post("/rpc/Access/CreateToken", "{}"), "404 "));
  CHECK(Has(browser.Post("/rpc/Approvals/List", "{\"nonsense\":1}"), "400 "));
  CHECK(Has(browser.Post("/elsewhere", "{}"), "404 "));
}

TEST_CASE("a revoked token ends its session at the next call") {
  Stage stage;
  Browser browser(stage);
  const auto token = stage.api.Person("ada", {v1::ROLE_AUDITOR});
  browser.SignIn(token.secret);
  REQUIRE(stage.api.tokens->Revoke(token.token.id(), absl::Now()).ok());
  CHECK(Has(browser.Post("/rpc/Admin/GetStatus", "{}"), "401 "));
  CHECK(Has(browser.Get("/session"), R"("signedIn":false)"));
}

TEST_CASE("approvals are streamed as they change, until the session is over") {
  Stage stage;
  Browser browser(stage);
  browser.SignIn(stage.api.Person("ada", {v1::ROLE_REVIEWER}).secret);
  Browser other(stage);
  other.cookie = browser.cookie;
  other.csrf = browser.csrf;
  browser.Open(browser.PostText("/rpc/Approvals/Watch", "{}", browser.Csrf()), "pending-at-start");
  v1::Approval approval;
  approval.set_id("apr_new");
  stage.api.approvals.Publish(approval);
  browser.Await("apr_new");
  CHECK(Has(browser.streamed, "Transfer-Encoding: chunked"));
  other.Post("/session/end", "{}");
  approval.set_id("apr_later");
  stage.api.approvals.Publish(approval);
  browser.Await("not signed in any more");
  CHECK_FALSE(Has(browser.streamed, "apr_later"));
  stage.api.approvals.AwaitWatchers(0);
}

TEST_CASE("a browser that goes away ends its stream, and so does the end of the console") {
  Stage stage;
  Browser browser(stage);
  browser.SignIn(stage.api.Person("ada", {v1::ROLE_REVIEWER}).secret);
  {
    Browser other(stage);
    other.Open(browser.PostText("/rpc/Approvals/Watch", "{}", browser.Csrf()), "pending-at-start");
  }
  // It is noticed with what is written next.
  for (int i = 0; i < 3; ++i) stage.api.approvals.Publish({});
  stage.api.approvals.AwaitWatchers(0);
  browser.Open(browser.PostText("/rpc/Approvals/Watch", "{}", browser.Csrf()), "pending-at-start");
  stage.console->Stop();
  stage.api.approvals.AwaitWatchers(0);
}

TEST_CASE("pages come with the headers that bound them, and to their own address only") {
  Stage stage;
  Browser browser(stage);
  const std::string page = browser.Get("/");
  for (const char* header :
       {"Content-Security-Policy: default-src 'none'; script-src 'self'; ", "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cross-Origin-Opener-Policy: same-origin",
        "Content-Type: text/html; charset=utf-8"}) {
    CHECK(Has(page, header));
  }
  CHECK(Has(browser.Get("/session"), "Cache-Control: no-store"));
  CHECK(Has(browser.Get("/nothing"), "404 "));
  const std::string etag = Browser::Between(page, "ETag: ", "\r\n");
  CHECK(Has(browser.Send("GET / HTTP/1.1\r\nHost: " + stage.Host() + "\r\nIf-None-Match: " + etag +
                         "\r\nConnection: close\r\n\r\n"),
            "304 "));
  const std::string rebound = browser.Send("GET /session HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  CHECK(Has(rebound, "308 "));
  CHECK(Has(rebound, "Location: http://" + stage.Host() + "/\r\n"));
  CHECK(Has(browser.Send("PUT / HTTP/1.1\r\nHost: " + stage.Host() + "\r\nConnection: close\r\n\r\n"), "405 "));
}

TEST_CASE("a taken port is told by its key") {
  Stage stage;
  const auto second = Console::Start({.listen = {"127.0.0.1", stage.console->port()}}, stage.api.channel, nullptr);
  CHECK(absl::IsUnavailable(second.status()));
  CHECK(second.status().message().substr(0, 14) == "console.listen");
}

}  // namespace
}  // namespace postern::console
