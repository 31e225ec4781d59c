#include "gateway/store/sqlite/policy_versions.h"

#include <absl/strings/str_cat.h>

namespace postern::store {
namespace {

constexpr const char* kMigrations[] = {
    R"(CREATE TABLE policies (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         version TEXT NOT NULL,
         at_ms INTEGER NOT NULL,
         who TEXT NOT NULL,
         reason TEXT NOT NULL,
         text BLOB NOT NULL) STRICT;
       CREATE INDEX policies_by_version ON policies (version))",
};

}  // namespace

absl::StatusOr<std::unique_ptr<PolicyVersions>> PolicyVersions::Open(const std::filesystem::path& file) {
  auto database = Database::Open(file, Durability::kFull);
  if (!database.ok()) return database.status();
  if (auto status = Migrate(*database, kMigrations); !status.ok()) return status;
  return std::unique_ptr<PolicyVersions>(new PolicyVersions(*std::move(database)));
}

absl::StatusOr<int64_t> PolicyVersions::Add(const v1::PolicyVersion& version, std::string_view text) {
  std::lock_guard lock(mutex_);
  auto insert =
      database_.Prepare("INSERT INTO policies (version, at_ms, who, reason, text) VALUES (?, ?, ?, ?, ?) RETURNING number");
  if (!insert.ok()) return insert.status();
  auto added = insert->Bind(1, version.version())
                   .Bind(2, version.at_unix_ms())
                   .Bind(3, version.who())
                   .Bind(4, version.reason())
                   .BindBlob(5, text)
                   .Step();
  if (!added.ok()) return added.status();
  if (!*added) return absl::InternalError("a policy's version got no number");
  const int64_t number = insert->Int(0);
  if (auto done = insert->Step(); !done.ok()) return done.status();
  auto forget = database_.Prepare("DELETE FROM policies WHERE number <= ?");
  if (!forget.ok()) return forget.status();
  if (auto status = forget->Bind(1, number - kKept).Run(); !status.ok()) return status;
  return number;
}

absl::Status PolicyVersions::Remove(int64_t number) {
  std::lock_guard lock(mutex_);
  auto remove = database_.Prepare("DELETE FROM policies WHERE number = ?");
  return remove.ok() ? remove->Bind(1, number).Run() : remove.status();
}

absl::StatusOr<std::vector<v1::PolicyVersion>> PolicyVersions::List(size_t limit) {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare(
      "SELECT version, at_ms, who, reason, length(text) FROM policies ORDER BY number DESC LIMIT ?");
  if (!select.ok()) return select.status();
  select->Bind(1, static_cast<int64_t>(limit));
  std::vector<v1::PolicyVersion> versions;
  while (true) {
    auto row = select->Step();
    if (!row.ok()) return row.status();
    if (!*row) return versions;
    v1::PolicyVersion& version = versions.emplace_back();
    version.set_version(select->Text(0));
    version.set_at_unix_ms(select->Int(1));
    version.set_who(select->Text(2));
    version.set_reason(select->Text(3));
    version.set_bytes(static_cast<uint32_t>(select->Int(4)));
  }
}

absl::StatusOr<std::string> PolicyVersions::TextOf(std::string_view version) {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare("SELECT text FROM policies WHERE version = ? ORDER BY number DESC LIMIT 1");
  if (!select.ok()) return select.status();
  auto found = select->Bind(1, version).Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::NotFoundError("no such version of the policy is kept");
  return select->Text(0);
}

}  // namespace postern::store
