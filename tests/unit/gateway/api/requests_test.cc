#include "gateway/api/requests.h"

#include <catch2/catch.hpp>

#include "gateway/api/abridge.h"
#include "gateway/api/guard.h"

namespace postern::api {
namespace {

TEST_CASE("an id is its prefix and 26 characters, nothing else") {
  CHECK(CheckId("apr_01JD3X6Y0V7Q4M3Z8T5N2K9BRA", "apr_").ok());
  for (const char* id :
       {"", "apr_", "ses_01JD3X6Y0V7Q4M3Z8T5N2K9BRA", "apr_01JD3X6Y0V7Q4M3Z8T5N2K9BR",
        "apr_01JD3X6Y0V7Q4M3Z8T5N2K9BRAA", "apr_01JD3X6Y0V7Q4M3Z8T5N2K9BR'", "apr_../../../../../../../etc"}) {
    CHECK(CheckId(id, "apr_").code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("unspecified and unknown enum values are refused where one is wanted") {
  v1::CreateTokenRequest request;
  request.set_name("x");
  CHECK_FALSE(Check(request).ok());
  request.set_kind(static_cast<v1::PrincipalKind>(7));
  CHECK_FALSE(Check(request).ok());
  request.set_kind(v1::PRINCIPAL_KIND_PERSON);
  request.add_roles(v1::ROLE_AUDITOR);
  CHECK(Check(request).ok());
  request.add_roles(v1::ROLE_UNSPECIFIED);
  CHECK_FALSE(Check(request).ok());
  v1::ListSessionsRequest sessions;
  sessions.set_state(static_cast<v1::Session::State>(99));
  CHECK_FALSE(Check(sessions).ok());
}

TEST_CASE("limits are bounded") {
  v1::ListApprovalsRequest request;
  request.set_limit(kMaxLimit);
  CHECK(Check(request).ok());
  request.set_limit(kMaxLimit + 1);
  CHECK_FALSE(Check(request).ok());
  v1::CheckPolicyRequest policy;
  policy.set_text(std::string((1 << 20) + 1, ' '));
  CHECK_FALSE(Check(policy).ok());
}

TEST_CASE("a long statement is cut in lists, at a character, and says so") {
  v1::Approval approval;
  approval.set_statement(std::string(kAbridgedBytes - 1, 'a') + "ä" + std::string(50, 'b'));
  const std::string cut = Abridged(approval).statement();
  CHECK(cut.substr(0, kAbridgedBytes + 6) == std::string(kAbridgedBytes - 1, 'a') + " … [c");
  CHECK(cut.find("4147 bytes in all") != std::string::npos);
  approval.set_statement("SELECT 1");
  CHECK(Abridged(approval).statement() == "SELECT 1");
}

TEST_CASE("rate limits count by address without the port") {
  CHECK(SourceAddress("ipv4:10.0.0.1:5000") == "10.0.0.1");
  CHECK(SourceAddress("ipv6:%5B::1%5D:5000") == "%5B::1%5D");
  CHECK(SourceAddress("inproc") == "inproc");
}

}  // namespace
}  // namespace postern::api
