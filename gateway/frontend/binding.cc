#include "gateway/frontend/binding.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

namespace postern::frontend {
namespace {

constexpr std::string_view kMark = "postern ticket 1\n";
// A payload is laid out for these, whatever the server behind the session can do.
constexpr mysql::Capabilities kLaidOutFor = mysql::capability::kQueryAttributes;
constexpr size_t kIdAt = 1;
constexpr size_t kIdBytes = 4;

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Each field with its length before it, 8 bytes, little-endian.
class Fields {
 public:
  Fields() : bytes_(kMark) {}
  Fields& Add(std::string_view field) {
    for (size_t i = 0; i < 8; ++i) bytes_.push_back(static_cast<char>(uint64_t{field.size()} >> (8 * i)));
    bytes_.append(field);
    return *this;
  }
  Fields& Add(uint64_t number) { return Add(absl::StrCat(number)); }
  std::string Digest() const { return absl::BytesToHexString(Sha256(bytes_)); }

 private:
  std::string bytes_;
};

// The number of a prepared statement is the session's own: not of what runs.
std::string WithoutStatementId(std::string payload) {
  const std::string zeros(kIdBytes, '\0');
  if (payload.size() >= kIdAt + kIdBytes) payload.replace(kIdAt, kIdBytes, zeros);
  return payload;
}

std::string DialectText(const SessionState& s, const sql::Dialect& dialect) {
  const sql::SqlMode& mode = dialect.mode;
  const std::string_view charset = sql::CharsetName(dialect.charset);
  return absl::StrCat(dialect.IsMariaDb() ? "mariadb " : "mysql ", dialect.version, " ",
                      absl::string_view(charset.data(), charset.size()), " ", s.login.collation, mode.ansi_quotes ? " ansi_quotes" : "",
                      mode.no_backslash_escapes ? " no_backslash_escapes" : "", mode.ignore_space ? " ignore_space" : "",
                      mode.pipes_as_concat ? " pipes_as_concat" : "",
                      mode.high_not_precedence ? " high_not_precedence" : "");
}

bool IsSetting(const sql::VariableUse& use) {
  const bool own = use.scope == sql::VariableScope::kSession || use.scope == sql::VariableScope::kTransaction;
  return use.set && own && use.name != "autocommit";
}

bool IsOfCharset(std::string_view name) { return name.starts_with("character") || name.starts_with("collation"); }

// SET NAMES sets all of them at once. Which character set it is is followed elsewhere.
std::string NamesSetting(const std::string& collation, const std::string& charset, bool is_known) {
  if (is_known && collation.empty()) return std::string(kServersCollation);
  return Sha256(absl::StrCat(charset, " ", collation));
}

std::string Or(const std::optional<uint64_t>& limit) { return limit ? absl::StrCat(*limit) : "-"; }

std::string TermsText(const policy::Decision& decision) {
  const policy::HoldTerms& terms = decision.terms();
  const policy::StatementLimits& limits = decision.limits();
  return absl::StrCat(decision.rule(), "\n", absl::StrJoin(terms.reviewers, ","), "\n", terms.approvals_needed, "\n",
                      absl::ToInt64Milliseconds(terms.wait), "\n", absl::ToInt64Milliseconds(terms.window), "\n",
                      terms.reason_required ? "reason" : "", "\n", Or(limits.max_rows), " ", Or(limits.max_bytes), " ",
                      Or(limits.max_affected_rows), " ",
                      limits.max_execution_time ? absl::StrCat(absl::ToInt64Milliseconds(*limits.max_execution_time)) : "-");
}

}  // namespace

std::string BindingOf(const SessionState& s, const Errand& errand) {
  const bool prepared = errand.command->Is(mysql::Command::kStmtExecute);
  std::string payload = errand.payload(kLaidOutFor);
  Fields fields;
  fields.Add(s.login.who.name).Add(s.login.target);
  fields.Add(s.login.task->info().implicit() ? std::string() : s.login.task->id());
  fields.Add(errand.record.forwarded().empty() ? errand.record.text() : errand.record.forwarded());
  fields.Add(prepared ? WithoutStatementId(std::move(payload)) : payload);
  fields.Add(errand.ahead.size());
  for (const std::string& ahead : errand.ahead) fields.Add(WithoutStatementId(ahead));
  fields.Add(errand.record.schema()).Add(DialectText(s, errand.review.dialect));
  fields.Add((s.status_flags & mysql::server_status::kAutocommit) != 0 ? "autocommit" : "");
  fields.Add(s.in_transaction() ? absl::StrCat(s.login.session_id, " ", s.transaction.number) : std::string());
  fields.Add(s.settings.size());
  for (const auto& [name, value] : s.settings) fields.Add(name).Add(value);
  fields.Add(TermsText(errand.decision)).Add(errand.review.schema_digest);
  return fields.Digest();
}

bool MovesSettings(const sql::Facts& facts) {
  return facts.temporary || facts.dynamic_sql ||
         std::any_of(facts.variables.begin(), facts.variables.end(), IsSetting);
}

void NoteSettings(SessionState& s, const sql::Facts& facts, const Ran& ran) {
  if (facts.temporary) s.settings["temporary tables"] = Sha256(ran.statement_id);
  if (facts.dynamic_sql) s.settings["dynamic statements"] = Sha256(ran.statement_id);
  std::set<std::string_view> seen;
  for (const sql::VariableUse& use : facts.variables) {
    if (!IsSetting(use)) continue;
    const bool is_known = ran.whole && use.value && seen.insert(use.name).second;
    const std::string value = is_known ? *use.value : ran.statement_id;
    if (use.name == kNames) {
      s.settings[use.name] = NamesSetting(facts.session.collation, value, is_known);
    } else if (IsOfCharset(use.name)) {
      // Each of them moves others too: the order counts.
      std::string& names = s.settings[std::string(kNames)];
      names = Sha256(absl::StrCat(names, use.name, " ", value));
    } else {
      s.settings[use.scope == sql::VariableScope::kTransaction ? "next " + use.name : use.name] = Sha256(value);
    }
  }
}

void NoteBatch(SessionState& s, const Ran& ran) { s.settings["several"] = Sha256(ran.statement_id); }

}  // namespace postern::frontend
