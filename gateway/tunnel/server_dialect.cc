#include "gateway/tunnel/server_dialect.h"

namespace postern::tunnel {

std::optional<sql::Dialect> DialectOf(const v1::ServerFacts& server, sql::Charset charset) {
  sql::Dialect dialect;
  switch (server.vendor()) {
    case v1::ServerFacts::VENDOR_MYSQL:
      dialect.vendor = sql::Vendor::kMySql;
      break;
    case v1::ServerFacts::VENDOR_MARIADB:
      dialect.vendor = sql::Vendor::kMariaDb;
      break;
    default:  // proto enums are open
      return std::nullopt;
  }
  const auto mode = sql::ParseSqlMode(server.sql_mode());
  if (!mode || mode->oracle || mode->mssql || server.version_number() == 0) return std::nullopt;
  dialect.mode = *mode;
  dialect.version = static_cast<int>(server.version_number());
  dialect.charset = charset;
  return dialect;
}

}  // namespace postern::tunnel
