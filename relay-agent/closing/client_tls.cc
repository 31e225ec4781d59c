#include "relay-agent/closing/client_tls.h"

#include <mysql.h>

#include <string>

namespace postern::relay {
namespace {

void SetFile(MYSQL* connection, mysql_option option, const std::string& file) {
  if (!file.empty()) mysql_options(connection, option, file.c_str());
}

#ifdef MARIADB_BASE_VERSION

void SetMode(MYSQL* connection, const Target& target) {
  const my_bool enforce = target.tls_mode != tls::ClientMode::kDisabled;
  if (enforce) mysql_options(connection, MYSQL_OPT_SSL_ENFORCE, &enforce);
  // This library verifies the name whenever it verifies at all, so verify-ca is held to more than it asks for here.
  const my_bool verify = tls::Verifies(target.tls_mode);
  mysql_options(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

#else

unsigned int ModeOf(tls::ClientMode mode) {
  switch (mode) {
    case tls::ClientMode::kDisabled: return SSL_MODE_DISABLED;
    case tls::ClientMode::kRequired: return SSL_MODE_REQUIRED;
    case tls::ClientMode::kVerifyCa: return SSL_MODE_VERIFY_CA;
    case tls::ClientMode::kVerifyFull: return SSL_MODE_VERIFY_IDENTITY;
  }
  return SSL_MODE_VERIFY_IDENTITY;
}

void SetMode(MYSQL* connection, const Target& target) {
  const unsigned int mode = ModeOf(target.tls_mode);
  mysql_options(connection, MYSQL_OPT_SSL_MODE, &mode);
  const bool get_key = target.allow_public_key_retrieval;
  mysql_options(connection, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, &get_key);
}

#endif

}  // namespace

void SetClientTls(st_mysql* connection, const Target& target) {
  SetMode(connection, target);
  SetFile(connection, MYSQL_SERVER_PUBLIC_KEY, target.server_public_key_file);
  if (target.tls_mode == tls::ClientMode::kDisabled) return;
  SetFile(connection, MYSQL_OPT_SSL_CA, target.tls_files.ca);
  SetFile(connection, MYSQL_OPT_SSL_CERT, target.tls_files.certificate);
  SetFile(connection, MYSQL_OPT_SSL_KEY, target.tls_files.key);
}

}  // namespace postern::relay
