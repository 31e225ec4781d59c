// What describes a result: column definitions and the answer to COM_STMT_PREPARE.
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_COLUMN_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_COLUMN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/mysql/message/value.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

// lenenc: "def", schema, table, org_table, name, org_name | 0C | charset 2 | length 4 | type 1 | flags 2 | decimals 1 |
// 0 0 | [COM_FIELD_LIST only: lenenc default value, or FB]
struct ColumnDefinition41 {
  std::string catalog = "def";
  std::string schema;
  std::string table;  // as the statement calls it
  std::string org_table;
  std::string name;  // as the statement calls it
  std::string org_name;
  uint16_t charset = 0;
  uint32_t length = 0;
  FieldType type = FieldType::kNull;
  uint16_t flags = 0;
  uint8_t decimals = 0;

  std::string Encode() const;
  // With `for_field_list` a default value may follow, which is checked and not kept.
  static absl::StatusOr<ColumnDefinition41> Decode(Bytes payload, bool for_field_list = false);
};

// lenenc columns
struct ColumnCount {
  uint64_t columns = 0;

  std::string Encode() const;
  static absl::StatusOr<ColumnCount> Decode(Bytes payload);
};

// 00 | statement id 4 | columns 2 | parameters 2 | 00 | warnings 2
struct PrepareOk {
  uint32_t statement_id = 0;
  uint16_t columns = 0;
  uint16_t parameters = 0;
  uint16_t warnings = 0;

  std::string Encode() const;
  static absl::StatusOr<PrepareOk> Decode(Bytes payload);
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_COLUMN_H_
