// The prepared statements of one session: what was decided about each, and what its next EXECUTE needs to be read.
#ifndef POSTERN_GATEWAY_FRONTEND_PREPARED_H_
#define POSTERN_GATEWAY_FRONTEND_PREPARED_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/mysql/message/value.h"
#include "common/sql/facts/facts.h"

namespace postern::frontend {

struct PreparedStatement {
  // Of the COM_STMT_PREPARE, for the record.
  std::string statement_id;
  std::string text;
  std::string forwarded;
  sql::Facts facts;
  // In force when it was prepared: unqualified names stay bound to it.
  std::string schema;
  uint16_t parameters = 0;
  std::vector<mysql::ParameterType> last_types;
  // Parameters sent ahead, by index: they go to the server with the EXECUTE that uses them, after its record.
  std::map<uint16_t, std::string> long_data;
  size_t long_data_bytes = 0;
  bool cursor_open = false;
};

struct PreparedStatements {
  std::map<uint32_t, PreparedStatement> by_id;
  // What a client means by statement id FFFFFFFF.
  uint32_t last_id = 0;

  // Null when there is no such statement.
  PreparedStatement* Find(uint32_t id) {
    const auto found = by_id.find(id == 0xFFFFFFFF ? last_id : id);
    return found == by_id.end() ? nullptr : &found->second;
  }
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_PREPARED_H_
