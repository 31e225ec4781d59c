// Connection attributes as HandshakeResponse41 and COM_CHANGE_USER carry them: lenenc total, then lenenc name and
// value.
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_ATTRIBUTES_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_ATTRIBUTES_H_

#include "common/mysql/message/handshake.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {

void AppendAttributes(Writer& writer, const ConnectionAttributes& attributes);

// Over HandshakeResponse41::kMaxAttributesBytes in all, or a pair that does not fit its block, is the reader's fault.
void ReadAttributes(Reader& reader, ConnectionAttributes& attributes);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_ATTRIBUTES_H_
