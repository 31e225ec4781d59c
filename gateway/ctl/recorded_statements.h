// Statements of recorded sessions, to be decided again: from the lines that `sessions replay --output json` prints. Pure.
#ifndef POSTERN_GATEWAY_CTL_RECORDED_STATEMENTS_H_
#define POSTERN_GATEWAY_CTL_RECORDED_STATEMENTS_H_

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/publishing/question.h"

namespace postern::ctl {

struct RecordedStatement {
  std::string session_id;
  std::string statement_id;
  publishing::Question question;
};

class RecordedStatements {
 public:
  // What a session is read for if it never opened a door, so that its server is not on record.
  explicit RecordedStatements(const sql::Dialect& unknown_server) : unknown_server_(unknown_server) {}

  // False: the line is no record. Records of other kinds are passed over.
  bool AddLine(std::string_view line);
  void Add(const nlohmann::ordered_json& record);

  // In the order they came, each read for its session's server.
  std::vector<RecordedStatement> Take();

 private:
  struct Session {
    policy::SessionFacts facts;
    sql::Dialect dialect;
  };
  Session& Of(const std::string& session_id);
  void AddOpened(const nlohmann::ordered_json& event, Session& session);
  void AddDoor(const nlohmann::ordered_json& event, Session& session);
  void AddStatement(const nlohmann::ordered_json& record, const nlohmann::ordered_json& event);

  const sql::Dialect unknown_server_;
  std::map<std::string, Session> sessions_;
  std::vector<RecordedStatement> statements_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_RECORDED_STATEMENTS_H_
