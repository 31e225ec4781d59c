// The block of typed parameters that COM_QUERY's attributes and COM_STMT_EXECUTE share, after its counts:
//
//   null bitmap (n+7)/8 | new types 1 | [if 1: n × { type 1, flags 1 (80: unsigned), [lenenc name] }] | values not NULL
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_PARAMETERS_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_PARAMETERS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "common/mysql/message/value.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {

struct ParameterBlock {
  uint64_t count = 0;
  bool named = false;  // names follow the types (QUERY_ATTRIBUTES)
  uint32_t max_name_bytes = 1024;
  std::span<const ParameterType> last_types;  // taken when the block brings no types
  std::span<const uint16_t> long_data;        // indexes without an inline value
};

// Reads a block; faults go to the reader. True if it brought types.
bool ReadParameters(Reader& reader, const ParameterBlock& block, std::vector<Parameter>& parameters);

// Always writes types.
void WriteParameters(Writer& writer, std::span<const Parameter> parameters, bool named);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_PARAMETERS_H_
