// One agent connection, from greeting to the last word.
#ifndef POSTERN_GATEWAY_FRONTEND_SESSION_H_
#define POSTERN_GATEWAY_FRONTEND_SESSION_H_

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>

#include "gateway/frontend/services.h"

namespace postern::frontend {

// The whole life of a connection: spawn it once, on the thread that the socket belongs to. `services` outlives it.
asio::awaitable<void> ServeConnection(const Services& services, asio::ip::tcp::socket socket, uint32_t connection_id);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_SESSION_H_
