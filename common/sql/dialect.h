// What the reader must know about the server and the session before it can read one byte: the same text is another
// statement under another vendor, version, sql_mode or character set. Plain values, no owner, any thread.
#ifndef POSTERN_COMMON_SQL_DIALECT_H_
#define POSTERN_COMMON_SQL_DIALECT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::sql {

enum class Vendor : uint8_t { kMySql, kMariaDb };

// The part of sql_mode that changes how text is read. Whatever else the mode holds does not concern the reader.
struct SqlMode {
  bool ansi_quotes = false;           // "x" is an identifier
  bool no_backslash_escapes = false;  // '\' is an ordinary character in strings
  bool ignore_space = false;          // a blank may stand between a function's name and its parenthesis
  bool pipes_as_concat = false;       // || concatenates
  bool high_not_precedence = false;   // NOT binds like !
  bool oracle = false;                // MariaDB: other tokens and blocks; such a session is not read at all
  bool mssql = false;                 // MariaDB: [x] is an identifier; such a session is not read at all

  friend bool operator==(const SqlMode&, const SqlMode&) = default;
};

// The lexical modes that a value of sql_mode switches on, combination modes (ANSI, ORACLE, ...) expanded. Empty if the
// text names a mode that is not known: then nobody can say how the session would read the next statement.
std::optional<SqlMode> ParseSqlMode(std::string_view value);

// character_set_client. Only charsets in which no byte of a longer character looks like a quote, a backslash or a
// letter can be read safely; every other one is kUnsafe and refuses all text.
enum class Charset : uint8_t { kUtf8mb4, kUtf8mb3, kLatin1, kAscii, kBinary, kUnsafe };

// Takes a character set's name as SET NAMES would ("utf8mb4", "UTF8", "latin1"); anything unknown is kUnsafe.
Charset CharsetFromName(std::string_view name);
std::string_view CharsetName(Charset charset);

struct Dialect {
  Vendor vendor = Vendor::kMySql;
  int version = 80040;  // major * 10000 + minor * 100 + patch: 80040, 90704, 101119
  SqlMode mode;
  Charset charset = Charset::kUtf8mb4;

  bool IsMariaDb() const { return vendor == Vendor::kMariaDb; }
  bool AtLeast(Vendor v, int at_least) const { return vendor == v && version >= at_least; }

  friend bool operator==(const Dialect&, const Dialect&) = default;
};

// Bounds on one statement. Parsing is linear in max_bytes; the stack grows with max_depth (about 1 KiB a level); the tree
// takes up to a hundred bytes for a byte of text, but none for rows of plain values, hence a bound of its own.
struct Limits {
  size_t max_bytes = 16u << 20;
  uint32_t max_tokens = 16u << 20;
  uint32_t max_depth = 200;        // nested parentheses, subqueries, CASE, NOT chains, compound blocks
  size_t max_tree_bytes = 64u << 20;
  uint32_t max_statements = 64;    // for ReadBatch
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_DIALECT_H_
