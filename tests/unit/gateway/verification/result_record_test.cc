#include "gateway/verification/result_record.h"

#include <catch2/catch.hpp>

#include "gateway/verification/words.h"

namespace postern::verification {
namespace {

TEST_CASE("a result's record says what passed, what failed, and where to look") {
  v1::VerificationRun run;
  run.set_id("ver_1");
  run.set_target("orders");
  run.set_state(v1::VerificationRun::STATE_FAILED);
  run.set_task_id("tsk_1");
  run.set_session_id("ses_1");
  v1::VerificationCheck& passed = *run.add_checks();
  passed.set_kind(v1::VerificationCheck::KIND_CONNECTION);
  passed.set_result(v1::VerificationCheck::RESULT_PASSED);
  v1::VerificationCheck& failed = *run.add_checks();
  failed.set_kind(v1::VerificationCheck::KIND_HOLD);
  failed.set_result(v1::VerificationCheck::RESULT_FAILED);
  failed.set_detail("the write was let through");
  v1::VerificationCheck& unseen = *run.add_checks();
  unseen.set_kind(v1::VerificationCheck::KIND_RECORDING);
  unseen.set_result(v1::VerificationCheck::RESULT_NOT_REACHED);

  const v1::Record record = ResultRecord(run, absl::FromUnixSeconds(1));
  CHECK(record.task_id() == "tsk_1");
  const v1::AdminAction& action = record.admin_action();
  CHECK(action.who() == "postern-verification");
  CHECK(action.action() == "Verification/Result");
  CHECK(action.object() == "orders");
  CHECK_FALSE(action.allowed());
  CHECK(action.detail() == "run=ver_1 session=ses_1; connection passed; hold failed: the write was let through; recording not reached");
  CHECK(FailedChecks(run) == "hold, recording");

  run.set_state(v1::VerificationRun::STATE_PASSED);
  CHECK(ResultRecord(run, absl::FromUnixSeconds(1)).admin_action().allowed());
}

}  // namespace
}  // namespace postern::verification
