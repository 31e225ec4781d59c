#include "gateway/frontend/follow.h"

namespace postern::frontend {
namespace {

// False when the variable moved to where we cannot follow.
bool FollowVariable(SessionState& s, const mysql::SessionChange& change) {
  if (change.name == "character_set_client") {
    s.dialect.charset = sql::CharsetFromName(change.value);
    return s.dialect.charset != sql::Charset::kUnsafe;
  }
  if (change.name == "sql_mode") {
    const auto mode = sql::ParseSqlMode(change.value);
    if (!mode || mode->oracle || mode->mssql) return false;
    s.dialect.mode = *mode;
  }
  return true;
}

// The server shows two lexical modes in every status; they must be what we think they are.
bool FlagsAgree(const SessionState& s) {
  const bool no_backslash = (s.status_flags & mysql::server_status::kNoBackslashEscapes) != 0;
  if (no_backslash != s.dialect.mode.no_backslash_escapes) return false;
  const bool ansi_quotes = (s.status_flags & mysql::server_status::kAnsiQuotes) != 0;
  return !s.dialect.IsMariaDb() || ansi_quotes == s.dialect.mode.ansi_quotes;
}

}  // namespace

void Follow(SessionState& s, mysql::ReplyShape shape) {
  const mysql::ReplySummary& reply = s.walker.summary();
  bool followed = true;
  for (const mysql::SessionChange& change : reply.changes) {
    if (change.type == mysql::track::kSchema) s.schema = change.value;
    if (change.type == mysql::track::kSystemVariable) followed = FollowVariable(s, change) && followed;
  }
  // Neither an ERR nor a prepare-OK carries flags.
  if (!reply.error && shape != mysql::ReplyShape::kPrepare) {
    s.status_flags = reply.status_flags;
    followed = FlagsAgree(s) && followed;
  }
  if (!followed) {
    s.End({.reason = "pinned state moved",
           .error_code = 1105,
           .error_message = "the session's character set or sql_mode moved to where Postern cannot read statements"});
  }
}

}  // namespace postern::frontend
