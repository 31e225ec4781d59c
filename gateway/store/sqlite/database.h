// SQLite with owners and Statuses: Database, Statement, Transaction. Each database belongs to one thread at a time.
#ifndef POSTERN_GATEWAY_STORE_SQLITE_DATABASE_H_
#define POSTERN_GATEWAY_STORE_SQLITE_DATABASE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace postern::store {

// A prepared statement. Bind, Step until it says false, Reset, again.
class Statement {
 public:
  // Parameters count from 1. A value that cannot be bound makes the next Step fail.
  Statement& Bind(int parameter, int64_t value);
  Statement& Bind(int parameter, std::string_view text);
  Statement& BindBlob(int parameter, std::string_view bytes);

  // True: a row stands ready. False: done.
  absl::StatusOr<bool> Step();
  // Steps a statement that gives no rows, and resets it.
  absl::Status Run();
  // Forgets the row and the parameters.
  void Reset();

  // Columns count from 0. REQUIRES: Step said true.
  int64_t Int(int column) const;
  std::string Text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  void Note(int code);

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int failed_bind_ = 0;
};

enum class Durability {
  // Every commit is on disk when it returns.
  kFull,
  // A power failure may lose the last commits, never the file.
  kNormal,
};

class Database {
 public:
  // WAL, foreign keys, a busy time-out of 5 s. The file is made with mode 0600.
  static absl::StatusOr<Database> Open(const std::filesystem::path& file, Durability durability);
  // Reads what a writer on another connection commits; NOT_FOUND when there is no such file.
  static absl::StatusOr<Database> OpenForReading(const std::filesystem::path& file);

  absl::StatusOr<Statement> Prepare(std::string_view sql);
  // One or more statements that give no rows.
  absl::Status Execute(const std::string& sql);
  // Rows the last statement changed.
  int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  static absl::StatusOr<Database> OpenWith(const std::filesystem::path& file, int flags);

  std::unique_ptr<sqlite3, Close> database_;
};

// Rolls back unless committed.
class Transaction {
 public:
  // Takes the write lock at once, so that nothing fails for want of it half-way.
  static absl::StatusOr<Transaction> Begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  absl::Status Commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

// Brings the schema to the version that `migrations` ends at: migration i leads from version i to i + 1, each in its
// own transaction. FAILED_PRECONDITION for a database of a later version.
absl::Status Migrate(Database& database, absl::Span<const char* const> migrations);

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_SQLITE_DATABASE_H_
