// An approval as a held statement makes one, for what is told of it.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_NOTIFY_HELD_H_
#define POSTERN_TESTS_UNIT_GATEWAY_NOTIFY_HELD_H_

#include <memory>
#include <string>

#include "common/sql/read.h"
#include "gateway/notify/notice.h"

namespace postern::notify {

inline v1::Approval Held(const std::string& id = "apr_1", const std::string& statement = "UPDATE orders SET status = 'paid to Eve' WHERE id = 4711") {
  v1::Approval approval;
  approval.set_id(id);
  approval.set_kind(v1::Approval::KIND_STATEMENT);
  approval.set_state(v1::Approval::STATE_PENDING);
  approval.set_mode(v1::Approval::MODE_WAIT);
  approval.set_agent("bot");
  approval.set_target("shop");
  approval.set_statement(statement);
  approval.set_digest(sql::DigestOf(statement, {}).fingerprint);
  approval.set_verb("update");
  approval.add_objects("update shop.orders");
  approval.add_columns("assigned shop.orders.status");
  approval.set_rule("writes-need-a-human");
  approval.add_reviewers("dba");
  approval.set_approvals_needed(2);
  approval.set_created_at_unix_ms(1'700'000'000'000);
  approval.set_expires_at_unix_ms(1'700'000'060'000);
  approval.mutable_task()->set_id("tsk_1");
  approval.mutable_task()->set_reason("tidy up");
  return approval;
}

inline v1::Approval In(v1::Approval approval, v1::Approval::State state) {
  approval.set_state(state);
  return approval;
}

inline Notice Of(const v1::Approval& approval, Event event = Event::kRequested) {
  return {.event = event, .at = absl::FromUnixSeconds(1'700'000'000), .approval = MayBeTold(approval)};
}

}  // namespace postern::notify

#endif  // POSTERN_TESTS_UNIT_GATEWAY_NOTIFY_HELD_H_
