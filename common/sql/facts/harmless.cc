// The two judgements that are more than a list: whether a read is really only a read, and whether a statement is one of
// those that every driver sends to start up.
#include <algorithm>

#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"

namespace postern::sql {
namespace {

template <size_t N>
bool IsOneOf(const std::string_view (&sorted)[N], std::string_view name) {
  return std::binary_search(std::begin(sorted), std::end(sorted), name);
}

// System variables whose value tells nothing worth hiding. Sorted.
constexpr std::string_view kReadable[] = {
    "auto_increment_increment", "auto_increment_offset", "autocommit", "character_set_client",
    "character_set_collations", "character_set_connection", "character_set_database", "character_set_results",
    "character_set_server", "character_set_system", "collation_connection", "collation_database", "collation_server",
    "default_storage_engine", "div_precision_increment", "error_count", "explicit_defaults_for_timestamp",
    "foreign_key_checks", "group_concat_max_len", "have_openssl", "have_query_cache", "have_ssl", "identity", "init_connect",
    "innodb_lock_wait_timeout", "innodb_read_only", "innodb_version", "interactive_timeout", "last_insert_id",
    "lc_messages", "lc_time_names", "license", "lock_wait_timeout", "lower_case_file_system", "lower_case_table_names",
    "max_allowed_packet", "max_execution_time", "max_statement_time", "net_buffer_length", "net_read_timeout",
    "net_write_timeout", "optimizer_switch", "performance_schema", "protocol_version", "pseudo_thread_id",
    "query_cache_size", "query_cache_type", "read_only", "session_track_gtids", "session_track_schema",
    "session_track_state_change", "session_track_system_variables", "session_track_transaction_info", "sql_auto_is_null",
    "sql_big_selects", "sql_mode", "sql_notes", "sql_quote_show_create", "sql_safe_updates", "sql_select_limit",
    "sql_warnings", "super_read_only", "system_time_zone", "time_zone", "timestamp", "transaction_isolation",
    "transaction_read_only", "tx_isolation", "tx_read_only", "unique_checks", "version", "version_comment",
    "version_compile_machine", "version_compile_os", "version_compile_zlib", "version_malloc_library",
    "version_ssl_library", "wait_timeout", "warning_count",
};

// Session variables that change how the session waits, prints or limits itself, and no more. Sorted.
constexpr std::string_view kSettable[] = {
    "autocommit", "character_set_client", "character_set_connection", "character_set_results", "collation_connection",
    "div_precision_increment", "group_concat_max_len", "innodb_lock_wait_timeout", "interactive_timeout", "lc_messages",
    "lc_time_names", "lock_wait_timeout", "max_execution_time", "max_join_size", "max_statement_time",
    "net_read_timeout", "net_write_timeout", "query_cache_type", "session_track_schema", "sql_auto_is_null",
    "sql_big_selects", "sql_notes", "sql_quote_show_create", "sql_safe_updates", "sql_select_limit", "sql_warnings", "time_zone",
    "transaction_isolation", "transaction_read_only", "wait_timeout",
};

// What SHOW may show of the session and of constants.
constexpr std::string_view kShowable[] = {"charsets", "collations", "errors", "status", "storage_engines", "variables",
                                          "warnings"};

bool MayDoAnything(FunctionClass cls) {
  return cls == FunctionClass::kUnknown || cls == FunctionClass::kWrites || cls == FunctionClass::kTouchesFiles;
}

}  // namespace

void Collector::JudgeGroup() {
  Facts& f = facts_;
  if (f.verb == Verb::kExplain && f.executes_nested && f.nested) f.group = GroupOf(*f.nested);
  if (f.group != VerbGroup::kRead && f.group != VerbGroup::kSession && f.group != VerbGroup::kTransaction) return;
  const bool calls_anything =
      std::any_of(f.functions.begin(), f.functions.end(), [](const FunctionUse& u) { return MayDoAnything(u.cls); });
  if (calls_anything || f.into_outfile || f.into_dumpfile) f.group = VerbGroup::kWrite;
}

bool Collector::CallsNothingHarmful() const {
  return std::all_of(facts_.functions.begin(), facts_.functions.end(), [](const FunctionUse& use) {
    return use.cls == FunctionClass::kPure || use.cls == FunctionClass::kReadsSession;
  });
}

bool Collector::ReadsHarmlessVariables() const {
  return std::all_of(facts_.variables.begin(), facts_.variables.end(), [](const VariableUse& use) {
    return use.set || use.scope == VariableScope::kUser || IsOneOf(kReadable, use.name);
  });
}

bool Collector::SetsHarmlessVariables() const {
  return std::all_of(facts_.variables.begin(), facts_.variables.end(), [](const VariableUse& use) {
    if (!use.set) return true;
    if (use.scope == VariableScope::kTransaction) return true;
    if (use.scope == VariableScope::kUser) return use.value.has_value();
    if (use.scope != VariableScope::kSession) return false;
    if (use.name == "names" || use.name == "character set" || use.name == "sql_mode") return true;
    return use.value.has_value() && IsOneOf(kSettable, use.name);
  });
}

namespace {

// One SELECT without tables, of any kind: what it costs does not grow.
bool IsPlainSelect(const AnyStatement& any) {
  const Query* const* query = std::get_if<Query*>(&any);
  if (query == nullptr || (*query)->terms.size != 1 || !(*query)->with.empty()) return false;
  const QueryTerm& term = *(*query)->terms.first;
  return term.kind == TermKind::kSelect && term.select->from.empty();
}

}  // namespace

bool Collector::IsHarmlessStartup(const Statement& statement) const {
  const Facts& f = facts_;
  if (f.session.moves_pinned_state || harmful_hint_ || f.nested || f.parameters != 0) return false;
  if (!CallsNothingHarmful() || !ReadsHarmlessVariables() || !SetsHarmlessVariables()) return false;
  switch (GroupOf(f.verb)) {
    case VerbGroup::kTransaction: return f.verb != Verb::kXa;
    case VerbGroup::kSession:
      if (f.verb == Verb::kUse) return true;
      // A mode that changes how text is read is the front end's business, not start-up noise.
      if (queries_ != 0) return false;
      if (f.verb == Verb::kSet) return f.objects.empty() && (!f.session.sql_mode || *f.session.sql_mode == dialect_.mode);
      return false;
    case VerbGroup::kRead:
      if (f.locking_read || f.into_outfile || f.into_dumpfile || f.into_variable || !f.objects.empty()) return false;
      if (f.verb == Verb::kShow) return queries_ == 0 && IsOneOf(kShowable, f.detail);
      return f.verb == Verb::kSelect && queries_ == 1 && IsPlainSelect(statement.any);
    case VerbGroup::kWrite: return f.verb == Verb::kDo && queries_ == 0 && f.objects.empty();
    case VerbGroup::kDdl:
    case VerbGroup::kAccount:
    case VerbGroup::kAdmin: return false;
  }
  return false;
}

}  // namespace postern::sql
