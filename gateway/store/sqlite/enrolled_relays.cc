#include "gateway/store/sqlite/enrolled_relays.h"

namespace postern::store {
namespace {

constexpr const char* kMigrations[] = {
    R"(CREATE TABLE relays (
         name TEXT PRIMARY KEY,
         relay BLOB NOT NULL,
         lookup TEXT NOT NULL,
         digest BLOB NOT NULL) STRICT)",
};

}  // namespace

absl::StatusOr<std::unique_ptr<EnrolledRelays>> EnrolledRelays::Open(const std::filesystem::path& file) {
  auto database = Database::Open(file, Durability::kFull);
  if (!database.ok()) return database.status();
  if (auto status = Migrate(*database, kMigrations); !status.ok()) return status;
  return std::unique_ptr<EnrolledRelays>(new EnrolledRelays(*std::move(database)));
}

absl::Status EnrolledRelays::Save(const StoredRelay& relay) {
  std::lock_guard lock(mutex_);
  auto save = database_.Prepare("INSERT OR REPLACE INTO relays (name, relay, lookup, digest) VALUES (?, ?, ?, ?)");
  if (!save.ok()) return save.status();
  return save->Bind(1, relay.relay.name())
      .BindBlob(2, relay.relay.SerializeAsString())
      .Bind(3, relay.lookup)
      .BindBlob(4, relay.digest)
      .Run();
}

absl::StatusOr<std::vector<StoredRelay>> EnrolledRelays::LoadAll() {
  std::lock_guard lock(mutex_);
  auto select = database_.Prepare("SELECT relay, lookup, digest FROM relays ORDER BY name");
  if (!select.ok()) return select.status();
  std::vector<StoredRelay> relays;
  while (true) {
    auto row = select->Step();
    if (!row.ok()) return row.status();
    if (!*row) return relays;
    StoredRelay& stored = relays.emplace_back();
    stored.lookup = select->Text(1);
    stored.digest = select->Text(2);
    if (!stored.relay.ParseFromString(select->Text(0))) return absl::DataLossError("a stored relay cannot be read");
  }
}

}  // namespace postern::store
