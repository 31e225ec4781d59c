#include "gateway/frontend/approval_for.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>

#include "common/ids/ulid.h"
#include "common/sql/read.h"
#include "common/text/utf8.h"

namespace postern::frontend {
namespace {

constexpr size_t kMostColumns = 100;

// "assigned shop.orders.status".
std::string ColumnText(const sql::ColumnUse& use) {
  const std::string_view role = sql::ColumnRoleName(use.role);
  std::string name = use.column.schema.empty() ? "" : use.column.schema + ".";
  name += use.column.table.empty() ? "" : use.column.table + ".";
  return absl::StrCat(absl::string_view(role.data(), role.size()), " ", text::ValidUtf8(name + use.column.name));
}

}  // namespace

void NoteForReview(Errand& errand, std::span<const sql::Facts* const> statements, std::string_view text,
                   const sql::Dialect& dialect, const catalog::Catalog* catalog) {
  if (!errand.decision.held()) return;
  ForReview& review = errand.review;
  review = {.columns = {}, .dialect = dialect};
  for (const sql::Facts* facts : statements) {
    for (const sql::ColumnUse& use : facts->columns) {
      if (review.columns.size() >= kMostColumns) break;
      std::string column = ColumnText(use);
      if (std::find(review.columns.begin(), review.columns.end(), column) == review.columns.end()) {
        review.columns.push_back(std::move(column));
      }
    }
  }
  review.digest = sql::DigestOf(text, dialect).fingerprint;
  if (catalog != nullptr) review.schema_digest = catalog->digest();
}

v1::Approval ApprovalFor(const SessionState& s, const Errand& errand) {
  const policy::HoldTerms& terms = errand.decision.terms();
  v1::Approval approval;
  approval.set_id(ids::NewApprovalId());
  approval.set_kind(v1::Approval::KIND_STATEMENT);
  *approval.mutable_task() = s.login.task->info();
  approval.set_session_id(s.login.session_id);
  approval.set_statement_id(errand.record.statement_id());
  approval.set_agent(s.login.who.name);
  approval.set_target(s.login.target);
  approval.set_schema(errand.record.schema());
  approval.set_statement(errand.record.forwarded().empty() ? errand.record.text() : errand.record.forwarded());
  *approval.mutable_parameters() = errand.record.parameters();
  approval.set_verb(errand.record.verb());
  *approval.mutable_objects() = errand.record.objects();
  for (const std::string& column : errand.review.columns) approval.add_columns(column);
  approval.set_digest(errand.review.digest);
  approval.set_rule(errand.record.rule());
  for (const std::string& group : terms.reviewers) approval.add_reviewers(group);
  approval.set_approvals_needed(terms.approvals_needed);
  approval.set_reason_required(terms.reason_required);
  approval.set_in_transaction(s.in_transaction());
  if (s.in_transaction()) {
    approval.set_transaction_since_unix_ms(absl::ToUnixMillis(s.transaction.since));
    approval.set_transaction_statements(s.transaction.statements);
  }
  return approval;
}

}  // namespace postern::frontend
