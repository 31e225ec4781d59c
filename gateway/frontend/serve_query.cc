#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include <string>
#include <utility>

#include "common/mysql/message/command.h"
#include "gateway/frontend/answer.h"
#include "gateway/frontend/binding.h"
#include "gateway/frontend/carry.h"
#include "gateway/frontend/catch_up.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/judge.h"
#include "gateway/frontend/kill.h"
#include "gateway/frontend/outcome.h"
#include "gateway/frontend/parameters.h"
#include "gateway/frontend/postpone.h"
#include "gateway/frontend/refusal.h"
#include "gateway/frontend/serve.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kSyntaxError = 1064;  // ER_PARSE_ERROR

// What command line clients ask before their user typed anything. Answered here, so that a session whose every statement
// is refused never opens a door.
bool IsClientGreeting(const SessionState& s, const Judged& judged) {
  return !s.door && judged.errand.decision.allowed() &&
         absl::AsciiStrToLower(judged.forwarded) == "select @@version_comment limit 1";
}

asio::awaitable<void> AnswerClientGreeting(SessionState& s, Errand& errand) {
  v1::Outcome outcome;
  outcome.set_result(v1::Outcome::RESULT_OK);
  outcome.set_rows(1);
  Conclude(s, errand, std::move(outcome));
  co_await AnswerText(s, errand.answer_sequence(), "@@version_comment", "Postern gateway");
}

// The mysql 9 client asks `select $$` to learn whether the server knows dollar quoting; the answer it expects is 1064.
asio::awaitable<void> AnswerDollarProbe(SessionState& s, Errand& errand) {
  co_await Refuse(s, errand, RefusalWith(kSyntaxError, "42000", "You have an error in your SQL syntax near '$$'"));
}

std::string Quoted(std::string_view name) {
  return absl::StrCat("`", absl::StrReplaceAll(absl::string_view(name.data(), name.size()), {{"`", "``"}}), "`");
}

}  // namespace

asio::awaitable<void> ServeQuery(SessionState& s, Packet packet) {
  const auto query = mysql::ComQuery::Decode(packet.payload, s.login.capabilities);
  if (!query.ok()) {
    Errand errand = NewErrand(s, mysql::Command::kQuery, packet.last_sequence);
    co_return co_await Refuse(s, errand, Malformed(errand, query.status()));
  }
  co_await CatchUp(s);
  Judged judged = Judge(s, mysql::Command::kQuery, packet.last_sequence, query->sql);
  if (NeedsFreshSchema(s, judged.errand)) {
    co_await Freshen(s);
    judged = Judge(s, mysql::Command::kQuery, packet.last_sequence, query->sql);
  }
  Errand& errand = judged.errand;
  AddParameters(query->attributes, {}, *errand.record.mutable_query_attributes());
  if (judged.error && judged.error->kind == sql::ParseErrorKind::kDollarProbe) {
    co_return co_await AnswerDollarProbe(s, errand);
  }
  if (IsClientGreeting(s, judged)) co_return co_await AnswerClientGreeting(s, errand);
  if (CanWait(s, judged)) co_return co_await Postpone(s, judged);
  if (judged.facts.kill && errand.decision.allowed()) co_return co_await Kill(s, errand, *judged.facts.kill);

  errand.payload = [&](mysql::Capabilities upstream) {
    return mysql::ComQuery{.attributes = query->attributes, .sql = judged.forwarded}.Encode(upstream);
  };
  const bool replied = co_await Carry(s, errand);
  if (!replied) co_return;
  const Ran ran{errand.record.statement_id(), !s.walker.summary().error};
  if (!judged.is_batch) co_return NoteSettings(s, judged.facts, ran);
  if (judged.moves_settings) NoteBatch(s, ran);
}

asio::awaitable<void> ServeFieldList(SessionState& s, Packet packet) {
  const auto list = mysql::ComFieldList::Decode(packet.payload);
  if (!list.ok()) {
    Errand errand = NewErrand(s, mysql::Command::kFieldList, packet.last_sequence);
    co_return co_await Refuse(s, errand, Malformed(errand, list.status()));
  }
  // Tells what SHOW COLUMNS tells, so it is decided as that is.
  Judged judged = Judge(s, mysql::Command::kFieldList, packet.last_sequence,
                        absl::StrCat("SHOW COLUMNS FROM ", Quoted(list->table)));
  judged.errand.payload = [&](mysql::Capabilities) { return std::string(mysql::AsText(packet.payload)); };
  co_await Carry(s, judged.errand);
}

}  // namespace postern::frontend
