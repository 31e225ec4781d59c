#include "gateway/policy/refuse_always.h"

#include <algorithm>
#include <string_view>

#include "common/sql/ascii.h"
#include "gateway/policy/demand.h"

namespace postern::policy {
namespace {

using sql::EqualsIgnoreCase;
using sql::Verb;

// BINLOG runs the row events it carries.
bool HidesSql(const sql::Facts& facts) {
  return facts.dynamic_sql || facts.verb == Verb::kPrepare || facts.verb == Verb::kExecute ||
         facts.verb == Verb::kExecuteImmediate || facts.verb == Verb::kBinlog;
}

bool TouchesFiles(const sql::Facts& facts) {
  if (facts.local_file || facts.into_outfile || facts.into_dumpfile || facts.verb == Verb::kClone) return true;
  const auto is_file = [](const sql::ObjectUse& use) { return use.kind == sql::ObjectKind::kFile; };
  const auto reads_file = [](const sql::FunctionUse& use) { return use.cls == sql::FunctionClass::kTouchesFiles; };
  return std::any_of(facts.objects.begin(), facts.objects.end(), is_file) ||
         std::any_of(facts.functions.begin(), facts.functions.end(), reads_file);
}

// `#mysql50#x` is the file x, whatever table that belongs to: no rule about tables would meet it.
bool NamesFile(std::string_view name) {
  constexpr std::string_view kPrefix = "#mysql50#";
  return name.size() >= kPrefix.size() && EqualsIgnoreCase(name.substr(0, kPrefix.size()), kPrefix);
}

bool NamesFiles(const sql::Facts& facts) {
  return std::any_of(facts.objects.begin(), facts.objects.end(),
                     [](const sql::ObjectUse& use) { return NamesFile(use.name) || NamesFile(use.schema); }) ||
         (facts.use_schema && NamesFile(*facts.use_schema));
}

// Setting again what is in force already moves nothing.
bool MovesReading(const sql::SessionEffect& effect, const SessionFacts& session) {
  if (effect.moves_pinned_state || effect.charset == sql::Charset::kUnsafe) return true;
  if (effect.sql_mode_value && !effect.sql_mode) return true;
  return effect.sql_mode && *effect.sql_mode != session.sql_mode;
}

bool NamesOneConnection(const sql::Facts& facts) {
  return facts.kill && facts.kill->id && !facts.kill->by_query_id && !facts.kill->by_user;
}

}  // namespace

std::optional<Decision> RefuseAlways(const sql::Facts& facts, const SessionFacts& session) {
  if (facts.verb == Verb::kUnknown || (facts.executes_nested && !facts.nested)) {
    return Decision::Deny(builtin::kUnknownVerb, "nobody could say what this statement does");
  }
  if (facts.verb == Verb::kBlock) {
    return Decision::Deny(builtin::kBlock, "compound blocks are not run; send their statements one by one");
  }
  if (HidesSql(facts)) {
    return Decision::Deny(
        builtin::kDynamicSql,
        "SQL hidden in PREPARE, EXECUTE or BINLOG is not run; send the statement itself, or prepare it with "
        "the client's own prepared statements");
  }
  if (TouchesFiles(facts) || NamesFiles(facts)) {
    return Decision::Deny(builtin::kFiles, "statements that read or write files are not run; use rows instead");
  }
  if (MovesReading(facts.session, session)) {
    return Decision::Deny(builtin::kPinnedSession,
                          "this would change how statements are read (character set, sql_mode or session tracking)");
  }
  if (facts.verb == Verb::kKill && !NamesOneConnection(facts)) {
    return Decision::Deny(builtin::kKill, "KILL takes the number of one of your own connections here");
  }
  return std::nullopt;
}

}  // namespace postern::policy
