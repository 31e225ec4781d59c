// What services answer: the documents as their makers document them, cut short, and of other shapes.
#include <catch2/catch.hpp>
#include <string>

#include "relay-agent/credential/aws_keys.h"
#include "relay-agent/credential/json_document.h"
#include "relay-agent/credential/metadata_token.h"

namespace postern::relay {
namespace {

constexpr char kInstance[] = R"({"Code":"Success","LastUpdated":"2026-04-26T16:39:16Z","Type":"AWS-HMAC","AccessKeyId":"ASIAIOSFODNN7EXAMPLE",
  "SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","Token":"the-token","Expiration":"2026-05-17T15:09:54Z"})";

constexpr char kSts[] = R"(<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult><Credentials><SessionToken>AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE</SessionToken>
  <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey><Expiration>2014-10-24T23:00:23Z</Expiration>
  <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>)";

TEST_CASE("keys of the instance's metadata service") {
  const auto keys = ParseAwsKeysJson(kInstance);
  REQUIRE(keys.ok());
  CHECK(keys->key_id == "ASIAIOSFODNN7EXAMPLE");
  CHECK(keys->secret.Reveal() == "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  CHECK(keys->session_token.Reveal() == "the-token");
  CHECK(absl::FormatTime(absl::RFC3339_full, keys->expires, absl::UTCTimeZone()) == "2026-05-17T15:09:54+00:00");
}

TEST_CASE("keys of STS") {
  const auto keys = ParseStsAnswer(kSts);
  REQUIRE(keys.ok());
  CHECK(keys->key_id == "ASgeIAIOSFODNN7EXAMPLE");
  CHECK(keys->session_token.Reveal() == "AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE");
}

TEST_CASE("every answer cut short is refused, without a word of it") {
  const std::string json = kInstance;
  for (size_t size = 0; size < json.size(); ++size) {
    const auto keys = ParseAwsKeysJson(json.substr(0, size));
    REQUIRE_FALSE(keys.ok());
    REQUIRE(std::string(keys.status().message()).find("wJalr") == std::string::npos);
  }
  const std::string xml = kSts;
  for (size_t size = 0; size < xml.find("</AccessKeyId>"); ++size) REQUIRE_FALSE(ParseStsAnswer(xml.substr(0, size)).ok());
}

TEST_CASE("answers without success, a key or a time are refused") {
  CHECK_FALSE(ParseAwsKeysJson(R"({"Code":"Failed"})").ok());
  CHECK_FALSE(ParseAwsKeysJson(R"({"AccessKeyId":"a","SecretAccessKey":"b","Token":"c"})").ok());
  CHECK_FALSE(ParseAwsKeysJson(R"({"AccessKeyId":"a","SecretAccessKey":"b","Token":"c","Expiration":"soon"})").ok());
  CHECK_FALSE(ParseAwsKeysJson(R"({"AccessKeyId":"a","SecretAccessKey":1,"Token":"c","Expiration":"2026-05-17T15:09:54Z"})").ok());
  CHECK(ParseAwsKeysJson(R"({"AccessKeyId":"a","SecretAccessKey":"b","Token":"c","Expiration":"2026-05-17T15:09:54Z"})").ok());
  CHECK_FALSE(ParseStsAnswer("<AccessKeyId><b></AccessKeyId>").ok());
}

TEST_CASE("an access token's life is a number or a text") {
  const auto google = ParseAccessToken(R"({"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"})");
  REQUIRE(google.ok());
  CHECK(google->value.Reveal() == "ya29.x");
  CHECK(google->lasts == absl::Seconds(3599));
  const auto azure = ParseAccessToken(R"({"access_token":"eyJ0","expires_in":"86399","resource":"https://ossrdbms-aad.database.windows.net"})");
  REQUIRE(azure.ok());
  CHECK(azure->lasts == absl::Seconds(86399));
  for (const char* wrong : {"", "[]", "{}", R"({"access_token":"","expires_in":1})", R"({"access_token":"x"})",
                            R"({"access_token":"x","expires_in":0})", R"({"access_token":["x"],"expires_in":1})"}) {
    CHECK_FALSE(ParseAccessToken(wrong).ok());
  }
}

TEST_CASE("fields of a document are found by their paths") {
  const auto document = JsonDocument::Parse(R"({"a":{"b":"text","n":5,"yes":true},"list":["x","y"]})");
  REQUIRE(document.ok());
  CHECK(document->Text("a/b") == "text");
  CHECK_FALSE(document->Text("a/n").has_value());
  CHECK_FALSE(document->Text("a/b/c").has_value());
  CHECK_FALSE(document->Text("b").has_value());
  CHECK(document->Number("a/n") == 5);
  CHECK(document->Flag("a/yes"));
  CHECK_FALSE(document->Flag("a/b"));
  CHECK_FALSE(JsonDocument::Parse(std::string(100'000, '[')).ok());
  std::string deep = "1";
  for (int i = 0; i < 40; ++i) deep = R"({"a":)" + deep + "}";
  CHECK_FALSE(JsonDocument::Parse(deep).ok());
}

}  // namespace
}  // namespace postern::relay
