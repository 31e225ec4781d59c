#include "gateway/notify/notice.h"

#include <algorithm>

#include "common/sql/read.h"
#include "common/text/utf8.h"

namespace postern::notify {
namespace {

constexpr size_t kMostTextBytes = 1024;
constexpr int kMostNames = 20;
constexpr size_t kMostStatementBytes = 16 * 1024;
constexpr size_t kMostShapeBytes = 2048;

// In our own words: what comes from an agent may be no UTF-8.
std::string Cut(std::string_view text) {
  const std::string valid = text::ValidUtf8(text::CutUtf8(text, kMostTextBytes));
  return std::string(text::CutUtf8(valid, kMostTextBytes));
}

template <class Names>
void CopyNames(const Names& from, Names& to) {
  for (int i = 0; i < std::min(from.size(), kMostNames); ++i) *to.Add() = Cut(from[i]);
}

void CopyTask(const v1::TaskInfo& from, v1::TaskInfo& to) {
  to.set_id(from.id());
  to.set_implicit(from.implicit());
  to.set_reason(Cut(from.reason()));
  to.set_requester(Cut(from.requester()));
  to.set_sponsor(Cut(from.sponsor()));
  to.set_run_id(Cut(from.run_id()));
}

void CopyVotes(const v1::Approval& from, v1::Approval& to) {
  for (const v1::Vote& vote : from.votes()) {
    v1::Vote& copy = *to.add_votes();
    copy = vote;
    copy.set_reviewer(Cut(vote.reviewer()));
    copy.set_reason(Cut(vote.reason()));
  }
}

}  // namespace

std::string Notice::id() const { return approval.id() + "." + std::string(EventWord(event)); }

std::string_view EventWord(Event event) {
  switch (event) {
    case Event::kRequested: return "requested";
    case Event::kApproved: return "approved";
    case Event::kDenied: return "denied";
    case Event::kExpired: return "expired";
    case Event::kVoid: return "void";
  }
  return "";
}

v1::Approval MayBeTold(const v1::Approval& approval) {
  v1::Approval told;
  told.set_id(approval.id());
  told.set_state(approval.state());
  told.set_kind(approval.kind());
  told.set_mode(approval.mode());
  told.set_session_id(approval.session_id());
  told.set_statement_id(approval.statement_id());
  told.set_agent(Cut(approval.agent()));
  told.set_target(Cut(approval.target()));
  told.set_schema(Cut(approval.schema()));
  told.set_verb(Cut(approval.verb()));
  told.set_rule(Cut(approval.rule()));
  told.set_digest(approval.digest());
  CopyTask(approval.task(), *told.mutable_task());
  CopyNames(approval.objects(), *told.mutable_objects());
  CopyNames(approval.columns(), *told.mutable_columns());
  CopyNames(approval.reviewers(), *told.mutable_reviewers());
  CopyVotes(approval, told);
  told.set_approvals_needed(approval.approvals_needed());
  told.set_in_transaction(approval.in_transaction());
  told.set_task_ttl_seconds(approval.task_ttl_seconds());
  told.set_created_at_unix_ms(approval.created_at_unix_ms());
  told.set_expires_at_unix_ms(approval.expires_at_unix_ms());
  told.set_usable_until_unix_ms(approval.usable_until_unix_ms());
  told.set_ended_because(Cut(approval.ended_because()));
  if (approval.statement().size() <= kMostStatementBytes) told.set_statement(approval.statement());
  return told;
}

std::string NormalisedText(const v1::Approval& approval) {
  if (approval.digest().empty() || approval.statement().empty()) return "";
  for (const sql::Dialect& server : {sql::Dialect{}, sql::Dialect{.vendor = sql::Vendor::kMariaDb, .version = 101100}}) {
    for (const unsigned modes : {0U, 1U, 2U, 3U}) {
      sql::Dialect dialect = server;
      dialect.mode.ansi_quotes = (modes & 1) != 0;
      dialect.mode.no_backslash_escapes = (modes & 2) != 0;
      const sql::Digest digest = sql::DigestOf(approval.statement(), dialect, kMostShapeBytes);
      if (digest.fingerprint == approval.digest()) return text::ValidUtf8(digest.text);
    }
  }
  return "";
}

}  // namespace postern::notify
