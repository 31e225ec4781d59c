#include "gateway/api/audit.h"

#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include "common/observability/log.h"

namespace postern::api {
namespace {

v1::Record Record(std::string_view who, std::string_view action, const Intent& intent, bool allowed, std::string detail) {
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  v1::AdminAction& told = *record.mutable_admin_action();
  told.set_who(std::string(who));
  told.set_action(std::string(action));
  told.set_object(intent.object);
  told.set_allowed(allowed);
  told.set_detail(std::move(detail));
  return record;
}

}  // namespace

absl::Status Audit::Allowed(std::string_view who, std::string_view action, const Intent& intent) {
  absl::Notification written;
  absl::Status result;
  journal_.Append(Record(who, action, intent, true, intent.detail), [&](absl::Status status) {
    result = std::move(status);
    written.Notify();
  });
  written.WaitForNotification();
  if (result.ok()) return result;
  log::Error("an action could not be recorded and was refused", {{"action", action}, {"who", who}, {"why", result}});
  return absl::UnavailableError(
      "the journal cannot be written, and nothing is done unrecorded: " + std::string(result.message()) +
      "; free disk space or mend the disk of the gateway's data_dir, then try again");
}

void Audit::NotKnown(std::string_view action, std::string_view source, const absl::Status& why) {
  log::Info("an API call was refused: its proof of identity is no good", {{"rpc", action}, {"source", source}, {"why", why}});
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  v1::LoginRefused& refused = *record.mutable_login_refused();
  refused.set_client_address(std::string(source));
  refused.set_reason(std::string(action) + ": " + std::string(why.message()));
  Append(record);
}

void Audit::Refused(std::string_view who, std::string_view action, const Intent& intent, const absl::Status& why) {
  std::string detail = intent.detail.empty() ? "" : intent.detail + "; ";
  detail += "refused: " + std::string(why.message());
  Append(Record(who, action, intent, false, std::move(detail)));
}

void Audit::Append(const v1::Record& record) {
  journal_.Append(record, [](const absl::Status& status) {
    if (!status.ok()) log::Error("a refused attempt could not be recorded", {{"why", status}});
  });
}

}  // namespace postern::api
