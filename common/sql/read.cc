#include "common/sql/read.h"

#include "common/sql/ascii.h"
#include "common/sql/canonical.h"
#include "common/sql/facts/collector.h"
#include "common/sql/parser/parser.h"

namespace postern::sql {
namespace {

// The mysql 9 client asks `select $$` to learn whether the server knows dollar quotes.
bool IsDollarProbe(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == ';' || text.back() == '\0')) text.remove_suffix(1);
  return EqualsIgnoreCase(text, "select $$");
}

ParseError Explain(const Parser& parser, std::string_view text) {
  ParseError error = parser.error();
  if (error.kind == ParseErrorKind::kDollarQuote && IsDollarProbe(text)) error.kind = ParseErrorKind::kDollarProbe;
  return error;
}

ParseError At(ParseErrorKind kind, size_t offset, std::string_view found, std::string_view expected) {
  ParseError error;
  error.kind = kind;
  error.offset = offset;
  error.found = found;
  error.expected = expected;
  return error;
}

// What a statement is read under.
struct Reader {
  Dialect dialect;
  const Limits& limits;
  Known known;
};

// The facts of a text without comments, which is read once more: they are to be those of what is forwarded. False if it
// does not read as one statement.
bool CollectFrom(std::string_view canonical, const Reader& reader, Facts& facts) {
  Arena arena;
  Parser parser(canonical, reader.dialect, reader.limits, arena);
  const Statement* statement = parser.ParseNext();
  if (statement == nullptr || !parser.AtEndOfText() || parser.failed()) return false;
  facts = Collector(canonical, reader.dialect, reader.known).Collect(*statement);
  return true;
}

// Facts and canonical text of a statement that is parsed.
Reading Finish(const Statement& statement, std::string_view text, bool dropped, const Reader& reader) {
  Reading reading;
  reading.offset = statement.begin;
  if (!dropped) {
    reading.canonical = CanonicalText(text.substr(statement.begin, statement.end - statement.begin));
    reading.facts = Collector(text, reader.dialect, reader.known).Collect(statement);
    return reading;
  }
  auto rebuilt = WithoutComments(text, statement.begin, statement.end, reader.dialect);
  if (!rebuilt || !CollectFrom(*rebuilt, reader, reading.facts)) {
    reading.error = At(ParseErrorKind::kAmbiguousComment, statement.begin, "a comment", "the statement without it");
    return reading;
  }
  reading.canonical = CanonicalText(std::move(*rebuilt));
  return reading;
}

}  // namespace

Reading Read(std::string_view text, const Dialect& dialect, const Limits& limits, const Known& known) {
  Reading reading;
  Arena arena;
  Parser parser(text, dialect, limits, arena);
  parser.RefuseLeadingSemicolon();
  const Statement* statement = parser.ParseNext();
  if (statement != nullptr && !parser.AtEndOfText()) {
    reading.error = At(ParseErrorKind::kMultipleStatements, parser.current_offset(), "another statement",
                       "end of statement");
    return reading;
  }
  if (parser.failed()) {
    reading.error = Explain(parser, text);
    return reading;
  }
  if (statement == nullptr) {
    reading.error = At(ParseErrorKind::kEmpty, 0, "nothing", "a statement");
    return reading;
  }
  return Finish(*statement, text, parser.dropped_anything(), {dialect, limits, known});
}

BatchReading ReadBatch(std::string_view text, const Dialect& dialect, const Limits& limits, const Known& known) {
  BatchReading batch;
  Reader current{dialect, limits, known};
  std::string selected;  // by a USE in the batch
  size_t from = 0;
  for (;;) {
    // Each statement is read from its own start, under the mode that the ones before it leave behind.
    const std::string_view rest = text.substr(from);
    Arena arena;
    Parser parser(rest, current.dialect, limits, arena);
    if (from == 0) parser.RefuseLeadingSemicolon();
    const Statement* statement = parser.ParseNext();
    if (parser.failed()) {
      batch.error = Explain(parser, rest);
      batch.error->offset += from;
      break;
    }
    if (statement == nullptr) break;
    if (batch.statements.size() == limits.max_statements) {
      batch.error = At(ParseErrorKind::kTooManyStatements, from, "another statement", "end of text");
      break;
    }
    Reading reading =
        Finish(*statement, rest.substr(0, parser.current_offset()), parser.dropped_anything(), current);
    if (reading.error) {
      batch.error = reading.error;
      break;
    }
    const SessionEffect& effect = reading.facts.session;
    reading.offset += from;
    if (effect.charset) current.dialect.charset = *effect.charset;
    if (effect.sql_mode) current.dialect.mode = *effect.sql_mode;
    if (reading.facts.use_schema) {
      selected = *reading.facts.use_schema;
      current.known.default_schema = selected;
    }
    // What EXECUTE runs may set a mode too, and its text is not here. A routine or a block gives back what it found.
    const Verb verb = reading.facts.verb;
    const bool unclear = effect.moves_pinned_state || verb == Verb::kExecute || verb == Verb::kExecuteImmediate;
    batch.statements.push_back(std::move(reading));
    from += parser.current_offset();
    if (unclear && !parser.AtEndOfText()) {
      batch.error = At(ParseErrorKind::kMultipleStatements, from, "a statement under an unknown mode", "end of text");
      break;
    }
    if (from >= text.size()) break;
  }
  if (!batch.error && batch.statements.empty()) batch.error = At(ParseErrorKind::kEmpty, 0, "nothing", "a statement");
  if (batch.error) batch.statements.clear();
  return batch;
}

}  // namespace postern::sql
