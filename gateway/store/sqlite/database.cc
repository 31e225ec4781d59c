#include "gateway/store/sqlite/database.h"

#include <absl/strings/str_cat.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace postern::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;

absl::StatusCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kAlreadyExists;
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kNotFound;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

absl::Status ErrorOf(sqlite3* database, int code) {
  return {CodeOf(code),
          absl::StrCat("SQLite: ", database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code))};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::Note(int code) {
  if (code != SQLITE_OK && failed_bind_ == SQLITE_OK) failed_bind_ = code;
}

Statement& Statement::Bind(int parameter, int64_t value) {
  Note(sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

Statement& Statement::Bind(int parameter, std::string_view text) {
  Note(sqlite3_bind_text64(statement_.get(), parameter, text.data() != nullptr ? text.data() : "", text.size(),
                           SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::BindBlob(int parameter, std::string_view bytes) {
  Note(sqlite3_bind_blob64(statement_.get(), parameter, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  if (failed_bind_ != SQLITE_OK) return ErrorOf(nullptr, failed_bind_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return ErrorOf(database_, code);
}

absl::Status Statement::Run() {
  const auto row = Step();
  Reset();
  return row.status();
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  failed_bind_ = SQLITE_OK;
}

int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::Text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

absl::StatusOr<Database> Database::OpenWith(const std::filesystem::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) {
    const auto error = ErrorOf(raw, code);
    return absl::Status(error.code(), absl::StrCat(file.string(), ": ", error.message()));
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return database;
}

absl::StatusOr<Database> Database::Open(const std::filesystem::path& file, Durability durability) {
  auto database = OpenWith(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!database.ok()) return database.status();
  // SQLite gives the WAL the mode of the database. A new file is empty until the pragma below.
  if (::chmod(file.c_str(), 0600) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("chmod ", file.string()));
  const char* synchronous = durability == Durability::kFull ? "FULL" : "NORMAL";
  auto status = database->Execute(
      absl::StrCat("PRAGMA journal_mode = WAL; PRAGMA synchronous = ", synchronous, "; PRAGMA foreign_keys = ON;"));
  if (!status.ok()) return absl::Status(status.code(), absl::StrCat(file.string(), ": ", status.message()));
  return database;
}

absl::StatusOr<Database> Database::OpenForReading(const std::filesystem::path& file) {
  // Not SQLITE_OPEN_READONLY: a reader of a WAL database must be able to make its shared-memory file.
  auto database = OpenWith(file, SQLITE_OPEN_READWRITE);
  if (!database.ok()) return database.status();
  if (auto status = database->Execute("PRAGMA query_only = ON;"); !status.ok()) return status;
  return database;
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return ErrorOf(database_.get(), code);
  return Statement(database_.get(), raw);
}

absl::Status Database::Execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : ErrorOf(database_.get(), code);
}

int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

absl::StatusOr<Transaction> Transaction::Begin(Database& database) {
  if (auto status = database.Execute("BEGIN IMMEDIATE"); !status.ok()) return status;
  return Transaction(&database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // Fails only when SQLite has rolled back by itself.
  if (database_ != nullptr) (void)database_->Execute("ROLLBACK");
}

absl::Status Transaction::Commit() {
  auto status = database_->Execute("COMMIT");
  if (status.ok()) database_ = nullptr;
  return status;
}

absl::Status Migrate(Database& database, absl::Span<const char* const> migrations) {
  const auto latest = static_cast<int64_t>(migrations.size());
  auto ask = database.Prepare("PRAGMA user_version");
  if (!ask.ok()) return ask.status();
  if (auto row = ask->Step(); !row.ok()) return row.status();
  int64_t version = ask->Int(0);
  ask->Reset();
  if (version < 0 || version > latest) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database has schema version ", version, ", this build knows ", latest));
  }
  for (; version < latest; ++version) {
    auto transaction = Transaction::Begin(database);
    if (!transaction.ok()) return transaction.status();
    // The version moves with the change: both are in the file, or neither.
    auto status = database.Execute(
        absl::StrCat(migrations[static_cast<size_t>(version)], ";PRAGMA user_version = ", version + 1));
    if (!status.ok()) return status;
    if (status = transaction->Commit(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace postern::store
