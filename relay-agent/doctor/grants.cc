#include "relay-agent/doctor/grants.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <map>
#include <utility>

namespace postern::relay {
namespace {

using Names = std::set<std::string>;

const Names& HarmlessEverywhere() {
  // The second and third are what reading the bodies of routines needs.
  static const Names names = {"USAGE", "SHOW_ROUTINE", "SHOW CREATE ROUTINE", "SHOW DATABASES"};
  return names;
}

const Names& WideEverywhere() {
  static const Names names = {"SHOW VIEW",          "EXECUTE",        "TRIGGER",
                              "LOCK TABLES",        "REFERENCES",     "CREATE TEMPORARY TABLES",
                              "REPLICATION CLIENT", "BINLOG MONITOR", "SLAVE MONITOR",
                              "REPLICA MONITOR"};
  return names;
}

// On one schema: what works with rows, and what the relay needs.
const Names& UsualOnSchema() {
  static const Names names = {"USAGE",
                              "SELECT",
                              "INSERT",
                              "UPDATE",
                              "DELETE",
                              "SHOW VIEW",
                              "TRIGGER",
                              "EXECUTE",
                              "LOCK TABLES",
                              "CREATE TEMPORARY TABLES",
                              "SHOW CREATE ROUTINE"};
  return names;
}

bool IsSystemSchema(std::string_view schema) { return schema == "mysql" || schema == "sys"; }

// Reads a line from left to right: words, names in quotes, and what stands between.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // A word or name at the start, without its quotes; empty at a mark or the end.
  std::string Name() {
    Skip();
    if (rest_.empty()) return "";
    const char quote = rest_.front();
    if (quote == '`' || quote == '\'' || quote == '"') return Quoted(quote);
    const size_t end = std::min(rest_.find_first_of(" ,()`'\"."), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return std::string(word);
  }
  bool Take(std::string_view mark) {
    Skip();
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(mark.size());
    return true;
  }
  bool TakeWord(std::string_view word) {
    Reader ahead = *this;
    if (absl::AsciiStrToUpper(ahead.Name()) != word) return false;
    *this = ahead;
    return true;
  }
  void SkipParentheses() {
    int depth = 0;
    do {
      if (Take("(")) {
        ++depth;
      } else if (Take(")")) {
        --depth;
      } else if (Name().empty() && !Take(",") && !Take(".")) {
        return;
      }
    } while (depth > 0);
  }
  bool Contains(std::string_view text) const { return rest_.find(text) != std::string_view::npos; }

 private:
  void Skip() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  std::string Quoted(char quote) {
    std::string name;
    for (rest_.remove_prefix(1); !rest_.empty(); rest_.remove_prefix(1)) {
      if (rest_.front() == quote) {
        rest_.remove_prefix(1);
        if (!rest_.starts_with(quote)) break;
      }
      name += rest_.front();
    }
    return name;
  }

  std::string_view rest_;
};

bool StartsQuoted(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text.starts_with('`') || text.starts_with('\'') || text.starts_with('"');
}

// "`role`@`%`, `other`@`%` TO ..." of MySQL, "`role` TO ..." of MariaDB.
void ReadRoles(Reader reader, Grant& grant) {
  grant.kind = Grant::Kind::kRoles;
  do {
    grant.names.push_back(reader.Name());
    if (reader.Take("@")) {
      const std::string host = reader.Name();
      if (host != "%") grant.names.back() += "@" + host;
    }
  } while (reader.Take(","));
  if (reader.TakeWord("TO")) reader.Name();
  grant.to_user = reader.Take("@");
  grant.grant_option = reader.Contains("WITH ADMIN OPTION");
}

// One privilege of several words: "CREATE TEMPORARY TABLES", "SELECT (`a`, `b`)".
std::string ReadPrivilege(Reader& reader) {
  std::string privilege;
  for (;;) {
    Reader ahead = reader;
    const std::string word = absl::AsciiStrToUpper(ahead.Name());
    if (word.empty() || word == "ON") break;
    reader = ahead;
    absl::StrAppend(&privilege, privilege.empty() ? "" : " ", word);
  }
  Reader ahead = reader;
  if (ahead.Take("(")) reader.SkipParentheses();
  return privilege;
}

// "TABLE `s`.`t`", "*.*", "`s`.*"; a schema's name has its wildcards escaped.
void ReadObject(Reader& reader, Grant& grant) {
  for (const char* word : {"TABLE", "FUNCTION", "PROCEDURE", "PACKAGE"}) {
    if (reader.TakeWord(word)) reader.TakeWord("BODY");
  }
  grant.schema = reader.Take("*") ? "" : reader.Name();
  std::erase(grant.schema, '\\');
  if (reader.Take(".")) grant.object = reader.Take("*") ? "" : reader.Name();
}

Finding Danger(std::string text) { return {Severity::kDanger, std::move(text)}; }
Finding Warning(std::string text) { return {Severity::kWarning, std::move(text)}; }

void JudgeEverywhere(const Grant& grant, std::vector<Finding>& findings) {
  for (const std::string& name : grant.names) {
    if (HarmlessEverywhere().count(name) > 0) continue;
    const std::string text = name + " on everything";
    findings.push_back(WideEverywhere().count(name) > 0 ? Warning(text) : Danger(text));
  }
}

void JudgeSchema(const Grant& grant, std::vector<Finding>& findings) {
  const std::string where = absl::StrCat(" on ", grant.schema, ".", grant.object.empty() ? "*" : grant.object);
  for (const std::string& name : grant.names) {
    // MariaDB shows a routine's body only to those.
    const bool reads_bodies = name == "SELECT" && grant.schema == "mysql" && grant.object == "proc";
    if (name == "USAGE" || reads_bodies) continue;
    if (IsSystemSchema(grant.schema)) {
      findings.push_back(grant.schema == "mysql" ? Danger(name + where) : Warning(name + where));
    } else if (UsualOnSchema().count(name) == 0) {
      findings.push_back(Warning(name + where));
    }
  }
}

}  // namespace

Grant ParseGrant(std::string_view line) {
  Grant grant;
  Reader reader(line);
  const bool revoked = reader.TakeWord("REVOKE");
  if (!revoked && !reader.TakeWord("GRANT")) return grant;
  if (reader.TakeWord("PROXY")) {
    grant.kind = Grant::Kind::kProxy;
    grant.grant_option = reader.Contains("WITH GRANT OPTION");
    return grant;
  }
  const std::string_view after = line.substr(line.find(' ') + 1);
  if (!revoked && StartsQuoted(after)) {
    ReadRoles(reader, grant);
    return grant;
  }
  do {
    grant.names.push_back(ReadPrivilege(reader));
  } while (reader.Take(","));
  if (!reader.TakeWord("ON")) {
    // MariaDB writes a role's name without quotes where it needs none.
    grant.names.clear();
    if (!revoked) ReadRoles(Reader(after), grant);
    return grant;
  }
  ReadObject(reader, grant);
  grant.kind = revoked ? Grant::Kind::kRevoked : Grant::Kind::kPrivileges;
  grant.grant_option = reader.Contains("WITH GRANT OPTION");
  return grant;
}

std::vector<Finding> Excess(const std::vector<Grant>& grants) {
  std::vector<Finding> findings;
  for (const Grant& grant : grants) {
    if (grant.kind == Grant::Kind::kProxy) findings.push_back(Danger("PROXY: it may become another user"));
    if (grant.kind == Grant::Kind::kRoles && grant.grant_option) findings.push_back(Danger("ADMIN OPTION on a role"));
    if (grant.kind != Grant::Kind::kPrivileges) continue;
    grant.schema.empty() ? JudgeEverywhere(grant, findings) : JudgeSchema(grant, findings);
    if (grant.grant_option) {
      findings.push_back(Danger(absl::StrCat("GRANT OPTION on ", grant.schema.empty() ? "everything" : grant.schema)));
    }
  }
  return findings;
}

std::vector<Finding> Missing(const std::vector<Grant>& grants) {
  Names everywhere;
  std::map<std::string, Names> by_schema;
  for (const Grant& grant : grants) {
    if (grant.kind != Grant::Kind::kPrivileges || !grant.object.empty()) continue;
    Names& names = grant.schema.empty() ? everywhere : by_schema[grant.schema];
    names.insert(grant.names.begin(), grant.names.end());
  }
  std::vector<Finding> findings;
  for (const auto& [schema, names] : by_schema) {
    std::vector<std::string> missing;
    for (const char* needed : {"SHOW VIEW", "TRIGGER", "EXECUTE"}) {
      const bool there = names.count(needed) + names.count("ALL PRIVILEGES") + everywhere.count(needed) +
                             everywhere.count("ALL PRIVILEGES") >
                         0;
      if (!there) missing.emplace_back(needed);
    }
    if (missing.empty() || schema == "performance_schema" || IsSystemSchema(schema)) continue;
    findings.push_back(Warning(absl::StrCat("no ", absl::StrJoin(missing, ", "), " on ", schema,
                                            ": under masks, statements that need to look there are refused")));
  }
  return findings;
}

}  // namespace postern::relay
