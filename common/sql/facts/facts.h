// What one fully read statement does: a plain value that policy, recording and the front end compare, print and store.
// It owns all its strings and stays valid when the statement's text is gone. Any thread.
//
// INVARIANT: facts exist only for a statement of which every byte was understood. There are no facts of a half.
#ifndef POSTERN_COMMON_SQL_FACTS_FACTS_H_
#define POSTERN_COMMON_SQL_FACTS_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sql/dialect.h"
#include "common/sql/facts/verb.h"

namespace postern::sql {

enum class ObjectKind : uint8_t {
  kTable,  // a base table or a view: where rows are read or written the text cannot tell which
  kView,
  kIndex,
  kSchema,
  kProcedure,
  kFunction,  // a function named as an object (DDL, GRANT); calls are in Facts::functions
  kTrigger,
  kEvent,
  kSequence,
  kPackage,
  kLibrary,
  kUser,
  kRole,
  kServer,  // a foreign server, or with Access::kInspect a part of this server ("processlist", "status", ...)
  kTablespace,
  kLogfileGroup,
  kResourceGroup,
  kSpatialReferenceSystem,
  kPlugin,
  kComponent,
  kFile,               // a file on the server's host, name = its path as written
  kPreparedStatement,  // of PREPARE/EXECUTE
  kVariable,           // a system variable of SET GLOBAL/PERSIST
};
std::string_view ObjectKindName(ObjectKind kind);

enum class Access : uint8_t {
  kRead,     // rows
  kInsert,
  kUpdate,
  kDelete,
  kCreate,
  kAlter,
  kDrop,
  kLock,
  kExecute,
  kInspect,  // the definition or the existence, not the rows: SHOW, DESCRIBE
  kGrant,    // rights on it are given or taken
};
std::string_view AccessName(Access access);

// One object in one role; an object used in two roles stands twice. Names are as the server would compare them after
// unquoting, letter case kept. Aliases, CTE names and derived tables are not objects and are resolved away.
struct ObjectUse {
  ObjectKind kind = ObjectKind::kTable;
  std::string schema;  // empty: the session's default schema (or, for kinds outside schemas, none)
  std::string name;    // "*" where the statement covers all of a schema (GRANT ... ON shop.*); of an account user@host
  Access access = Access::kRead;

  friend bool operator==(const ObjectUse&, const ObjectUse&) = default;
};

// What calling a function can do beyond computing, worst last.
enum class FunctionClass : uint8_t {
  kPure,           // its arguments and nothing else (RAND, UUID, NOW count as pure)
  kReadsSession,   // DATABASE(), CURRENT_USER(), LAST_INSERT_ID(), ROW_COUNT() ...
  kReadsServer,    // server state beyond the session: PS_..., WAIT-free reads of GTID state ...
  kSleepsOrLocks,  // SLEEP, BENCHMARK, GET_LOCK, WAIT_FOR_EXECUTED_GTID_SET ...
  kTouchesFiles,   // LOAD_FILE
  kWrites,         // NEXTVAL, SETVAL, LAST_INSERT_ID(x), group replication and service functions ...
  kUnknown,        // not a built-in of this server: possibly a stored or loadable function that does anything
};
std::string_view FunctionClassName(FunctionClass cls);

struct FunctionUse {
  std::string schema;  // as written; a name with a schema is never a built-in
  std::string name;    // upper case for built-ins, as written otherwise
  FunctionClass cls = FunctionClass::kUnknown;
  bool aggregate = false;
  bool window = false;  // called with OVER

  friend bool operator==(const FunctionUse&, const FunctionUse&) = default;
};

enum class VariableScope : uint8_t {
  kUser,     // @x
  kSession,  // @@x, @@session.x, @@local.x, SET x, SET SESSION x
  kGlobal,
  kPersist,
  kPersistOnly,
  kTransaction,  // SET TRANSACTION ...: the next transaction only
};
std::string_view VariableScopeName(VariableScope scope);

struct VariableUse {
  VariableScope scope = VariableScope::kUser;
  std::string name;  // lower case for system variables; with a component or key cache as "a.b"
  bool set = false;  // assigned; false: read
  // The new value where it is a literal, a bare word (ON, utf8mb4) or DEFAULT, unquoted; empty for any other expression.
  std::optional<std::string> value;

  friend bool operator==(const VariableUse&, const VariableUse&) = default;
};

// What a statement does with a column.
enum class ColumnRole : uint8_t {
  kProjected,  // its value may appear in the result
  kPredicate,  // decides which rows: WHERE, HAVING, CASE and subqueries within them
  kJoin,       // decides which rows meet: ON
  kGrouping,
  kOrdering,
  kAssigned,   // is written
  kStored,     // its value may flow into what is kept: a table, a variable, a file, the arguments of a routine
};
std::string_view ColumnRoleName(ColumnRole role);

// A column of a base table (or view), aliases, derived tables and common tables resolved away. "*" is every column of it.
// Without the schema a bare name under several tables could be any of theirs: then it stands once for each, not exact.
struct ColumnRef {
  std::string schema;
  std::string table;
  std::string name;
  bool exact = true;
  // Not named by the statement: a view, a routine, a trigger or a generated column reads it. Known with the schema only.
  bool behind_view = false;

  friend bool operator==(const ColumnRef&, const ColumnRef&) = default;
};

struct ColumnUse {
  ColumnRef column;
  ColumnRole role = ColumnRole::kProjected;
  // As a predicate or in a join, never but whole and compared for equality with a constant, a parameter or another column.
  bool only_compared = false;
  // Projected, and somewhere not as it is: an expression is made over it, whether or not that is shown.
  bool transformed = false;

  friend bool operator==(const ColumnUse&, const ColumnUse&) = default;
};

// What is left of a column's value in the value that it flows into. The later says more than the earlier.
enum class Derivation : uint8_t {
  kCopied,       // the value itself, perhaps among others (UNION)
  kBySchema,     // a view or a generated column made something of it
  kAggregated,   // the statement did: by an aggregate function
  kTransformed,  // or by any other expression
};
std::string_view DerivationName(Derivation how);

struct ColumnSource {
  ColumnRef column;
  Derivation how = Derivation::kCopied;

  friend bool operator==(const ColumnSource&, const ColumnSource&) = default;
};

// One column of the result, or "*" where only the schema knows how many they are.
struct OutputColumn {
  std::string name;                   // alias, column name, or the expression as written
  std::vector<ColumnSource> sources;  // whose values flow into it; empty for constants
  bool computed = false;           // anything but the bare column
  bool constant = false;           // a value that is no column's flows into it too: a literal, a parameter, a variable

  friend bool operator==(const OutputColumn&, const OutputColumn&) = default;
};

struct KillFacts {
  std::optional<uint64_t> id;  // the connection, or the query with by_query_id; empty if it is an expression or a user
  bool query_only = false;     // KILL QUERY: the connection stays
  bool by_query_id = false;    // MariaDB KILL QUERY ID n
  bool by_user = false;        // MariaDB KILL ... USER name

  friend bool operator==(const KillFacts&, const KillFacts&) = default;
};

// What the statement would move of the state that reading depends on, and whether it is start-up noise.
struct SessionEffect {
  // One of the statements every driver sends to start up and keep a transaction: touches no object, calls nothing that
  // could do harm, moves no pinned state. Allowed to any logged-in agent.
  bool harmless_startup = false;
  // It changes something the gateway pins (character sets, sql_mode, session tracking) in a way that the fields below
  // do not describe: to be refused.
  bool moves_pinned_state = false;
  // SET NAMES, SET CHARACTER SET or SET character_set_client to a charset we can follow: in force from the next statement.
  std::optional<Charset> charset;
  std::string collation;  // of SET NAMES ... COLLATE, as written; empty otherwise
  // SET sql_mode to a literal: its value, and the lexical modes in force from the next statement. Whether to follow or
  // to refuse is the gateway's choice.
  std::optional<std::string> sql_mode_value;
  std::optional<SqlMode> sql_mode;
  std::optional<bool> autocommit;

  friend bool operator==(const SessionEffect&, const SessionEffect&) = default;
};

struct Facts {
  Verb verb = Verb::kUnknown;
  VerbGroup group = VerbGroup::kAdmin;  // GroupOf(verb), except: EXPLAIN ANALYZE of a write, SELECT ... INTO OUTFILE,
                                        // and SELECT or DO that call what may write, are kWrite
  std::string detail;                   // of SHOW ("tables"), XA ("start"), FLUSH ("tables"), HANDLER ("open") ...
  std::optional<Verb> nested;           // EXPLAIN of what; PREPARE of which literal
  bool executes_nested = false;         // EXPLAIN ANALYZE, ANALYZE statement: the nested one really runs

  std::vector<ObjectUse> objects;      // in order of appearance, without repetition
  std::vector<FunctionUse> functions;  // likewise
  std::vector<VariableUse> variables;  // likewise

  std::vector<ColumnUse> columns;      // likewise
  std::vector<OutputColumn> outputs;   // of the outermost query, or of RETURNING
  bool columns_cut = false;            // too many columns to follow: `columns` and `outputs` are not complete
  bool resolved = false;               // read with the target's schema at hand
  // Then: what was not found there, or could not be read through ("view shop.v"); at most a few. If there are any, nobody
  // knows all the columns that the statement touches.
  std::vector<std::string> unresolved;

  bool has_where = false;            // of the outermost statement
  bool constant_true_where = false;  // WHERE 1, WHERE 1=1, WHERE TRUE, WHERE 'a'='a' OR ...: as good as none
  bool has_limit = false;
  bool into_outfile = false;
  bool into_dumpfile = false;
  bool into_variable = false;
  bool locking_read = false;     // FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE, anywhere
  bool implicit_commit = false;  // the server commits the open transaction
  bool dynamic_sql = false;      // runs or prepares text that is not in this statement
  bool server_state_inside = false;  // of a block or a stored program: a statement in it is SHOW, GET DIAGNOSTICS, EXPLAIN FOR
                                     // CONNECTION or KILL
  bool multi_table = false;      // UPDATE/DELETE over several tables, DROP of several ...
  bool local_file = false;       // LOAD DATA LOCAL
  bool temporary = false;        // CREATE/DROP TEMPORARY TABLE
  bool plan_hint = false;        // an optimizer hint says how rows are to be found, and so in which order
  std::vector<std::string> derived;  // names of derived and common tables
  uint32_t parameters = 0;       // number of `?`

  std::optional<std::string> use_schema;  // of USE
  std::optional<KillFacts> kill;
  SessionEffect session;

  friend bool operator==(const Facts&, const Facts&) = default;
};

// Whether tables, columns, views, routines or triggers may be others afterwards. What a routine or a block does beside what it
// says is not followed: it may be DDL.
bool MayChangeSchema(const Facts& facts);

// Stable, for goldens and for people: one "key: value" line per fact that is set.
std::string ToText(const Facts& facts);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_FACTS_H_
