#include "gateway/api/rpc_roles.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "proto/postern/v1/access.pb.h"
#include "proto/postern/v1/admin.pb.h"
#include "proto/postern/v1/approval.pb.h"
#include "proto/postern/v1/enrolment.pb.h"
#include "proto/postern/v1/policy.pb.h"
#include "proto/postern/v1/session.pb.h"
#include "proto/postern/v1/task.pb.h"
#include "proto/postern/v1/verification.pb.h"

namespace postern::api {
namespace {

TEST_CASE("every RPC that people call has one row, and no row is for anything else") {
  std::multiset<std::string> declared;
  for (const google::protobuf::FileDescriptor* file :
       {v1::Token::descriptor()->file(), v1::Approval::descriptor()->file(), v1::Session::descriptor()->file(),
        v1::Task::descriptor()->file(), v1::EnrolledRelay::descriptor()->file(),
        v1::PolicyProblem::descriptor()->file(), v1::Status::descriptor()->file(), v1::VerificationRun::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      if (file->service(s)->name() == "RelayJoin") continue;  // for relays
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        declared.insert(file->service(s)->name() + "/" + file->service(s)->method(m)->name());
      }
    }
  }
  std::multiset<std::string> listed;
  for (const RpcRule& rule : RpcRules()) listed.insert(std::string(rule.name));
  CHECK(declared == listed);
}

TEST_CASE("every enumerator finds its own row") {
  for (int i = 0; i < static_cast<int>(RpcRules().size()); ++i) {
    CHECK(static_cast<int>(RuleOf(static_cast<Rpc>(i)).rpc) == i);
  }
}

TEST_CASE("roles are told in words") {
  CHECK(RuleOf(Rpc::kCreateToken).roles.Names() == "admin");
  CHECK(RuleOf(Rpc::kGetSession).roles.Names() == "reviewer, auditor or admin");
  CHECK(RoleNames({}) == "no role");
  CHECK(RoleNames({v1::ROLE_ADMIN, v1::ROLE_REVIEWER}) == "reviewer and admin");
}

}  // namespace
}  // namespace postern::api
