#include "gateway/publishing/policy_publisher.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "common/files/replace_file.h"
#include "common/text/utf8.h"
#include "gateway/policy/in_force.h"
#include "gateway/policy/load_rules.h"
#include "gateway/store/sqlite/policy_versions.h"

namespace postern::publishing {
namespace {

v1::PolicyVersion NewVersion(std::string_view who, std::string_view reason, absl::Time now) {
  v1::PolicyVersion version;
  version.set_who(std::string(who));
  version.set_reason(text::ValidUtf8(reason));
  version.set_at_unix_ms(absl::ToUnixMillis(now));
  return version;
}

}  // namespace

absl::Status PolicyPublisher::KeepFound(std::string_view reason, absl::Time now) {
  const policy::RulesPtr rules = in_force_.Current();
  auto newest = versions_.List(1);
  if (!newest.ok()) return newest.status();
  if (!newest->empty() && newest->front().version() == rules->version) return absl::OkStatus();
  v1::PolicyVersion version = NewVersion("", reason, now);
  version.set_version(rules->version);
  return versions_.Add(version, rules->text).status();
}

absl::Status PolicyPublisher::KeepFirst(absl::Time now) {
  std::lock_guard lock(mutex_);
  return KeepFound("found in the file at the start", now);
}

absl::StatusOr<v1::PolicyVersion> PolicyPublisher::Publish(const std::string& text, v1::PolicyVersion version,
                                                           absl::Time now) {
  config::Loaded<policy::RulesPtr> loaded = policy::ParseRules(text, "policy");
  if (!loaded.ok()) return loaded.status();
  auto replacement = files::Replacement::Prepare(file_, text);
  if (!replacement.ok()) return replacement.status();
  version.set_version((*loaded.value)->version);
  version.set_bytes(static_cast<uint32_t>(text.size()));
  auto number = versions_.Add(version, text);
  if (!number.ok()) return number.status();
  if (absl::Status written = replacement->Commit(); !written.ok()) {
    // What is left in the list if this fails too was never in force; the file and the gateway still agree.
    versions_.Remove(*number).IgnoreError();
    return written;
  }
  in_force_.Replace(*std::move(loaded.value), now);
  version.set_in_force(true);
  return version;
}

absl::StatusOr<v1::PolicyVersion> PolicyPublisher::Apply(const v1::ApplyPolicyRequest& request, std::string_view who,
                                                         absl::Time now) {
  std::lock_guard lock(mutex_);
  const std::string in_force = in_force_.Version();
  if (!request.base_version().empty() && request.base_version() != in_force) {
    return absl::AbortedError(absl::StrCat("version ", in_force, " is in force, not ", text::ValidUtf8(request.base_version()),
                                           ": look at what changed, then apply again"));
  }
  return Publish(request.text(), NewVersion(who, request.reason(), now), now);
}

absl::StatusOr<v1::PolicyVersion> PolicyPublisher::Rollback(const v1::RollbackPolicyRequest& request,
                                                            std::string_view who, absl::Time now) {
  std::lock_guard lock(mutex_);
  auto text = versions_.TextOf(request.version());
  if (!text.ok()) return text.status();
  const std::string reason =
      absl::StrCat("rollback to ", request.version(), request.reason().empty() ? "" : ": ", request.reason());
  return Publish(*text, NewVersion(who, reason, now), now);
}

absl::Status PolicyPublisher::Reload(absl::Time now) {
  std::lock_guard lock(mutex_);
  if (absl::Status reloaded = in_force_.Reload(file_, now); !reloaded.ok()) return reloaded;
  return KeepFound("found in the file at a reload", now);
}

absl::StatusOr<std::string> PolicyPublisher::TextOf(std::string_view version) { return versions_.TextOf(version); }

absl::StatusOr<std::vector<v1::PolicyVersion>> PolicyPublisher::Versions(size_t limit) {
  std::lock_guard lock(mutex_);
  auto versions = versions_.List(limit);
  if (!versions.ok()) return versions;
  const std::string in_force = in_force_.Version();
  for (v1::PolicyVersion& version : *versions) {
    version.set_in_force(version.version() == in_force);
    if (version.in_force()) break;
  }
  return versions;
}

}  // namespace postern::publishing
