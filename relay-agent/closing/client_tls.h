// TLS options of libmysqlclient, which Oracle's library and MariaDB's name differently.
#ifndef POSTERN_RELAY_AGENT_CLOSING_CLIENT_TLS_H_
#define POSTERN_RELAY_AGENT_CLOSING_CLIENT_TLS_H_

#include "relay-agent/mysql/target.h"

struct st_mysql;

namespace postern::relay {

// Before the connect.
void SetClientTls(st_mysql* connection, const Target& target);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CLOSING_CLIENT_TLS_H_
