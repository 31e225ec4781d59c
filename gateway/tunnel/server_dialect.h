// How a target's server reads text, from what its relay says of it. Pure.
#ifndef POSTERN_GATEWAY_TUNNEL_SERVER_DIALECT_H_
#define POSTERN_GATEWAY_TUNNEL_SERVER_DIALECT_H_

#include <optional>

#include "common/sql/dialect.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::tunnel {

// Of text that comes in `charset`; none where we cannot read as the server does.
std::optional<sql::Dialect> DialectOf(const v1::ServerFacts& server, sql::Charset charset);

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_SERVER_DIALECT_H_
