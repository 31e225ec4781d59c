#include "gateway/verification/result_record.h"

#include <absl/strings/str_cat.h>

#include <string>

#include "gateway/identity/reserved_names.h"
#include "gateway/verification/words.h"

namespace postern::verification {

v1::Record ResultRecord(const v1::VerificationRun& run, absl::Time now) {
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(now));
  record.set_task_id(run.task_id());
  v1::AdminAction& action = *record.mutable_admin_action();
  action.set_who(identity::kVerificationAgent);
  action.set_action("Verification/Result");
  action.set_object(run.target());
  action.set_allowed(run.state() == v1::VerificationRun::STATE_PASSED);
  std::string detail = absl::StrCat("run=", run.id());
  if (!run.session_id().empty()) absl::StrAppend(&detail, " session=", run.session_id());
  for (const v1::VerificationCheck& check : run.checks()) {
    absl::StrAppend(&detail, "; ", KindWord(check.kind()), " ", ResultWord(check.result()));
    if (!check.detail().empty()) absl::StrAppend(&detail, ": ", check.detail());
  }
  action.set_detail(std::move(detail));
  return record;
}

}  // namespace postern::verification
