#include "gateway/frontend/binding.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>

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

std::string DialectText(const sql::Dialect& dialect) {
  const sql::SqlMode& mode = dialect.mode;
  const std::string_view charset = sql::CharsetName(dialect.charset);
  return absl::StrCat(dialect.IsMariaDb() ? "mariadb " : "mysql ", dialect.version, " ",
                      absl::string_view(charset.data(), charset.size()), mode.ansi_quotes ? " ansi_quotes" : "",
                      mode.no_backslash_escapes ? " no_backslash_escapes" : "", mode.ignore_space ? " ignore_space" : "",
                      mode.pipes_as_concat ? " pipes_as_concat" : "",
                      mode.high_not_precedence ? " high_not_precedence" : "");
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
  fields.Add(errand.record.schema()).Add(DialectText(errand.review.dialect));
  fields.Add((s.status_flags & mysql::server_status::kAutocommit) != 0 ? "autocommit" : "");
  fields.Add(s.in_transaction() ? absl::StrCat(s.login.session_id, " ", s.transaction.number) : std::string());
  fields.Add(s.settings.size());
  for (const auto& [name, value] : s.settings) fields.Add(name).Add(value);
  fields.Add(TermsText(errand.decision)).Add(errand.review.schema_digest);
  return fields.Digest();
}

void NoteSettings(SessionState& s, const sql::Facts& facts, std::string_view forwarded, bool several) {
  if (several) s.settings["several"] = Sha256(forwarded);
  if (facts.verb == sql::Verb::kSetTransaction) s.settings["transaction"] = Sha256(forwarded);
  if (facts.verb != sql::Verb::kSet) return;
  for (const sql::VariableUse& use : facts.variables) {
    const bool followed = use.name == "autocommit" || (use.name == "names" && facts.session.collation.empty());
    if (!use.set || use.scope == sql::VariableScope::kUser || followed) continue;
    s.settings[use.name] = Sha256(use.value ? std::string_view(*use.value) : forwarded);
  }
  if (!facts.session.collation.empty()) s.settings["names"] = Sha256(facts.session.collation);
}

}  // namespace postern::frontend
