// The prepared statements of one session: what was decided about each, and what its next EXECUTE needs to be read.
#ifndef POSTERN_GATEWAY_FRONTEND_PREPARED_H_
#define POSTERN_GATEWAY_FRONTEND_PREPARED_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/mysql/message/value.h"
#include "common/sql/dialect.h"
#include "common/sql/facts/facts.h"
#include "gateway/masking/row_masks.h"

namespace postern::frontend {

struct PreparedStatement {
  // Of the COM_STMT_PREPARE, for the record.
  std::string statement_id;
  std::string text;
  std::string forwarded;
  sql::Facts facts;
  // How it was read, and by which catalog: where columns are masked it is read again once the schema is another.
  sql::Dialect dialect;
  uint64_t catalog_generation = 0;
  // In force when it was prepared: unqualified names stay bound to it.
  std::string schema;
  uint16_t parameters = 0;
  std::vector<mysql::ParameterType> last_types;
  // Parameters sent ahead, by index: they go to the server with the EXECUTE that uses them, after its record.
  std::map<uint16_t, std::string> long_data;
  size_t long_data_bytes = 0;
  bool cursor_open = false;
  // Of the rows that the open cursor gives, and by which policy.
  std::string cursor_policy;
  std::shared_ptr<const masking::RowMasks> cursor_masks;
};

// All of a session's, and how many bytes they hold together.
class PreparedStatements {
 public:
  // Null when there is no such statement. FFFFFFFF means the one that was prepared last.
  PreparedStatement* Find(uint32_t id) {
    const auto found = by_id_.find(RealId(id));
    return found == by_id_.end() ? nullptr : &found->second;
  }
  uint32_t RealId(uint32_t id) const { return id == 0xFFFFFFFF ? last_id_ : id; }

  void Add(uint32_t id, PreparedStatement statement) {
    Remove(id);
    last_id_ = id;
    bytes_ += BytesOf(statement);
    by_id_.emplace(id, std::move(statement));
  }
  bool Remove(uint32_t id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return false;
    bytes_ -= BytesOf(found->second);
    by_id_.erase(found);
    return true;
  }
  // REQUIRES: `statement` is one of these.
  void SendAhead(PreparedStatement& statement, uint16_t parameter, std::string_view data) {
    statement.long_data[parameter].append(data);
    statement.long_data_bytes += data.size();
    bytes_ += data.size();
  }
  void DropSentAhead(PreparedStatement& statement) {
    bytes_ -= statement.long_data_bytes;
    statement.long_data.clear();
    statement.long_data_bytes = 0;
  }

  size_t size() const { return by_id_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  static size_t BytesOf(const PreparedStatement& statement) {
    return statement.text.size() + statement.forwarded.size() + statement.long_data_bytes;
  }

  std::map<uint32_t, PreparedStatement> by_id_;
  uint32_t last_id_ = 0;
  size_t bytes_ = 0;
};

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_PREPARED_H_
