#include "relay-agent/doctor/examination.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "common/config/host_port.h"
#include "relay-agent/closing/second_connection.h"

namespace postern::relay {
namespace {

using Row = SecondConnection::Row;

constexpr absl::Duration kClockSlack = absl::Seconds(5);
// The relay's own conversations beside the doors: closing and catalog, and one that is being replaced.
constexpr int64_t kOwnConnections = 3;
constexpr size_t kMaxRoles = 100;

void Add(Examination& to, Severity severity, std::string text) { to.findings.push_back({severity, std::move(text)}); }

std::string TextOf(const absl::StatusOr<std::vector<Row>>& rows, size_t column) {
  return rows.ok() && rows->size() == 1 && column < (*rows)[0].size() ? (*rows)[0][column].value_or("") : "";
}

int64_t NumberOf(const absl::StatusOr<std::vector<Row>>& rows, size_t column) {
  int64_t number = 0;
  return absl::SimpleAtoi(TextOf(rows, column), &number) ? number : 0;
}

bool ReadServer(SecondConnection& connection, Examination& found) {
  const auto facts = connection.Query("SELECT @@version, CURRENT_USER(), @@lower_case_table_names, @@global.max_connections");
  if (!facts.ok()) {
    found.error = std::string(facts.status().message());
    return false;
  }
  found.version = TextOf(facts, 0);
  found.account = TextOf(facts, 1);
  found.lower_case_table_names = NumberOf(facts, 2);
  found.max_connections = NumberOf(facts, 3);
  found.used_connections = NumberOf(connection.Query("SHOW GLOBAL STATUS LIKE 'Threads_connected'"), 1);
  return true;
}

void ReadTls(SecondConnection& connection, const Target& target, Examination& found) {
  found.tls_version = TextOf(connection.Query("SHOW SESSION STATUS LIKE 'Ssl_version'"), 1);
  found.tls_cipher = TextOf(connection.Query("SHOW SESSION STATUS LIKE 'Ssl_cipher'"), 1);
  const bool loopback = config::HostPort{target.host, target.port}.IsLoopback();
  if (found.tls_version.empty()) {
    Add(found, loopback ? Severity::kWarning : Severity::kDanger, "no TLS: whoever is in between reads along");
  } else if (!tls::Verifies(target.tls_mode)) {
    Add(found, Severity::kWarning, "the server's certificate is not verified: whoever is in between may be the server");
  }
}

void ReadClock(SecondConnection& connection, Examination& found) {
  const absl::Time before = absl::Now();
  const std::string text = TextOf(connection.Query("SELECT UNIX_TIMESTAMP(NOW(6))"), 0);
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds)) return;
  found.clock_difference = absl::FromUnixMicros(static_cast<int64_t>(seconds * 1e6)) - (before + (absl::Now() - before) / 2);
  if (absl::AbsDuration(found.clock_difference) > kClockSlack) {
    Add(found, Severity::kWarning, absl::StrCat("the server's clock is ", absl::ToInt64Seconds(found.clock_difference), " s ahead of the relay's"));
  }
}

void JudgeRoom(const Target& target, Examination& found) {
  const int64_t room = found.max_connections - found.used_connections;
  const int64_t wanted = static_cast<int64_t>(target.max_doors) + kOwnConnections;
  if (found.max_connections == 0 || room >= wanted) return;
  Add(found, Severity::kWarning, absl::StrCat("room for ", room, " more connections (max_connections ", found.max_connections,
                                              "), but max_doors and the relay itself may want ", wanted));
}

std::string Quoted(const std::string& role) {
  const size_t at = role.rfind('@');
  const auto name = [](const std::string& text) {
    std::string quoted = "`";
    for (const char c : text) quoted += c == '`' ? "``" : std::string(1, c);
    return quoted + "`";
  };
  return at == std::string::npos ? name(role) : name(role.substr(0, at)) + "@" + name(role.substr(at + 1));
}

// The account's own, and those of every role that it was given, active or not: an agent's session could take any.
bool ReadGrants(SecondConnection& connection, Examination& found, std::vector<Grant>& grants) {
  const auto own = connection.Query("SHOW GRANTS");
  if (!own.ok()) return false;
  std::set<std::string> seen;
  std::deque<std::string> roles;
  const auto take = [&](const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      std::string line = row.empty() ? "" : row[0].value_or("");
      if (!seen.insert("line " + line).second) continue;
      Grant grant = ParseGrant(line);
      if (grant.kind == Grant::Kind::kRoles) roles.insert(roles.end(), grant.names.begin(), grant.names.end());
      // MariaDB's line of an account without TLS or with a password holds the password's hash.
      found.grants.push_back(line.substr(0, line.find(" IDENTIFIED ")));
      grants.push_back(std::move(grant));
    }
  };
  take(*own);
  const bool mariadb = found.version.find("MariaDB") != std::string::npos;
  for (size_t asked = 0; !roles.empty() && asked < kMaxRoles;) {
    const std::string role = std::move(roles.front());
    roles.pop_front();
    if (!seen.insert("role " + role).second) continue;
    ++asked;
    const auto more = connection.Query((mariadb ? "SHOW GRANTS FOR " : "SHOW GRANTS FOR CURRENT_USER() USING ") + Quoted(role));
    if (!more.ok()) return false;
    take(*more);
  }
  return roles.empty();
}

}  // namespace

bool Examination::dangerous() const {
  return !error.empty() || std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Severity::kDanger; });
}

Examination Examine(const Target& target, const std::string& agent, Account& account) {
  Examination found;
  found.target = target.name;
  found.agent = agent;
  SecondConnection connection(target, account, {.role = "check"});
  if (!ReadServer(connection, found)) return found;
  ReadTls(connection, target, found);
  ReadClock(connection, found);
  JudgeRoom(target, found);
  std::vector<Grant> grants;
  if (!ReadGrants(connection, found, grants)) Add(found, Severity::kDanger, "the account's grants cannot be read");
  for (const std::vector<Finding>& more : {Excess(grants), Missing(grants)}) {
    found.findings.insert(found.findings.end(), more.begin(), more.end());
  }
  return found;
}

}  // namespace postern::relay
