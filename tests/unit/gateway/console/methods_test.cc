#include "gateway/console/methods.h"

#include <catch2/catch.hpp>
#include <string>

#include "proto/postern/v1/approval.pb.h"
#include "proto/postern/v1/session.pb.h"

namespace postern::console {
namespace {

TEST_CASE("only what is listed can be called") {
  const auto list = FindMethod("Approvals/List");
  REQUIRE(list);
  CHECK(list->path == "/postern.v1.Approvals/List");
  CHECK_FALSE(list->streams);
  CHECK(FindMethod("Approvals/Watch")->streams);
  CHECK(FindMethod("Sessions/Replay")->streams);
  for (const char* name :
       {"Access/CreateToken", "RelayLink/Register", "RelayJoin/Join", "Tasks/Start", "Approvals", "Approvals/", "/List",
        "Approvals/List/", "", "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    INFO(name);
    CHECK_FALSE(FindMethod(name));
  }
}

TEST_CASE("requests come as JSON, strictly") {
  const Method list = *FindMethod("Approvals/List");
  const auto bytes = EncodeRequest(list, R"({"state":"STATE_PENDING","limit":7})");
  REQUIRE(bytes.ok());
  v1::ListApprovalsRequest request;
  REQUIRE(request.ParseFromString(*bytes));
  CHECK(request.state() == v1::Approval::STATE_PENDING);
  CHECK(request.limit() == 7);
  for (const char* wrong :
       {"", "[]", "{", R"({"limit":-1})", R"({"limit":"x"})", R"({"unknown":1})", R"({"state":"NO_SUCH"})"}) {
    INFO(wrong);
    CHECK(absl::IsInvalidArgument(EncodeRequest(list, wrong).status()));
  }
  CHECK(absl::IsInvalidArgument(EncodeRequest(list, std::string(100'000, '[')).status()));
}

TEST_CASE("answers go as JSON with every field, and any bytes in a statement") {
  const Method get = *FindMethod("Approvals/Get");
  v1::Approval approval;
  approval.set_id("apr_1");
  approval.set_statement(std::string("\xff\0<b>", 5));
  approval.set_created_at_unix_ms(1'800'000'000'000);
  const auto json = ToJson(get, approval.SerializeAsString());
  REQUIRE(json.ok());
  for (const char* part : {R"("id":"apr_1")", R"("statement":"/wA8Yj4=")", R"("createdAtUnixMs":"1800000000000")",
                           R"("votes":[])", R"("state":"STATE_UNSPECIFIED")", R"("inTransaction":false)"}) {
    INFO(*json);
    CHECK(json->find(part) != std::string::npos);
  }
  CHECK(absl::IsInternal(ToJson(get, "\xff").status()));
}

}  // namespace
}  // namespace postern::console
