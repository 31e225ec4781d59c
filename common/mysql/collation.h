// Which character set a collation id stands for, where it is one whose text can be read safely: no byte of a longer
// character may look like a quote or a backslash. Ids as in information_schema.COLLATIONS of MySQL 9 and MariaDB 10.11.
#ifndef POSTERN_COMMON_MYSQL_COLLATION_H_
#define POSTERN_COMMON_MYSQL_COLLATION_H_

#include <cstdint>
#include <string_view>

namespace postern::mysql {

// "utf8mb4", "utf8mb3", "latin1", "ascii" or "binary"; empty for every other id.
std::string_view SafeCharsetOf(uint32_t collation_id);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_COLLATION_H_
