#include "gateway/frontend/dialect_of.h"

#include "common/mysql/collation.h"
#include "gateway/tunnel/server_dialect.h"

namespace postern::frontend {

std::optional<sql::Dialect> PinnedDialect(const SessionState& s) {
  return tunnel::DialectOf(s.door->opened().server, sql::CharsetFromName(mysql::SafeCharsetOf(s.login.collation)));
}

}  // namespace postern::frontend
