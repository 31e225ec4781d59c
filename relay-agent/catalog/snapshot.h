// Reads what a target's schema looks like out of information_schema: schemas, tables and their columns, views,
// triggers, routines. What the relay's user may not see is there with an empty text, or not at all, as the server does
// it.
#ifndef POSTERN_RELAY_AGENT_CATALOG_SNAPSHOT_H_
#define POSTERN_RELAY_AGENT_CATALOG_SNAPSHOT_H_

#include <absl/status/status.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "relay-agent/catalog/snapshot_file.h"
#include "relay-agent/closing/second_connection.h"

namespace postern::relay {

struct SnapshotLimits {
  // A longer view, body or expression is sent as one that may not be seen.
  size_t definition_bytes = 256 * 1024;
  // Of the whole.
  size_t snapshot_bytes = size_t{1} << 30;
};

// Blocking; rows are not kept. Adds items to `file`, which is not finished by this.
absl::Status ReadSnapshot(SecondConnection& connection, const SnapshotLimits& limits, SnapshotFile& file);

// MySQL writes the expression of a generated column with a backslash before each quote and backslash, outside of
// strings too; MariaDB as it is. The expression as the server would read it.
std::string PlainExpression(std::string_view expression);

// Whether text that was written under this sql_mode reads the same under an empty one.
bool ReadsTheSame(std::string_view sql_mode);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CATALOG_SNAPSHOT_H_
