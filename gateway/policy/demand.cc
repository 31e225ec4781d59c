#include "gateway/policy/demand.h"

#include <algorithm>
#include <iterator>

#include "common/sql/ascii.h"
#include "gateway/policy/names.h"

namespace postern::policy {
namespace {

using sql::Access;
using sql::EqualsIgnoreCase;
using sql::ObjectKind;
using sql::Verb;
using sql::VerbGroup;

template <size_t N>
bool IsOneOf(std::string_view name, const std::string_view (&list)[N]) {
  return std::any_of(std::begin(list), std::end(list), [&](std::string_view s) { return EqualsIgnoreCase(s, name); });
}

// Tables of information_schema that describe what the database user may use anyway. The others show values
// (COLUMN_STATISTICS), other people's statements (PROCESSLIST) or the server's inside, and must be named by a rule.
constexpr std::string_view kMetadataTables[] = {"schemata",
                                                "tables",
                                                "columns",
                                                "statistics",
                                                "key_column_usage",
                                                "table_constraints",
                                                "referential_constraints",
                                                "check_constraints",
                                                "views",
                                                "routines",
                                                "parameters",
                                                "triggers",
                                                "partitions",
                                                "character_sets",
                                                "collations",
                                                "collation_character_set_applicability",
                                                "engines",
                                                "keywords",
                                                "tables_extensions",
                                                "columns_extensions",
                                                "table_constraints_extensions",
                                                "schemata_extensions",
                                                "st_geometry_columns",
                                                "view_table_usage",
                                                "view_routine_usage"};

// Parts of a server that SHOW shows to everybody. Others (processlist, engine_status, binlog_events, accounts) show
// statements or secrets of others.
constexpr std::string_view kHarmlessParts[] = {"databases", "global variables", "global status",   "plugins",
                                               "profiles",  "function_status",  "procedure_status"};

bool LivesInSchema(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kTable:
    case ObjectKind::kView:
    case ObjectKind::kIndex:
    case ObjectKind::kSchema:
    case ObjectKind::kProcedure:
    case ObjectKind::kFunction:
    case ObjectKind::kTrigger:
    case ObjectKind::kEvent:
    case ObjectKind::kSequence:
    case ObjectKind::kPackage:
    case ObjectKind::kLibrary:
      return true;
    case ObjectKind::kUser:
    case ObjectKind::kRole:
    case ObjectKind::kServer:
    case ObjectKind::kTablespace:
    case ObjectKind::kLogfileGroup:
    case ObjectKind::kResourceGroup:
    case ObjectKind::kSpatialReferenceSystem:
    case ObjectKind::kPlugin:
    case ObjectKind::kComponent:
    case ObjectKind::kFile:
    case ObjectKind::kPreparedStatement:
    case ObjectKind::kVariable:
      return false;
  }
  return false;
}

// Verbs whose accesses are each a verb of their own: INSERT ... ON DUPLICATE KEY UPDATE needs update as well.
bool ChangesRows(Verb verb) {
  return verb == Verb::kInsert || verb == Verb::kReplace || verb == Verb::kUpdate || verb == Verb::kDelete ||
         verb == Verb::kLoad || verb == Verb::kSelect || verb == Verb::kTable || verb == Verb::kValues;
}

// What a rule must name for this access by that statement.
Verb VerbFor(Verb running, Access access) {
  const bool reads = sql::GroupOf(running) == VerbGroup::kRead;
  switch (access) {
    case Access::kRead:
      return running == Verb::kExplain ? running : Verb::kSelect;  // TABLE t reads what SELECT * FROM t does
    case Access::kInspect:
      return reads ? running : Verb::kShow;
    case Access::kInsert:
      if (running == Verb::kReplace || running == Verb::kLoad) return running;
      return ChangesRows(running) ? Verb::kInsert : running;
    case Access::kUpdate:
      return ChangesRows(running) ? Verb::kUpdate : running;
    case Access::kDelete:
      if (running == Verb::kReplace) return running;
      return ChangesRows(running) ? Verb::kDelete : running;
    case Access::kCreate:
    case Access::kAlter:
    case Access::kDrop:
    case Access::kLock:
    case Access::kExecute:
    case Access::kGrant:
      return running;
  }
  return running;
}

// Definitions of code that runs later, when nobody reads it.
bool DefinesStoredCode(Verb verb) {
  static constexpr Verb kVerbs[] = {
      Verb::kCreateProcedure, Verb::kCreateFunction, Verb::kCreateTrigger, Verb::kCreateEvent, Verb::kCreatePackage,
      Verb::kCreateLibrary,   Verb::kAlterProcedure, Verb::kAlterFunction, Verb::kAlterEvent,  Verb::kAlterLibrary};
  return std::find(std::begin(kVerbs), std::end(kVerbs), verb) != std::end(kVerbs);
}

bool IsMetadata(const sql::ObjectUse& use, const Place& place) {
  if (use.access != Access::kRead && use.access != Access::kInspect) return false;
  if (use.kind == ObjectKind::kServer) return use.access == Access::kInspect && IsOneOf(use.name, kHarmlessParts);
  if (!IsInformationSchema(place.schema)) return false;
  return use.kind == ObjectKind::kSchema ? use.access == Access::kInspect : IsOneOf(use.name, kMetadataTables);
}

Place PlaceOf(const sql::ObjectUse& use, const SessionFacts& session) {
  Place place;
  place.inspected = use.access == Access::kInspect;
  if (!LivesInSchema(use.kind)) {
    place.kind = sql::ObjectKindName(use.kind);
    place.name = use.name;
  } else if (use.kind == ObjectKind::kSchema) {
    place.schema = use.name.empty() ? (use.schema.empty() ? session.default_schema : use.schema) : use.name;
    place.name = "*";
  } else {
    place.schema = use.schema.empty() ? session.default_schema : use.schema;
    place.name = use.name;
  }
  return place;
}

class Collector {
 public:
  Collector(const sql::Facts& facts, const SessionFacts& session)
      : facts_(facts), session_(session), running_(RunningVerb(facts)) {}

  std::vector<Demand> Collect() {
    demands_.reserve(2 * facts_.objects.size() + facts_.variables.size() + facts_.functions.size() + 1);
    for (const sql::ObjectUse& use : facts_.objects) AddObject(use);
    for (const sql::VariableUse& use : facts_.variables) AddVariable(use);
    AddStatement();
    for (const sql::FunctionUse& use : facts_.functions) AddFunction(use);
    if (facts_.locking_read && running_ != Verb::kExplain) AddLocks();
    return std::move(demands_);
  }

 private:
  Demand At(Verb verb, const Place& place) const {
    Demand demand;
    demand.verb = verb;
    demand.has_place = true;
    demand.place = place;
    demand.place.reserved = IsSystemSchema(place.schema);
    const bool one = !place.schema.empty() && place.schema != "*" && place.name != "*";
    if (one) demand.place.key = NameKey::Of(place.schema, place.name);
    MarkExact(demand);
    return demand;
  }
  static void MarkExact(Demand& demand) {
    // What XA PREPARE leaves outlives the session.
    demand.named_exactly = demand.verb == Verb::kXa || DefinesStoredCode(demand.verb);
    if (DefinesStoredCode(demand.verb)) demand.otherwise = builtin::kStoredCode;
  }

  void AddObject(const sql::ObjectUse& use) {
    if (use.kind == ObjectKind::kPreparedStatement) return;
    Demand demand = At(VerbFor(running_, use.access), PlaceOf(use, session_));
    demand.metadata = IsMetadata(use, demand.place);
    demands_.push_back(demand);
  }

  void AddVariable(const sql::VariableUse& use) {
    using sql::VariableScope;
    const bool server_wide = use.scope == VariableScope::kGlobal || use.scope == VariableScope::kPersist ||
                             use.scope == VariableScope::kPersistOnly;
    if (use.set && server_wide) demands_.push_back(At(Verb::kSetGlobal, {.kind = "variable", .name = use.name}));
    // SET STATEMENT … FOR and the hint SET_VAR set what SET sets, for one statement.
    if (use.set && use.scope == VariableScope::kSession && running_ != Verb::kSet) DemandSet();
  }

  void DemandSet() {
    if (std::any_of(demands_.begin(), demands_.end(), [](const Demand& d) { return d.verb == Verb::kSet; })) return;
    demands_.emplace_back().verb = Verb::kSet;
  }

  // A statement whose uses are all of other verbs (HANDLER reads, DO selects) must be let by its own verb too.
  void AddStatement() {
    const auto own = [&](const Demand& d) { return d.verb == running_; };
    if (std::any_of(demands_.begin(), demands_.end(), own)) return;
    const std::vector<Demand> of_others = demands_;
    for (const Demand& other : of_others) {
      if (other.place.kind.empty()) demands_.push_back(At(running_, other.place));
    }
    if (!demands_.empty() && demands_.size() != of_others.size()) return;
    Demand statement;
    statement.verb = running_;
    MarkExact(statement);
    demands_.push_back(statement);
  }

  void AddFunction(const sql::FunctionUse& use) {
    using sql::FunctionClass;
    const bool harmless = use.cls == FunctionClass::kPure || use.cls == FunctionClass::kReadsSession ||
                          use.cls == FunctionClass::kReadsServer;
    if (harmless && use.schema.empty()) return;
    // Without a schema nobody can tell a stored function from a loadable one, so the rule must name it.
    Place place;
    if (use.schema.empty()) place.kind = "function";
    place.schema = use.schema;
    place.name = use.name;
    Demand demand = At(Verb::kCall, place);
    demand.otherwise = builtin::kFunction;
    demands_.push_back(demand);
    if (use.schema.empty() && use.cls == FunctionClass::kUnknown) GuardStored(use);
  }

  // It may be the stored function of that name in the default schema, which a rule denies or holds there.
  void GuardStored(const sql::FunctionUse& use) {
    if (session_.default_schema.empty()) return;
    Place place;
    place.schema = session_.default_schema;
    place.name = use.name;
    Demand demand = At(Verb::kCall, place);
    demand.guarded_only = true;
    demands_.push_back(demand);
  }

  void AddLocks() {
    for (const sql::ObjectUse& use : facts_.objects) {
      if (use.access != Access::kRead && use.access != Access::kLock) continue;
      if (use.kind != ObjectKind::kTable && use.kind != ObjectKind::kView) continue;
      Demand demand = At(Verb::kSelect, PlaceOf(use, session_));
      demand.lock_only = true;
      demand.otherwise = builtin::kLockingRead;
      demands_.push_back(demand);
    }
  }

  const sql::Facts& facts_;
  const SessionFacts& session_;
  const Verb running_;
  std::vector<Demand> demands_;
};

}  // namespace

bool IsInformationSchema(std::string_view schema) { return EqualsIgnoreCase(schema, "information_schema"); }

bool IsSystemSchema(std::string_view schema) {
  static constexpr std::string_view kNames[] = {
      "mysql",      "performance_schema", "sys", "information_schema", "ndbinfo", "mysql_innodb_cluster_metadata",
      "mysql_audit"};
  const auto plain = std::count_if(schema.begin(), schema.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  // Where names are compared without regard to case, servers fold some letters beyond ASCII too: İnformation_schema.
  if (plain > 0 && static_cast<size_t>(plain) < schema.size()) {
    return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view name) { return MayBeSame(name, schema); });
  }
  if (schema.empty() || std::string_view("mpsinMPSIN").find(schema.front()) == std::string_view::npos) return false;
  return IsOneOf(schema, kNames);
}

sql::Verb RunningVerb(const sql::Facts& facts) {
  return facts.executes_nested && facts.nested ? *facts.nested : facts.verb;
}

bool FollowsColumns(const sql::Facts& facts) {
  static constexpr Verb kFollowed[] = {Verb::kSelect, Verb::kTable,  Verb::kValues, Verb::kInsert, Verb::kReplace,
                                       Verb::kUpdate, Verb::kDelete, Verb::kDo,     Verb::kSet,    Verb::kExplain};
  return !facts.columns_cut &&
         std::find(std::begin(kFollowed), std::end(kFollowed), RunningVerb(facts)) != std::end(kFollowed);
}

std::vector<Demand> DemandsOf(const sql::Facts& facts, const SessionFacts& session) {
  return Collector(facts, session).Collect();
}

}  // namespace postern::policy
