#include "gateway/recording/session_search.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "common/text/utf8.h"

namespace postern::recording {
namespace {

void Add(SessionSearch& search, std::string_view condition, std::variant<std::string, int64_t> value) {
  search.conditions.append(" AND ").append(condition);
  search.values.push_back(std::move(value));
}

std::string_view StateCondition(v1::Session::State state) {
  switch (state) {
    case v1::Session::STATE_LIVE:
      return " AND closed = 0";
    case v1::Session::STATE_CLOSING:
      return " AND closed = 1 AND unproven > 0";
    case v1::Session::STATE_CLOSED:
      return " AND closed = 1 AND unproven = 0";
    case v1::Session::STATE_UNSPECIFIED:
    case v1::Session_State_Session_State_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Session_State_Session_State_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "";
}

// With one statement that is all of what is asked. What finds the fewest drives: words, then an object, then the rest.
SessionSearch StatementSearch(const v1::ListSessionsRequest& filter) {
  SessionSearch search;
  std::string from = "statements s WHERE TRUE";
  std::string order = "s.number";
  if (!filter.text().empty()) {
    from = "texts CROSS JOIN statements s ON s.number = texts.rowid WHERE TRUE";
    order = "texts.rowid";
    Add(search, "texts MATCH ?", MatchOf(filter.text()));
    if (!filter.object().empty()) {
      Add(search, "EXISTS (SELECT 1 FROM objects WHERE name = ? AND statement = s.number)", filter.object());
    }
  } else if (!filter.object().empty()) {
    from = "objects o CROSS JOIN statements s ON s.number = o.statement WHERE TRUE";
    order = "o.statement";
    Add(search, "o.name = ?", filter.object());
  }
  if (!filter.verb().empty()) Add(search, "s.verb = ?", filter.verb());
  if (filter.decision() != v1::Statement::DECISION_UNSPECIFIED) Add(search, "s.decision = ?", int64_t{filter.decision()});
  if (search.values.empty()) return search;
  search.conditions = absl::StrCat(" AND number IN (SELECT session FROM (SELECT s.session AS session FROM ", from,
                                   search.conditions, " ORDER BY ", order, " DESC LIMIT ", kStatementsLookedAt, "))");
  return search;
}

}  // namespace

SessionSearch SearchFor(const v1::ListSessionsRequest& filter) {
  SessionSearch search;
  if (!filter.agent().empty()) Add(search, "agent = ?", filter.agent());
  if (!filter.target().empty()) Add(search, "target = ?", filter.target());
  if (!filter.task_id().empty()) Add(search, "task_id = ?", filter.task_id());
  if (filter.since_unix_ms() != 0) Add(search, "opened_ms >= ?", filter.since_unix_ms());
  if (filter.until_unix_ms() != 0) Add(search, "opened_ms < ?", filter.until_unix_ms());
  search.conditions += StateCondition(filter.state());
  SessionSearch statement = StatementSearch(filter);
  search.conditions += statement.conditions;
  for (auto& value : statement.values) search.values.push_back(std::move(value));
  return search;
}

std::string MatchOf(std::string_view words) {
  std::string match;
  const std::string readable = text::ValidUtf8(std::string(words));
  size_t at = 0;
  while (at < readable.size()) {
    size_t end = at;
    while (end < readable.size() && !absl::ascii_isspace(static_cast<unsigned char>(readable[end]))) ++end;
    if (end > at) {
      match += match.empty() ? "\"" : " \"";
      for (const char c : readable.substr(at, end - at)) match += c == '"' ? std::string("\"\"") : std::string(1, c);
      match += '"';
    }
    at = end + 1;
  }
  return match.empty() ? "\"\"" : match;
}

}  // namespace postern::recording
