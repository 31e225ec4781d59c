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
  // This library would show the password to whoever asks for it, on any connection.
  if (!verify) {
    mysql_options(connection, MARIADB_OPT_RESTRICTED_AUTH,
                  "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519");
  }
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
  const bool may_show_password = tls::Verifies(target.tls_mode);
  mysql_options(connection, MYSQL_ENABLE_CLEARTEXT_PLUGIN, &may_show_password);
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
