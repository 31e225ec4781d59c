#include "gateway/ctl/approval_board.h"

#include <catch2/catch.hpp>
#include <string_view>

namespace postern::ctl {
namespace {

using Wish = ApprovalBoard::Wish;

v1::Approval One(const std::string& id, v1::Approval::State state = v1::Approval::STATE_PENDING) {
  v1::Approval approval;
  approval.set_id(id);
  approval.set_state(state);
  approval.set_agent("bot");
  return approval;
}

Wish Type(ApprovalBoard& board, std::string_view keys) {
  Wish last = Wish::kNothing;
  for (const char key : keys) last = board.OnKey(key);
  return last;
}

ApprovalBoard Three() {
  ApprovalBoard board;
  for (const char* id : {"apr_1", "apr_2", "apr_3"}) board.Take(One(id));
  return board;
}

TEST_CASE("keys choose, and the first to come is chosen") {
  ApprovalBoard board = Three();
  CHECK(board.chosen()->id() == "apr_1");
  Type(board, "jj");
  CHECK(board.chosen()->id() == "apr_3");
  Type(board, "j");
  CHECK(board.chosen()->id() == "apr_3");
  Type(board, "k");
  CHECK(board.chosen()->id() == "apr_2");
  Type(board, "19");
  CHECK(board.chosen()->id() == "apr_1");
  CHECK(Type(board, "s") == Wish::kShow);
  CHECK(Type(board, "q") == Wish::kQuit);
}

TEST_CASE("a decision takes a reason and Enter, and Escape takes it back") {
  ApprovalBoard board = Three();
  CHECK(Type(board, "2aq ok\x7fk") == Wish::kNothing);
  CHECK(Type(board, "\r") == Wish::kDecide);
  const ApprovalBoard::Decision approved = board.TakeDecision();
  CHECK(approved.id == "apr_2");
  CHECK(approved.approve);
  CHECK(approved.reason == "q ok");
  CHECK(Type(board, "d\r") == Wish::kNothing);
  CHECK(Type(board, "no\n") == Wish::kDecide);
  CHECK_FALSE(board.TakeDecision().approve);
  CHECK(Type(board, "a\x1b\r") == Wish::kNothing);
  CHECK(Type(board, "a\r") == Wish::kDecide);
}

TEST_CASE("policy's reason is asked for") {
  ApprovalBoard board;
  v1::Approval strict = One("apr_1");
  strict.set_reason_required(true);
  board.Take(strict);
  CHECK(Type(board, "a \r") == Wish::kNothing);
  CHECK(board.Prompt(200).find("policy wants a reason") != std::string::npos);
  CHECK(Type(board, "CHG\r") == Wish::kDecide);
}

TEST_CASE("what comes and goes moves the choice to no other approval") {
  ApprovalBoard board = Three();
  Type(board, "2");
  board.Take(One("apr_1", v1::Approval::STATE_DENIED));
  board.Take(One("apr_4"));
  CHECK(board.chosen()->id() == "apr_2");
  Type(board, "afine");
  board.Take(One("apr_2", v1::Approval::STATE_APPROVED));
  CHECK(board.chosen() == nullptr);
  CHECK(board.Prompt(200).find("nothing was sent") != std::string::npos);
  CHECK(Type(board, "\r") == Wish::kNothing);
  CHECK(Type(board, "a\r") == Wish::kNothing);
  CHECK(Type(board, "j") == Wish::kNothing);
  CHECK(board.chosen()->id() == "apr_3");
}

TEST_CASE("the rest of a reason decides nothing when what it was for has gone") {
  ApprovalBoard board;
  board.Take(One("apr_1"));
  Type(board, "dnever ");
  board.Take(One("apr_1", v1::Approval::STATE_VOID));
  board.Take(One("apr_2"));
  CHECK(board.chosen() == nullptr);
  CHECK(board.Prompt(200).find("Enter or Esc") != std::string::npos);
  CHECK(Type(board, "allow that q1\r") == Wish::kNothing);
  CHECK(board.chosen() == nullptr);
  CHECK(Type(board, "1d") == Wish::kNothing);
  CHECK(Type(board, "no\r") == Wish::kDecide);
  CHECK(board.TakeDecision().id == "apr_2");
}

TEST_CASE("the prompt is safe and fits") {
  ApprovalBoard board;
  v1::Approval hostile = One("apr_1");
  hostile.set_agent("bot\x1b[2J" + std::string(300, 'x'));
  board.Take(hostile);
  const std::string prompt = board.Prompt(60);
  CHECK(prompt.find('\x1b') == std::string::npos);
  CHECK(prompt.size() <= 70);
}

}  // namespace
}  // namespace postern::ctl
