// What SET does to the session, above all to the state that reading depends on.
#include "common/sql/ascii.h"
#include "common/sql/facts/collector.h"

namespace postern::sql {
namespace {

// MySQL's names for one variable.
std::string Canonical(std::string name) {
  if (name == "tx_isolation") return "transaction_isolation";
  if (name == "tx_read_only") return "transaction_read_only";
  return name;
}

bool IsCharsetVariable(std::string_view name) {
  return name == "character_set_client" || name == "character_set_connection" || name == "character_set_results" ||
         name == "collation_connection" || name == "character_set_database" || name == "character_set_server" ||
         name == "collation_server" || name == "collation_database" || name == "character_set_system" ||
         name == "character_set_filesystem" || name == "character_set_collations";
}

// MariaDB's variables of the session that are those of a replication connection: setting one outlasts the session.
bool OutlastsSession(std::string_view name) { return name == "sql_slave_skip_counter" || name == "max_relay_log_size"; }

bool IsTracking(std::string_view name) { return name.substr(0, 14) == "session_track_"; }

bool IsOn(const std::optional<std::string>& value) {
  const std::string upper = Upper(value.value_or(""));
  return upper == "1" || upper == "ON" || upper == "TRUE";
}

// Whether leaving `word` out of a list of modes takes out one whole mode that does not change reading, and puts no two pieces
// of others together: it may bring the comma of one side along.
bool IsForeignToLexing(std::string_view word) {
  if (word.starts_with(',')) {
    word.remove_prefix(1);
  } else if (word.ends_with(',')) {
    word.remove_suffix(1);
  }
  const bool one = !word.empty() && word.find_first_of(", ") == std::string_view::npos;
  return one && ParseSqlMode(word) == SqlMode{};
}

bool IsReplace(const Expr& expr) {
  return expr.kind == ExprKind::kFunction && expr.schema.empty() && EqualsIgnoreCase(expr.name.raw, "REPLACE") &&
         expr.children.size == 3;
}

}  // namespace

void Collector::VisitShape(const Set& set) {
  facts_.verb = Verb::kSet;
  role_ = ColumnRole::kStored;
  VisitSetItems(set.items);
  role_ = ColumnRole::kProjected;
}

void Collector::VisitSetItems(const List<SetItem>& items) {
  for (const SetItem& item : items) VisitSetItem(item);
}

std::optional<std::string> Collector::StringOf(const Expr* expr) const {
  if (expr == nullptr || expr->kind != ExprKind::kLiteral || expr->token != TokenKind::kString) return std::nullopt;
  const std::string_view raw = expr->name.raw;
  // 'a' 'b' is one string to the server and none to us.
  if (expr->end - expr->begin != raw.size()) return std::nullopt;
  const char quote = raw.front();
  for (size_t i = 1; i + 1 < raw.size(); ++i) {
    if (raw[i] == '\\' && !dialect_.mode.no_backslash_escapes) {
      ++i;
    } else if (raw[i] == quote) {
      if (raw[i + 1] != quote || i + 2 >= raw.size()) return std::nullopt;
      ++i;
    }
  }
  return UnquoteString(raw, dialect_.mode.no_backslash_escapes);
}

// The value if it is plain to see: a literal, a signed number, a bare word, DEFAULT.
std::optional<std::string> Collector::LiteralOf(const SetItem& item) const {
  const Expr* value = item.value;
  if (value == nullptr) return "DEFAULT";
  if (item.bare_word) return Unquote(value->name);
  if (value->kind == ExprKind::kUnary && value->children.size == 1 && !value->name.empty() &&
      value->children.first->kind == ExprKind::kLiteral && value->children.first->token != TokenKind::kString) {
    return std::string(value->name.raw) + std::string(value->children.first->name.raw);
  }
  if (value->kind != ExprKind::kLiteral) return std::nullopt;
  if (value->token == TokenKind::kString) return StringOf(value);
  return std::string(value->name.raw);
}

void Collector::VisitSetItem(const SetItem& item) {
  if (item.kind != SetKind::kVariable) return VisitSetNames(item);
  if (!item.bare_word) VisitExpr(item.value);
  std::string name = Unquote(item.name);
  if (item.scope == VariableScope::kUser) {
    AddVariable({VariableScope::kUser, std::move(name), true, LiteralOf(item)});
    return;
  }
  name = Canonical(Lower(name));
  if (!item.prefix.empty()) name = Lower(Unquote(item.prefix)) + "." + name;
  AddVariable({item.scope, name, true, LiteralOf(item)});
  const bool beyond_session = item.scope == VariableScope::kGlobal || item.scope == VariableScope::kPersist ||
                              item.scope == VariableScope::kPersistOnly || OutlastsSession(name);
  if (!beyond_session) return VisitSetVariable(item, name);
  facts_.verb = Verb::kSetGlobal;
  AddObject(ObjectKind::kVariable, Access::kAlter, "", std::move(name));
}

void Collector::VisitSetVariable(const SetItem& item, const std::string& name) {
  if (name == "sql_mode") return VisitSetSqlMode(item);
  if (IsCharsetVariable(name)) return VisitSetCharset(item);
  if (name == "old_mode") facts_.session.moves_pinned_state = true;  // MariaDB: what utf8 means, among others
  if (IsTracking(name)) {
    // MariaDB's Connector/J switches on what the relay has pinned on already.
    const bool is_pinned_on = name == "session_track_schema" && IsOn(LiteralOf(item));
    facts_.session.moves_pinned_state |= !is_pinned_on;
    return;
  }
  if (name == "autocommit") {
    const std::string value = Upper(LiteralOf(item).value_or(""));
    if (IsOn(value)) facts_.session.autocommit = true;
    if (value == "0" || value == "OFF" || value == "FALSE") facts_.session.autocommit = false;
    facts_.implicit_commit |= facts_.session.autocommit != std::optional<bool>(false);
  }
}

// SET NAMES x [COLLATE y], SET CHARACTER SET x
void Collector::VisitSetNames(const SetItem& item) {
  const std::string charset = item.name.empty() ? "" : UnquoteString(item.name.raw, false);
  const std::string plain = item.name.raw.find_first_of("'\"`") == 0 ? charset : std::string(item.name.raw);
  AddVariable({VariableScope::kSession, item.kind == SetKind::kNames ? "names" : "character set", true, plain});
  const Charset known = CharsetFromName(plain);
  if (item.name.empty() || known == Charset::kUnsafe) {
    facts_.session.moves_pinned_state = true;
    return;
  }
  facts_.session.charset = known;
  if (!item.collation.empty()) facts_.session.collation = Unquote(item.collation);
}

// A charset by its variable. What the client sends must be one we can read; what the server sends back may also be left
// unconverted (NULL).
void Collector::VisitSetCharset(const SetItem& item) {
  const std::string name = Lower(Unquote(item.name));
  const std::optional<std::string> value = LiteralOf(item);
  const Charset charset = value ? CharsetFromName(*value) : Charset::kUnsafe;
  if (name == "character_set_client" && charset != Charset::kUnsafe) {
    facts_.session.charset = charset;
    return;
  }
  if (name == "character_set_results" && (charset != Charset::kUnsafe || (value && Upper(*value) == "NULL"))) return;
  if (name == "character_set_connection" && charset != Charset::kUnsafe) return;
  if (name == "collation_connection" && value &&
      CharsetFromName(value->substr(0, value->find('_'))) != Charset::kUnsafe) {
    return;
  }
  facts_.session.moves_pinned_state = true;
}

// The lexical modes that an expression over literals and the current mode yields.
std::optional<SqlMode> Collector::EvaluateSqlMode(const Expr* expr) const {
  if (expr == nullptr) return std::nullopt;
  if (const auto text = StringOf(expr)) return ParseSqlMode(*text);
  if (expr->kind == ExprKind::kParenthesized) return EvaluateSqlMode(expr->children.first);
  if (expr->kind == ExprKind::kSystemVariable) {
    const bool own = expr->table.empty() || EqualsIgnoreCase(expr->table.raw, "session") ||
                     EqualsIgnoreCase(expr->table.raw, "local");
    if (own && expr->schema.empty() && EqualsIgnoreCase(Unquote(expr->name), "sql_mode")) return dialect_.mode;
    return std::nullopt;
  }
  if (expr->kind != ExprKind::kFunction || !expr->schema.empty()) return std::nullopt;
  const std::string name = Upper(expr->name.raw);
  if (name == "CONCAT" && !expr->children.empty()) {
    SqlMode mode;
    bool first = true;
    for (const Expr& child : expr->children) {
      const auto part = EvaluateSqlMode(&child);
      if (!part) return std::nullopt;
      // Pieces must meet at a comma, or the last word of one and the first of the next become another word.
      const auto text = StringOf(&child);
      if (!first && text && !text->empty() && text->front() != ',') return std::nullopt;
      if (!first && !text) return std::nullopt;
      first = false;
      mode.ansi_quotes |= part->ansi_quotes;
      mode.no_backslash_escapes |= part->no_backslash_escapes;
      mode.ignore_space |= part->ignore_space;
      mode.pipes_as_concat |= part->pipes_as_concat;
      mode.high_not_precedence |= part->high_not_precedence;
      mode.oracle |= part->oracle;
      mode.mssql |= part->mssql;
    }
    return mode;
  }
  if (IsReplace(*expr)) {
    const Expr* from = expr->children.first->next;
    const auto word = StringOf(from);
    const auto to = StringOf(from->next);
    if (!word || !to || !to->empty() || !IsForeignToLexing(*word)) return std::nullopt;
    // Of a list of whole modes it leaves whole modes; of another text it could leave anything.
    const Expr* text = expr->children.first;
    while (IsReplace(*text)) text = text->children.first;
    return text->kind == ExprKind::kSystemVariable ? EvaluateSqlMode(expr->children.first) : std::nullopt;
  }
  return std::nullopt;
}

void Collector::VisitSetSqlMode(const SetItem& item) {
  std::optional<SqlMode> mode;
  if (item.bare_word && item.value != nullptr) {
    mode = ParseSqlMode(Unquote(item.value->name));
    if (mode) facts_.session.sql_mode_value = Unquote(item.value->name);
  } else {
    mode = EvaluateSqlMode(item.value);
    if (mode) facts_.session.sql_mode_value = StringOf(item.value);
  }
  const bool twice = facts_.session.sql_mode.has_value();  // the second one would have to see the first
  if (!mode || mode->oracle || mode->mssql || twice) {
    facts_.session.moves_pinned_state = true;
    return;
  }
  facts_.session.sql_mode = mode;
}

}  // namespace postern::sql
