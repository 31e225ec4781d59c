// Those who ask and those who decide.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_APPROVAL_PEOPLE_H_
#define POSTERN_TESTS_UNIT_GATEWAY_APPROVAL_PEOPLE_H_

#include <string>
#include <utility>
#include <vector>

#include "gateway/identity/principal.h"
#include "proto/postern/v1/approval.pb.h"

namespace postern::approval {

inline identity::Principal Reviewer(std::string name, std::vector<std::string> groups = {"dba"}) {
  identity::Principal person;
  person.name = std::move(name);
  person.kind = v1::PRINCIPAL_KIND_PERSON;
  person.groups = std::move(groups);
  person.roles = {v1::ROLE_REVIEWER};
  return person;
}

inline v1::Approval Request(uint32_t needed = 1, std::string agent = "bot") {
  v1::Approval approval;
  approval.set_session_id("ses_1");
  approval.set_statement_id("stm_1");
  approval.set_agent(std::move(agent));
  approval.set_statement("UPDATE orders SET status = 'x' WHERE id = 1");
  approval.add_reviewers("dba");
  approval.set_approvals_needed(needed);
  return approval;
}

}  // namespace postern::approval

#endif  // POSTERN_TESTS_UNIT_GATEWAY_APPROVAL_PEOPLE_H_
