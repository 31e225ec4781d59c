#include "gateway/notify/message.h"

#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "gateway/notify/sign.h"
#include "tests/unit/gateway/notify/held.h"

namespace postern::notify {
namespace {

using nlohmann::json;

constexpr char kConsole[] = "https://postern.example.com";
constexpr char kHostile[] = "<!channel> <https://evil.example|click> *bold* [x](https://evil.example) @here & \u202eevil\x1b[31m\nsecond \xff line";

v1::Approval Hostile() {
  v1::Approval approval = Held();
  approval.set_agent(kHostile);
  approval.set_target(kHostile);
  approval.set_rule(kHostile);
  approval.set_verb(kHostile);
  approval.set_objects(0, kHostile);
  approval.mutable_task()->set_reason(kHostile);
  return approval;
}

// Every text in it, with the object that holds it.
void EachText(const json& value, const std::function<void(const json& holder, const std::string& key, const std::string& text)>& visit) {
  for (const auto& [key, inner] : value.items()) {
    if (inner.is_string()) visit(value, key, inner.get<std::string>());
    if (inner.is_structured()) EachText(inner, visit);
  }
}

TEST_CASE("no format tells a literal of the statement, and each tells its shape") {
  const Notice notice = Of(Held());
  for (const Format format : {Format::kJson, Format::kSlack, Format::kTeams}) {
    const std::string body = Body(format, notice, kConsole);
    INFO(body);
    CHECK(json::accept(body));
    CHECK(body.find("Eve") == std::string::npos);
    CHECK(body.find("4711") == std::string::npos);
    CHECK(body.find("UPDATE `orders` SET `status` = ? WHERE `id` = ?") != std::string::npos);
    CHECK(body.find("https://postern.example.com/#/approvals/apr_1") != std::string::npos);
    CHECK(Body(format, notice, "").find("postern.example.com") == std::string::npos);
  }
}

TEST_CASE("JSON for programs says what is asked and of whom") {
  const json body = json::parse(JsonBody(Of(Held()), kConsole));
  CHECK(body["id"] == "apr_1.requested");
  CHECK(body["event"] == "requested");
  CHECK(body["at"] == "2023-11-14T22:13:20.000Z");
  const json& approval = body["approval"];
  CHECK(approval["agent"] == "bot");
  CHECK(approval["state"] == "pending");
  CHECK(approval["kind"] == "statement");
  CHECK(approval["objects"] == json({"update shop.orders"}));
  CHECK(approval["reviewers"] == json({"dba"}));
  CHECK(approval["approvals_needed"] == 2);
  CHECK(approval["expires_at"] == "2023-11-14T22:14:20.000Z");
  CHECK(approval["task"]["reason"] == "tidy up");
}

TEST_CASE("what an agent wrote is nowhere markup, a mention or a link to Slack") {
  const json body = json::parse(SlackBody(Of(Hostile()), kConsole));
  CHECK(body["text"] == "Postern: A statement waits for approval (apr_1)");
  size_t fields = 0;
  EachText(body["blocks"], [&](const json& holder, const std::string& key, const std::string& text) {
    if (text.find("evil") == std::string::npos) return;
    ++fields;
    CHECK(key == "text");
    CHECK(holder["type"] == "plain_text");
    CHECK(text.find_first_of("<>") == std::string::npos);
    CHECK(text.find("&lt;!channel&gt;") != std::string::npos);
    CHECK(text.find("\u202e") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\nsecond") == std::string::npos);
  });
  CHECK(fields == 5);
}

TEST_CASE("what an agent wrote is nowhere Markdown to Teams") {
  const json body = json::parse(TeamsBody(Of(Hostile()), kConsole));
  CHECK(body["type"] == "message");
  CHECK(body["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive");
  size_t runs = 0;
  EachText(body, [&](const json& holder, const std::string&, const std::string& text) {
    if (text.find("evil") == std::string::npos) return;
    ++runs;
    CHECK(holder["type"] == "TextRun");
    CHECK(text.find("\u202e") == std::string::npos);
  });
  CHECK(runs == 5);
}

TEST_CASE("no agent can make a message so long that it is refused") {
  v1::Approval approval = Hostile();
  approval.set_agent(std::string(1 << 20, '&'));
  approval.mutable_task()->set_reason(std::string(1 << 20, '\xff'));
  const json body = json::parse(SlackBody(Of(approval), kConsole));
  EachText(body, [](const json&, const std::string&, const std::string& text) { CHECK(text.size() < 2000); });
  CHECK(body["blocks"][1]["fields"].size() <= 10);
  CHECK(JsonBody(Of(approval), kConsole).size() < 64 * 1024);
}

TEST_CASE("a statement's shape is told only where its digest proves how it is read") {
  const std::string text = R"(UPDATE "orders" SET a = 'it\' WHERE b = 'secret')";
  v1::Approval approval = Held("apr_1", text);
  approval.set_digest(sql::DigestOf(text, {.mode = {.ansi_quotes = true, .no_backslash_escapes = true}}).fingerprint);
  CHECK(NormalisedText(MayBeTold(approval)) == "UPDATE `orders` SET `a` = ? WHERE `b` = ?");
  approval.set_digest("0123456789abcdef");
  CHECK(NormalisedText(MayBeTold(approval)).empty());
  CHECK(NormalisedText(MayBeTold(Held("apr_1", "SELECT '" + std::string(20'000, 'x') + "'"))).empty());
}

TEST_CASE("a signature is the HMAC of time and body") {
  // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
  CHECK(Signature("secret", absl::FromUnixSeconds(1'700'000'000), R"({"a":1})") ==
        "t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686");
}

}  // namespace
}  // namespace postern::notify
