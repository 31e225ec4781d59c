// What an agent under masks is told of a server's errors and warnings. Servers quote values in them ("Duplicate entry
// 'a@b.example' for key …"), so only the texts of numbers known to hold names alone pass. Of every other the number and
// the SQLSTATE stay, and the text is one of ours.
//
// What stays visible: that the error happened, and for 1062 the name of the key. A name is passed as the server says
// it, so text that an agent can have a routine run as SQL must be kept from masked columns by whoever decides on the
// call.
#ifndef POSTERN_GATEWAY_MASKING_ERROR_TEXT_H_
#define POSTERN_GATEWAY_MASKING_ERROR_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "common/mysql/message/response.h"

namespace postern::masking {

// The text for the agent in place of the server's. Replacing twice is as replacing once.
std::string ErrorText(uint32_t code, std::string_view servers_text);

mysql::ErrPacket ErrorForAgent(const mysql::ErrPacket& error);

// Whether the info text of an OK holds nothing but counts: "Rows matched: 3  Changed: 2  Warnings: 0".
bool HoldsCountsOnly(std::string_view info);

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_ERROR_TEXT_H_
