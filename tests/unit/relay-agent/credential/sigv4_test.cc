// The values are those that AWS publishes: the examples of its documentation on Signature Version 4 and the suite
// "aws-sig-v4-test-suite".
#include "relay-agent/credential/sigv4.h"

#include <absl/strings/match.h>

#include <catch2/catch.hpp>

namespace postern::relay {
namespace {

constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, text, &time, &error));
  return time;
}

SigningScope SuiteScope() { return {At("2015-08-30T12:36:00Z"), "us-east-1", "service"}; }

CanonicalRequest SuiteRequest() {
  CanonicalRequest request;
  request.headers = {{"host", "example.amazonaws.com"}, {"x-amz-date", "20150830T123600Z"}};
  request.payload_hash = HexSha256("");
  return request;
}

TEST_CASE("the hash of nothing is the known one") {
  CHECK(HexSha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("get-vanilla of the suite") {
  CHECK(Sign(SuiteRequest(), SuiteScope(), kSecret) ==
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_CASE("get-vanilla-query-order-key-case of the suite") {
  CanonicalRequest request = SuiteRequest();
  request.query = {{"Param2", "value2"}, {"Param1", "value1"}};
  CHECK(Sign(request, SuiteScope(), kSecret) == "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST_CASE("post-vanilla of the suite") {
  CanonicalRequest request = SuiteRequest();
  request.method = "POST";
  CHECK(Sign(request, SuiteScope(), kSecret) == "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

TEST_CASE("IAM's ListUsers of the documentation") {
  CanonicalRequest request;
  request.query = {{"Action", "ListUsers"}, {"Version", "2010-05-08"}};
  request.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
                     {"host", "iam.amazonaws.com"},
                     {"x-amz-date", "20150830T123600Z"}};
  request.payload_hash = HexSha256("");
  CHECK(Sign(request, {At("2015-08-30T12:36:00Z"), "us-east-1", "iam"}, kSecret) ==
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST_CASE("the presigned URL of the documentation") {
  AwsKeys keys;
  keys.key_id = "AKIAIOSFODNN7EXAMPLE";
  keys.secret = mysql::Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  CanonicalRequest request;
  request.path = "/test.txt";
  request.headers = {{"host", "examplebucket.s3.amazonaws.com"}};
  request.payload_hash = "UNSIGNED-PAYLOAD";
  CHECK(PresignedQuery(request, {At("2013-05-24T00:00:00Z"), "us-east-1", "s3"}, keys, absl::Hours(24)) ==
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_"
        "request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("a token for RDS is a signed URL without its scheme, and holds the session's token") {
  AwsKeys keys;
  keys.key_id = "AKIDEXAMPLE";
  keys.secret = mysql::Secret(kSecret);
  const absl::Time now = At("2015-08-30T12:36:00Z");
  const mysql::Secret token = RdsToken("db.example.com", 3306, "po stern", "eu-west-1", keys, now);
  const std::string text(token.Reveal());
  CHECK(absl::StartsWith(text,
                         "db.example.com:3306/?Action=connect&DBUser=po%20stern&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                         "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Feu-west-1%2Frds-db%2Faws4_request"
                         "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature="));
  keys.session_token = mysql::Secret("a/b+c=");
  const mysql::Secret with_session = RdsToken("db.example.com", 3306, "po stern", "eu-west-1", keys, now);
  CHECK(with_session.Reveal().find("&X-Amz-Expires=900&X-Amz-Security-Token=a%2Fb%2Bc%3D&X-Amz-SignedHeaders=host") !=
        std::string_view::npos);
}

}  // namespace
}  // namespace postern::relay
