#include "relay-agent/mysql/pinned_session.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace postern::relay {

const char* const kServerIdentityExpression = "CONCAT_WS('/', @@hostname, @@port, @@server_id)";

namespace {

// Both vendors know all of these; measured on MySQL 9.7 and MariaDB 10.11. MariaDB gives the list back sorted.
constexpr std::string_view kTracked =
    "sql_mode,character_set_client,character_set_connection,character_set_results,collation_connection,"
    "session_track_system_variables,autocommit,time_zone";

constexpr char kComResetConnection = 0x1F;
constexpr char kComInitDb = 0x02;

std::string TrackStatement() {
  return absl::StrCat("SET SESSION session_track_system_variables='", std::string(kTracked),
                      "', SESSION session_track_schema=ON");
}

// REQUIRES: no backtick in it.
std::string RoleStatement(const std::string& role) { return absl::StrCat("SET ROLE `", role, "`"); }

std::string ReadBackStatement() {
  return absl::StrCat(
      "SELECT @@version, @@session.sql_mode, @@lower_case_table_names, @@character_set_client, "
      "@@character_set_connection, @@character_set_results, @@collation_connection, "
      "@@session.session_track_system_variables, @@session.session_track_schema, CONNECTION_ID(), ",
      kServerIdentityExpression);
}

// What the read-back holds, in its order.
struct ReadBack {
  std::string version, sql_mode, lower_case_table_names, client, connection, results, collation, tracked, track_schema,
      thread_id, identity;
};

absl::StatusOr<ReadBack> Named(const OneRow& row) {
  ReadBack back;
  std::string* const fields[] = {&back.version, &back.sql_mode,  &back.lower_case_table_names, &back.client,
                                 &back.connection, &back.results, &back.collation,             &back.tracked,
                                 &back.track_schema, &back.thread_id, &back.identity};
  if (row.values.size() != std::size(fields)) return absl::InvalidArgumentError("an answer of another width");
  for (size_t i = 0; i < std::size(fields); ++i) *fields[i] = row.values[i].value_or("");
  return back;
}

bool IsCharset(std::string_view said, std::string_view wanted) {
  // Before MySQL 8.0.30 and MariaDB 10.6, utf8mb3 called itself utf8.
  return said == wanted || (said == "utf8" && wanted == "utf8mb3");
}

bool HasCharset(const ReadBack& back, std::string_view charset) {
  return IsCharset(back.client, charset) && IsCharset(back.connection, charset) && IsCharset(back.results, charset);
}

std::set<std::string> ListOf(std::string_view text) {
  std::set<std::string> names;
  for (absl::string_view name : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    names.insert(absl::AsciiStrToLower(absl::StripAsciiWhitespace(name)));
  }
  return names;
}

absl::Status CheckTracking(const ReadBack& back) {
  if (ListOf(back.tracked) != ListOf(kTracked) || (back.track_schema != "1" && back.track_schema != "ON")) {
    return absl::FailedPreconditionError("the database does not report changes of the session's state");
  }
  return absl::OkStatus();
}

// A quoted SQL string; only names that servers give to modes, character sets and collations are let through.
absl::StatusOr<std::string> Quoted(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == ',';
  });
  if (!plain) return absl::FailedPreconditionError("the database names a mode or character set in an unknown way");
  return absl::StrCat("'", std::string(text), "'");
}

absl::StatusOr<std::string> SetNames(std::string_view charset, std::string_view collation) {
  absl::StatusOr<std::string> set = Quoted(charset);
  if (!set.ok()) return set;
  if (collation.empty() || charset == "binary") return "SET NAMES " + *set;
  absl::StatusOr<std::string> order = Quoted(collation);
  if (!order.ok()) return order;
  return "SET NAMES " + *set + " COLLATE " + *order;
}

absl::StatusOr<PinnedSession> PinnedFrom(const ReadBack& back, uint16_t status_flags, std::string charset) {
  if (absl::Status tracking = CheckTracking(back); !tracking.ok()) return tracking;
  PinnedSession pinned;
  SetVersion(back.version, pinned.facts);
  pinned.facts.set_sql_mode(back.sql_mode);
  uint32_t lower_case = 0;
  if (!absl::SimpleAtoi(back.lower_case_table_names, &lower_case) || !absl::SimpleAtoi(back.thread_id, &pinned.thread_id) ||
      pinned.facts.version_number() == 0) {
    return absl::FailedPreconditionError("the database does not say what it is");
  }
  pinned.facts.set_lower_case_table_names(lower_case);
  pinned.server_identity = back.identity;
  pinned.charset = std::move(charset);
  pinned.collation = back.collation;
  pinned.status_flags = status_flags;
  return pinned;
}

}  // namespace

void SetVersion(std::string_view version, v1::ServerFacts& facts) {
  constexpr std::string_view kPrefix = "5.5.5-";
  const bool mariadb = version.find("MariaDB") != std::string_view::npos;
  if (mariadb && version.substr(0, kPrefix.size()) == kPrefix) version.remove_prefix(kPrefix.size());
  facts.set_vendor(mariadb ? v1::ServerFacts::VENDOR_MARIADB : v1::ServerFacts::VENDOR_MYSQL);
  facts.set_version(std::string(version));
  uint32_t parts[3] = {0, 0, 0};
  size_t part = 0;
  for (const char c : version) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c)) && parts[part] < 1000) {
      parts[part] = parts[part] * 10 + static_cast<uint32_t>(c - '0');
    } else if (c != '.' || ++part == 3) {
      break;
    }
  }
  facts.set_version_number(parts[0] * 10000 + parts[1] * 100 + parts[2]);
}

asio::awaitable<absl::StatusOr<PinnedSession>> PinSession(Conversation& conversation, std::string charset, std::string role) {
  if (!role.empty()) {
    absl::StatusOr<mysql::OkPacket> taken = co_await conversation.Execute(RoleStatement(role));
    if (!taken.ok()) co_return taken.status();
  }
  absl::StatusOr<mysql::OkPacket> tracked = co_await conversation.Execute(TrackStatement());
  if (!tracked.ok()) co_return tracked.status();
  // Twice at most: init_connect or skip_character_set_client_handshake may have overruled the login's character set.
  for (const bool may_set : {true, false}) {
    absl::StatusOr<OneRow> row = co_await conversation.QueryRow(ReadBackStatement());
    if (!row.ok()) co_return row.status();
    absl::StatusOr<ReadBack> back = Named(*row);
    if (!back.ok()) co_return back.status();
    if (HasCharset(*back, charset)) {
      absl::StatusOr<PinnedSession> pinned = PinnedFrom(*back, row->status_flags, std::move(charset));
      if (pinned.ok()) pinned->role = std::move(role);
      co_return pinned;
    }
    if (!may_set) break;
    absl::StatusOr<std::string> set_names = SetNames(charset, "");
    if (!set_names.ok()) co_return set_names.status();
    absl::StatusOr<mysql::OkPacket> set = co_await conversation.Execute(*set_names);
    if (!set.ok()) co_return set.status();
  }
  co_return absl::FailedPreconditionError("the database does not keep to the character set " + charset);
}

asio::awaitable<absl::StatusOr<uint16_t>> ResetSession(Conversation& conversation, const PinnedSession& pinned,
                                                       std::string schema) {
  absl::StatusOr<mysql::OkPacket> reset = co_await conversation.Command(std::string(1, kComResetConnection));
  if (!reset.ok()) co_return reset.status();
  absl::StatusOr<std::string> sql_mode = Quoted(pinned.facts.sql_mode());
  if (!sql_mode.ok()) co_return sql_mode.status();
  absl::StatusOr<std::string> set_names = SetNames(pinned.charset, pinned.collation);
  if (!set_names.ok()) co_return set_names.status();
  std::vector<std::string> statements = {*set_names, TrackStatement() + ", SESSION sql_mode=" + *sql_mode};
  // The reset took it away.
  if (!pinned.role.empty()) statements.push_back(RoleStatement(pinned.role));
  for (const std::string& statement : statements) {
    absl::StatusOr<mysql::OkPacket> done = co_await conversation.Execute(statement);
    if (!done.ok()) co_return done.status();
  }
  if (!schema.empty()) {
    absl::StatusOr<mysql::OkPacket> chosen = co_await conversation.Command(kComInitDb + schema);
    if (!chosen.ok()) co_return chosen.status();
  }
  absl::StatusOr<OneRow> row = co_await conversation.QueryRow(ReadBackStatement());
  if (!row.ok()) co_return row.status();
  absl::StatusOr<ReadBack> back = Named(*row);
  if (!back.ok()) co_return back.status();
  absl::StatusOr<PinnedSession> again = PinnedFrom(*back, row->status_flags, pinned.charset);
  if (!again.ok()) co_return again.status();
  if (!HasCharset(*back, pinned.charset) || again->facts.sql_mode() != pinned.facts.sql_mode() ||
      again->thread_id != pinned.thread_id) {
    co_return absl::FailedPreconditionError("the session is not as it was after the reset");
  }
  co_return again->status_flags;
}

}  // namespace postern::relay
