// What commands name, and what stands inside them.
#include <charconv>

#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

// 'user'@'host' without its quotes and blanks, CURRENT_USER in capitals and without parentheses.
std::string AccountText(std::string_view raw, const Dialect& dialect) {
  Lexer lexer(raw, dialect);
  const Token user = lexer.Next();
  const Token host = lexer.Next();
  const bool role = user.keyword == Kw::kCURRENT_ROLE && dialect.IsMariaDb();  // to MySQL a name like any other
  const bool current = user.keyword == Kw::kCURRENT_USER || role;
  if (current) return std::string(KeywordText(user.keyword));
  std::string text = Unquote({raw.substr(user.begin, user.end - user.begin)});
  if (host.kind != TokenKind::kUserVariable) return text;
  return text + "@" + Unquote({raw.substr(host.begin + 1, host.end - host.begin - 1)});
}

}  // namespace

void Collector::VisitShape(const Command& command) {
  facts_.verb = command.verb;
  facts_.detail = std::string(command.detail);
  facts_.implicit_commit = command.implicit_commit ||
                           (GroupOf(command.verb) == VerbGroup::kDdl && !command.temporary) ||
                           (GroupOf(command.verb) == VerbGroup::kAccount && command.verb != Verb::kSetRole);
  facts_.dynamic_sql = command.dynamic_sql;
  facts_.temporary = command.temporary;
  facts_.multi_table = command.multi_table;
  facts_.has_where = command.has_where;
  facts_.has_limit = command.has_limit;
  VisitObjects(command);
  VisitWholeTables(command);
  role_ = command.verb == Verb::kShow ? ColumnRole::kPredicate : ColumnRole::kStored;
  VisitExprs(command.exprs);
  for (const QueryRef& ref : command.queries) VisitQuery(*ref.query);
  VisitSetItems(command.variables);
  role_ = ColumnRole::kProjected;
  if (!command.variables.empty() && !command.statements.empty()) ForgetAfterStatement();
  const bool outlasts_session = facts_.verb == Verb::kSetGlobal;
  if (command.verb != Verb::kSetGlobal) facts_.verb = command.verb;
  if (command.is_kill) VisitKill(command);
  if (!command.prepared_text.empty()) VisitPrepared(command.prepared_text);
  if (command.statements.empty()) return;
  if (command.verb == Verb::kBlock || command.body_is_definition) {
    VisitInner(command);
  } else {
    VisitNested(command);
    if (outlasts_session) facts_.verb = Verb::kSetGlobal;
  }
}

// HANDLER shows all of a table and CHECKSUM TABLE makes a number of it; a procedure shows or keeps whatever it reads.
void Collector::VisitWholeTables(const Command& command) {
  for (const ObjectRef& object : command.objects) {
    if (object.kind == ObjectKind::kProcedure && object.access == Access::kExecute) VisitProcedure(object.name);
    if (command.verb == Verb::kCreateTable || command.verb == Verb::kAlterTable) VisitUnderlying(object);
    const bool sums = command.verb == Verb::kChecksumTable;
    if ((command.verb != Verb::kHandler && !sums) || object.kind != ObjectKind::kTable) continue;
    Source source;
    EnterBase(object.name, source);
    const Column all{source.schema, source.table, "*"};
    AddColumn(all, ColumnRole::kProjected);
    facts_.outputs.push_back({"*", {{RefOf(all), sums ? Derivation::kAggregated : Derivation::kCopied}}, sums});
  }
}

// A foreign key asks the other table for a value with every row that is written; a MERGE table shows all of the tables below it
// under names of its own.
void Collector::VisitUnderlying(const ObjectRef& object) {
  const bool merged = object.access == Access::kRead;
  if (known_.schema == nullptr || object.kind != ObjectKind::kTable || (!merged && !object.referenced)) return;
  Source source;
  EnterBase(object.name, source);
  UseAllOf(source, merged ? ColumnRole::kStored : ColumnRole::kPredicate);
}

// What SET STATEMENT sets is undone before the next statement is read; a mode or a charset of it would be followed for
// too long.
void Collector::ForgetAfterStatement() {
  SessionEffect& effect = facts_.session;
  effect.moves_pinned_state |= effect.sql_mode || effect.charset;
  effect.sql_mode.reset();
  effect.sql_mode_value.reset();
  effect.charset.reset();
  effect.autocommit.reset();
}

namespace {

// Whether it answers with the server's state or messages, or acts on other sessions.
bool TellsOfServer(const Facts& facts) {
  return facts.verb == Verb::kShow || facts.verb == Verb::kGetDiagnostics || facts.verb == Verb::kKill ||
         (facts.verb == Verb::kExplain && facts.detail == "connection");
}

}  // namespace

// Statements of a block, which run now, and of a stored program, which run later: each is judged by itself.
void Collector::VisitInner(const Command& command) {
  for (const StatementRef& ref : command.statements) {
    Collector inner(text_, dialect_, known_);
    inner.in_body_ = in_body_ || command.body_is_definition;
    inner.row_ = row_;
    inner.depth_ = depth_;
    inner.repeats_ = repeats_;
    inner.texts_ = texts_;
    const Facts facts = inner.Collect(*ref.statement);
    TakeOver(inner);
    reshapes_ |= facts.group == VerbGroup::kDdl && facts.verb != Verb::kTruncate && !facts.temporary;
    facts_.server_state_inside |= TellsOfServer(facts);
    Absorb(facts, !command.body_is_definition);
  }
}

void Collector::Absorb(const Facts& inner, bool runs) {
  for (const ObjectUse& object : inner.objects) AddObject(object.kind, object.access, object.schema, object.name);
  for (const FunctionUse& function : inner.functions) AddFunction(function);
  for (const ColumnUse& use : inner.columns) Absorb(use);
  for (const std::string& what : inner.unresolved) facts_.unresolved.push_back(what);
  facts_.columns_cut |= inner.columns_cut;
  facts_.dynamic_sql |= inner.dynamic_sql;
  facts_.server_state_inside |= inner.server_state_inside;
  if (!runs) return;
  for (const VariableUse& variable : inner.variables) AddVariable(variable);
  facts_.into_outfile |= inner.into_outfile;
  facts_.into_dumpfile |= inner.into_dumpfile;
  facts_.into_variable |= inner.into_variable;
  facts_.locking_read |= inner.locking_read;
  facts_.implicit_commit |= inner.implicit_commit;
  const SessionEffect& effect = inner.session;
  facts_.session.moves_pinned_state |= effect.moves_pinned_state || effect.charset || effect.sql_mode;
}

// The names of what another walk found are kept here.
void Collector::Absorb(const ColumnUse& use) {
  const ColumnRef& from = use.column;
  comparing_ = use.only_compared;
  const Column column{lineage_.Keep(from.schema), lineage_.Keep(from.table), lineage_.Keep(from.name), from.exact, from.behind_view};
  UseColumn(lineage_.Add(column), use.role, use.transformed ? Derivation::kTransformed : Derivation::kCopied);
  comparing_ = false;
}

void Collector::VisitObjects(const Command& command) {
  for (const ObjectRef& object : command.objects) {
    if (!object.fixed.empty()) {
      AddObject(object.kind, object.access, "", std::string(object.fixed));
    } else if (object.is_string) {
      AddObject(object.kind, object.access, "", UnquoteString(object.name.name.raw, dialect_.mode.no_backslash_escapes));
    } else if (object.kind == ObjectKind::kUser || object.kind == ObjectKind::kRole) {
      AddObject(object.kind, object.access, "", AccountText(object.name.name.raw, dialect_));
    } else {
      AddObject(object.kind, object.access, object.name);
    }
  }
  if (command.verb == Verb::kUse) facts_.use_schema = Unquote(command.objects.first->name.name);
}

// EXPLAIN of a statement, SET STATEMENT ... FOR one. One that only looks turns every write into a look. Around an EXPLAIN
// the facts stay those of what it explains: SET STATEMENT ... FOR ANALYZE DELETE deletes.
void Collector::VisitNested(const Command& command) {
  const bool explains = command.verb == Verb::kExplain;
  for (const StatementRef& ref : command.statements) {
    nested_explain_ = explains && !command.body_runs;
    explaining_ = explains;
    default_schema_ = lineage_.Keep(command.default_schema);
    Visit(*ref.statement);
    default_schema_ = {};
    nested_explain_ = explaining_ = false;
    if (explains || facts_.verb != Verb::kExplain) {
      facts_.nested = facts_.verb;
      facts_.executes_nested = command.body_runs;
    }
  }
  facts_.detail = std::string(command.detail);
  if (explains) facts_.verb = command.verb;
}

void Collector::VisitKill(const Command& command) {
  KillFacts kill;
  kill.query_only = command.kill_query;
  kill.by_query_id = command.kill_by_query_id;
  kill.by_user = command.kill_by_user;
  const Expr* id = command.exprs.first;
  if (id != nullptr && id->kind == ExprKind::kLiteral && id->token == TokenKind::kInteger) {
    const std::string_view digits = id->name.raw;
    uint64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec == std::errc()) kill.id = value;
  }
  facts_.kill = kill;
}

// PREPARE x FROM 'literal': what it holds, where it can be read. The statement stays dynamic SQL for whoever decides.
void Collector::VisitPrepared(std::string_view raw) {
  const std::string text = UnquoteString(raw, dialect_.mode.no_backslash_escapes);
  Arena arena;
  Parser parser(text, dialect_, Limits{}, arena);
  const Statement* statement = parser.ParseNext();
  if (statement == nullptr || !parser.AtEndOfText() || parser.failed()) {
    facts_.nested = Verb::kUnknown;
    return;
  }
  Collector inner(text, dialect_, known_);
  const Facts prepared = inner.Collect(*statement);
  facts_.nested = prepared.verb;
  Absorb(prepared, false);
}

}  // namespace postern::sql
