// Packets of our own to the agent: an OK, an ERR, a small result. Each completes when the socket took it; where it does
// not, the session ends.
#ifndef POSTERN_GATEWAY_FRONTEND_ANSWER_H_
#define POSTERN_GATEWAY_FRONTEND_ANSWER_H_

#include <asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "common/mysql/message/response.h"
#include "gateway/frontend/session_state.h"

namespace postern::frontend {

// `sequence` is that of the packet to send: one more than the last of the command.
asio::awaitable<void> AnswerOk(SessionState& s, uint8_t sequence);
asio::awaitable<void> AnswerErr(SessionState& s, uint8_t sequence, mysql::ErrPacket error);
asio::awaitable<void> AnswerEof(SessionState& s, uint8_t sequence);
// One row of one column of text.
asio::awaitable<void> AnswerText(SessionState& s, uint8_t sequence, std::string column, std::string value);
// A bare packet, as COM_STATISTICS is answered.
asio::awaitable<void> AnswerRaw(SessionState& s, uint8_t sequence, std::string payload);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_ANSWER_H_
