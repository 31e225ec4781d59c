#include "gateway/policy/load_rules.h"
#include "proto/postern/v1/policy.grpc.pb.h"
#include "tests/unit/gateway/api/api_fixture.h"

namespace postern::api {
namespace {

TEST_CASE("a policy text is checked with line and column, and put nowhere") {
  ApiFixture api;
  const std::string person = api.Person("axel", {v1::ROLE_AUDITOR}).secret;
  v1::CheckPolicyRequest request;
  request.set_text("version: 1\nruels: []\n");
  v1::CheckPolicyResponse checked;
  REQUIRE(Unary<v1::Policy>(api, person, &v1::Policy::Stub::Check, request, &checked).ok());
  CHECK_FALSE(checked.valid());
  REQUIRE(checked.problems_size() >= 1);
  CHECK(checked.problems(0).line() == 2);
  v1::GetPolicyResponse in_force;
  REQUIRE(Unary<v1::Policy>(api, person, &v1::Policy::Stub::Get, v1::GetPolicyRequest(), &in_force).ok());
  CHECK(in_force.text() == "version: 1\n");
}

TEST_CASE("a policy is applied whole or not at all, kept as a version, and rolled back") {
  ApiFixture api;
  const std::string admin = api.Person("ada", {v1::ROLE_ADMIN}).secret;
  const auto apply = [&](const std::string& text, const std::string& base, v1::PolicyVersion* version) {
    v1::ApplyPolicyRequest request;
    request.set_text(text);
    request.set_reason("because");
    request.set_base_version(base);
    return Unary<v1::Policy>(api, admin, &v1::Policy::Stub::Apply, request, version);
  };
  v1::PolicyVersion first;
  REQUIRE(apply("version: 1\nrules: []\n", "", &first).ok());
  CHECK(first.who() == "ada");
  CHECK(api.policy.Version() == first.version());
  v1::PolicyVersion none;
  const grpc::Status bad = apply("version: 1\nruels: []\n", "", &none);
  CHECK(bad.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(bad.error_message().find("policy:2:1: ruels: unknown key") != std::string::npos);
  CHECK(apply("version: 1\naccess: []\n", "another", &none).error_code() == grpc::StatusCode::ABORTED);
  CHECK(api.policy.Version() == first.version());
  v1::PolicyVersion second;
  REQUIRE(apply("version: 1\naccess: []\n", first.version(), &second).ok());

  v1::RollbackPolicyRequest back;
  back.set_version(first.version());
  v1::PolicyVersion third;
  REQUIRE(Unary<v1::Policy>(api, admin, &v1::Policy::Stub::Rollback, back, &third).ok());
  CHECK(third.version() == first.version());
  CHECK(api.policy.Text() == "version: 1\nrules: []\n");
  back.set_version("ffffffffffff");
  CHECK(Unary<v1::Policy>(api, admin, &v1::Policy::Stub::Rollback, back, &third).error_code() ==
        grpc::StatusCode::NOT_FOUND);

  v1::GetPolicyRequest earlier;
  earlier.set_version(second.version());
  v1::GetPolicyResponse policy;
  REQUIRE(Unary<v1::Policy>(api, admin, &v1::Policy::Stub::Get, earlier, &policy).ok());
  CHECK(policy.text() == "version: 1\naccess: []\n");
  CHECK(policy.loaded_at_unix_ms() == 0);
  earlier.set_version("ffffffffffff");
  CHECK(Unary<v1::Policy>(api, admin, &v1::Policy::Stub::Get, earlier, &policy).error_code() == grpc::StatusCode::NOT_FOUND);

  v1::ListPolicyVersionsResponse listed;
  REQUIRE(Unary<v1::Policy>(api, admin, &v1::Policy::Stub::ListVersions, v1::ListPolicyVersionsRequest(), &listed).ok());
  REQUIRE(listed.versions_size() == 3);
  CHECK(listed.versions(0).reason() == "rollback to " + first.version());
  CHECK(listed.versions(0).in_force());
  CHECK_FALSE(listed.versions(1).in_force());
  CHECK_FALSE(listed.versions(2).in_force());
  const std::vector<v1::AdminAction> actions = api.journal.actions();
  CHECK(std::any_of(actions.begin(), actions.end(), [&](const v1::AdminAction& action) {
    return action.action() == "Policy/Apply" && action.object() == second.version() && action.detail() == "because";
  }));
}
}  // namespace
}  // namespace postern::api
