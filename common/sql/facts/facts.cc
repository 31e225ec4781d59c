#include "common/sql/facts/facts.h"

#include "common/sql/ascii.h"

namespace postern::sql {

std::string_view ObjectKindName(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kTable: return "table";
    case ObjectKind::kView: return "view";
    case ObjectKind::kIndex: return "index";
    case ObjectKind::kSchema: return "schema";
    case ObjectKind::kProcedure: return "procedure";
    case ObjectKind::kFunction: return "function";
    case ObjectKind::kTrigger: return "trigger";
    case ObjectKind::kEvent: return "event";
    case ObjectKind::kSequence: return "sequence";
    case ObjectKind::kPackage: return "package";
    case ObjectKind::kLibrary: return "library";
    case ObjectKind::kUser: return "user";
    case ObjectKind::kRole: return "role";
    case ObjectKind::kServer: return "server";
    case ObjectKind::kTablespace: return "tablespace";
    case ObjectKind::kLogfileGroup: return "logfile_group";
    case ObjectKind::kResourceGroup: return "resource_group";
    case ObjectKind::kSpatialReferenceSystem: return "srs";
    case ObjectKind::kPlugin: return "plugin";
    case ObjectKind::kComponent: return "component";
    case ObjectKind::kFile: return "file";
    case ObjectKind::kPreparedStatement: return "prepared_statement";
    case ObjectKind::kVariable: return "variable";
  }
  return "table";
}

std::string_view AccessName(Access access) {
  switch (access) {
    case Access::kRead: return "read";
    case Access::kInsert: return "insert";
    case Access::kUpdate: return "update";
    case Access::kDelete: return "delete";
    case Access::kCreate: return "create";
    case Access::kAlter: return "alter";
    case Access::kDrop: return "drop";
    case Access::kLock: return "lock";
    case Access::kExecute: return "execute";
    case Access::kInspect: return "inspect";
    case Access::kGrant: return "grant";
  }
  return "drop";
}

std::string_view FunctionClassName(FunctionClass cls) {
  switch (cls) {
    case FunctionClass::kPure: return "pure";
    case FunctionClass::kReadsSession: return "reads_session";
    case FunctionClass::kReadsServer: return "reads_server";
    case FunctionClass::kSleepsOrLocks: return "sleeps_or_locks";
    case FunctionClass::kTouchesFiles: return "touches_files";
    case FunctionClass::kWrites: return "writes";
    case FunctionClass::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view ColumnRoleName(ColumnRole role) {
  switch (role) {
    case ColumnRole::kProjected: return "projected";
    case ColumnRole::kPredicate: return "predicate";
    case ColumnRole::kJoin: return "join";
    case ColumnRole::kGrouping: return "grouping";
    case ColumnRole::kOrdering: return "ordering";
    case ColumnRole::kAssigned: return "assigned";
    case ColumnRole::kStored: return "stored";
  }
  return "projected";
}

std::string_view DerivationName(Derivation how) {
  switch (how) {
    case Derivation::kCopied: return "copied";
    case Derivation::kBySchema: return "by schema";
    case Derivation::kAggregated: return "aggregated";
    case Derivation::kTransformed: return "transformed";
  }
  return "transformed";
}

std::string_view VariableScopeName(VariableScope scope) {
  switch (scope) {
    case VariableScope::kUser: return "user";
    case VariableScope::kSession: return "session";
    case VariableScope::kGlobal: return "global";
    case VariableScope::kPersist: return "persist";
    case VariableScope::kPersistOnly: return "persist_only";
    case VariableScope::kTransaction: return "transaction";
  }
  return "global";
}

namespace {

std::string Qualified(std::string_view schema, std::string_view name) {
  std::string out(schema);
  Append(out, schema.empty() ? "" : ".", name);
  return out;
}

void AddFlag(bool set, std::string_view name, std::string& flags) {
  if (set) Append(flags, flags.empty() ? "" : " ", name);
}

std::string Flags(const Facts& f) {
  std::string flags;
  AddFlag(f.has_where, "where", flags);
  AddFlag(f.constant_true_where, "constant_true_where", flags);
  AddFlag(f.has_limit, "limit", flags);
  AddFlag(f.into_outfile, "into_outfile", flags);
  AddFlag(f.into_dumpfile, "into_dumpfile", flags);
  AddFlag(f.into_variable, "into_variable", flags);
  AddFlag(f.locking_read, "locking_read", flags);
  AddFlag(f.implicit_commit, "implicit_commit", flags);
  AddFlag(f.dynamic_sql, "dynamic_sql", flags);
  AddFlag(f.multi_table, "multi_table", flags);
  AddFlag(f.local_file, "local_file", flags);
  AddFlag(f.temporary, "temporary", flags);
  AddFlag(f.columns_cut, "columns_cut", flags);
  AddFlag(f.plan_hint, "plan_hint", flags);
  AddFlag(f.executes_nested, "executes_nested", flags);
  AddFlag(f.session.harmless_startup, "harmless_startup", flags);
  AddFlag(f.session.moves_pinned_state, "moves_pinned_state", flags);
  return flags;
}

std::string KillText(const KillFacts& kill) {
  std::string text = kill.query_only ? "query" : "connection";
  if (kill.by_query_id) Append(text, " by_query_id");
  if (kill.by_user) Append(text, " by_user");
  if (kill.id) Append(text, " ", std::to_string(*kill.id));
  return text;
}

void AppendSession(const SessionEffect& s, std::string& out) {
  if (s.charset) Append(out, "charset: ", CharsetName(*s.charset), "\n");
  if (!s.collation.empty()) Append(out, "collation: ", s.collation, "\n");
  if (s.sql_mode_value) Append(out, "sql_mode: '", *s.sql_mode_value, "'\n");
  if (s.autocommit) Append(out, "autocommit: ", *s.autocommit ? "on" : "off", "\n");
}

void AppendUses(const Facts& f, std::string& out) {
  for (const ObjectUse& o : f.objects) {
    Append(out, "object: ", ObjectKindName(o.kind), " ", Qualified(o.schema, o.name), " ", AccessName(o.access),
                    "\n");
  }
  for (const FunctionUse& u : f.functions) {
    Append(out, "function: ", Qualified(u.schema, u.name), " ", FunctionClassName(u.cls),
                    u.aggregate ? " aggregate" : "", u.window ? " window" : "", "\n");
  }
  for (const VariableUse& v : f.variables) {
    Append(out, "variable: ", VariableScopeName(v.scope), " ", v.name, v.set ? " set" : " read");
    if (v.value) Append(out, " '", *v.value, "'");
    out += '\n';
  }
}

std::string ColumnText(const ColumnRef& column) {
  std::string text = Qualified(column.schema, column.table);
  Append(text, text.empty() ? "" : ".", column.name, column.exact ? "" : "?", column.behind_view ? "^" : "");
  return text;
}

void AppendColumns(const Facts& f, std::string& out) {
  for (const ColumnUse& use : f.columns) {
    Append(out, "column: ", ColumnText(use.column), " ", ColumnRoleName(use.role), "\n");
  }
  for (const OutputColumn& output : f.outputs) {
    Append(out, "output: ", output.name, output.computed ? " <~" : " <-");
    for (const ColumnSource& source : output.sources) {
      Append(out, " ", ColumnText(source.column));
      if (f.resolved) Append(out, " (", DerivationName(source.how), ")");
    }
    out += '\n';
  }
  for (const std::string& what : f.unresolved) Append(out, "unresolved: ", what, "\n");
}

}  // namespace

bool MayChangeSchema(const Facts& facts) {
  if (facts.temporary) return false;
  switch (facts.group) {
    case VerbGroup::kDdl:
    case VerbGroup::kAdmin: return true;
    case VerbGroup::kRead:
    case VerbGroup::kWrite:
    case VerbGroup::kAccount:
    case VerbGroup::kSession:
    case VerbGroup::kTransaction: break;
  }
  return facts.verb == Verb::kCall || facts.verb == Verb::kBlock || facts.dynamic_sql;
}

std::string ToText(const Facts& f) {
  std::string out;
  Append(out, "verb: ", VerbName(f.verb), "\ngroup: ", GroupName(f.group), "\n");
  if (!f.detail.empty()) Append(out, "detail: ", f.detail, "\n");
  if (f.nested) Append(out, "nested: ", VerbName(*f.nested), "\n");
  AppendUses(f, out);
  AppendColumns(f, out);
  if (const std::string flags = Flags(f); !flags.empty()) Append(out, "flags: ", flags, "\n");
  if (f.parameters != 0) Append(out, "parameters: ", std::to_string(f.parameters), "\n");
  if (f.use_schema) Append(out, "use: ", *f.use_schema, "\n");
  if (f.kill) Append(out, "kill: ", KillText(*f.kill), "\n");
  AppendSession(f.session, out);
  return out;
}

}  // namespace postern::sql
